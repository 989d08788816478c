import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LooseFrames } from './loose-frames.ts';

it('predicts the last stack in its order, then what was used before, each once', () => {
  const address = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(address, { maxLength: 30 }), { maxLength: 20 }), (stacks) => {
      const loose = new LooseFrames();
      const seen = new Set<number>();
      for (const stack of stacks) {
        loose.settle(Float64Array.from(stack), stack.length);
        for (const frame of stack) seen.add(frame);
        const predicted = [...loose.addresses.subarray(0, loose.length)];
        expect(predicted.slice(0, stack.length)).toEqual(stack);
        expect(new Set(predicted).size).toBe(predicted.length);
        expect(predicted.every((frame) => seen.has(frame))).toBe(true);
        loose.rewind();
        for (const frame of stack) expect(loose.addresses[loose.find(frame)]).toBe(frame);
        expect(loose.find(99)).toBe(-1);
      }
    }),
  );
});
