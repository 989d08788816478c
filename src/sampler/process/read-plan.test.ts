import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf } from './libc.ts';
import { ReadPlan } from './read-plan.ts';

/** Our own memory is as good as another process's. */
const source = new Uint8Array(1 << 20).map((_, at) => (at * 31 + (at >> 8)) & 0xff);
const base = addressOf(source);

it('reads any pieces in one call, each where it was promised', () => {
  const piece = fc.record({ at: fc.nat({ max: (1 << 17) - 600 }), words: fc.integer({ min: 1, max: 512 }) });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 1500 }), (pieces) => {
      const plan = new ReadPlan();
      const offsets = pieces.map(({ at, words }) => plan.add(base + at * 8, words * 8));
      expect(plan.read(process.pid)).toBe(plan.size);
      for (const [number, { at, words }] of pieces.entries()) {
        const found = plan.bytes.subarray(offsets[number], offsets[number] + words * 8);
        expect(Buffer.compare(found, source.subarray(at * 8, at * 8 + words * 8))).toBe(0);
      }
    }),
    { numRuns: 20 },
  );
});

it('says how far it came when a piece cannot be read', () => {
  const plan = new ReadPlan();
  plan.add(base, 64);
  plan.add(8, 64);
  plan.add(base, 64);
  expect(plan.read(process.pid)).toBe(64);
});

it('repeats pieces', () => {
  const plan = new ReadPlan();
  plan.add(base, 8);
  plan.add(base + 800, 16);
  expect(plan.repeat(0, 2)).toBe(24);
  plan.read(process.pid);
  expect(plan.bytes.slice(24, 48)).toEqual(plan.bytes.slice(0, 24));
});
