// Files that are changed at random: whatever the bytes, a profile or one sentence comes out.

import fc from 'fast-check';
import { expect } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { assertValidProfile } from '../profile/valid-profile.testing.ts';
import type { Format } from './format.ts';
import { importProfile } from './formats.ts';
import { inputOfBytes } from './input.ts';

/**
 * Reads a file with a few random changes, again and again: for half a second, or VMPROF_FUZZ_SECONDS. Half of the bytes that are
 * written into it are those of `marks`, which mean something to the format.
 */
export function expectReadOrRefused(file: Uint8Array, format: Format, marks = ''): void {
  const seconds = Number(process.env.VMPROF_FUZZ_SECONDS ?? 0.5);
  const byte = fc.nat(255);
  const change = fc.record({
    at: fc.nat(file.length - 1),
    byte: marks === '' ? byte : fc.oneof(byte, fc.constantFrom(...new TextEncoder().encode(marks))),
    cut: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const edited = Uint8Array.from(file);
      for (const { at, byte, cut } of changes) {
        edited[at] = byte;
        edited.copyWithin(at, at + cut);
      }
      try {
        assertValidProfile(importProfile(inputOfBytes(edited, 'x'), format).profile);
      } catch (error) {
        expect(error).toBeInstanceOf(ProfilerError);
      }
    }),
    { numRuns: 1e6, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
  );
}
