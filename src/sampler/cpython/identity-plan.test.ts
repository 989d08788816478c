import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf } from '../process/libc.ts';
import { ReadPlan } from '../process/read-plan.ts';
import type { CodeEntry } from './code-cache.ts';
import { IdentityPlan } from './identity-plan.ts';

const memory = new Uint32Array(1 << 16).map((_, at) => at * 2_654_435_761);
const base = addressOf(memory);

/** An entry whose identity is pieces of our own memory: [word, length in words] each. */
function entryAt(pieces: readonly (readonly [number, number])[]): CodeEntry {
  const identity = pieces.map(([at, words]) => ({ address: base + at * 4, length: words * 4 }));
  const fingerprint = Uint32Array.from(pieces.flatMap(([at, words]) => [...memory.slice(at, at + words)]));
  return { object: { identity, fingerprint } } as unknown as CodeEntry;
}

it('finds each entry changed exactly when one of its own words is, however its neighbours lie', () => {
  const piece = fc.tuple(
    fc.nat({ max: 1000 }).map((at) => at * 2),
    fc.integer({ min: 1, max: 10 }).map((words) => words * 2),
  );
  const entries = fc.array(fc.array(piece, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(entries, fc.nat({ max: 2020 }), (all, changed) => {
      const identities = new IdentityPlan();
      identities.build(all.map(entryAt));
      const plan = new ReadPlan();
      identities.addTo(plan);
      memory[changed]++;
      try {
        expect(plan.read(process.pid)).toBe(plan.size);
      } finally {
        memory[changed]--;
      }
      const found: boolean[] = [];
      identities.compare(plan, (_entry, isUnchanged) => found.push(isUnchanged));
      const expected = all.map((pieces) => !pieces.some(([at, n]) => changed >= at && changed < at + n));
      expect(found).toEqual(expected);
    }),
  );
});
