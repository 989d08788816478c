import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockReader } from './block-reader.ts';
import { MalformedError } from './malformed.ts';

/** Cuts bytes into blocks, and exchanges each when the next one is asked for, as a reader of files may. */
function* cut(bytes: Uint8Array, lengths: readonly number[]): Iterable<Uint8Array> {
  const block = new Uint8Array(bytes.length);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.min(bytes.length - at, lengths[turn % lengths.length]);
    block.fill(0xee);
    block.set(bytes.subarray(at, at + length));
    yield block.subarray(0, length);
    at += length;
  }
}

test('gives the same bytes, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.nat(9), { minLength: 1 }).filter((lengths) => lengths.some((length) => length > 0)),
      fc.array(fc.tuple(fc.constantFrom('byte', 'bytes', 'skip', 'ensure'), fc.nat(30))),
      (bytes, lengths, steps) => {
        const reader = new BlockReader(cut(bytes, lengths));
        let at = 0;
        for (const [kind, count] of steps) {
          const left = bytes.length - at;
          if (kind === 'ensure') expect(reader.ensure(count)).toBe(count <= left);
          else if (kind === 'skip') {
            expect(reader.skip(count)).toBe(Math.min(count, left));
            at += Math.min(count, left);
          } else if (kind === 'byte' ? left === 0 : count > left) {
            expect(() => (kind === 'byte' ? reader.readByte() : reader.readBytes(count))).toThrow(
              MalformedError,
            );
          } else if (kind === 'byte') {
            expect(reader.readByte()).toBe(bytes[at++]);
          } else {
            expect([...reader.readBytes(count)]).toEqual([...bytes.subarray(at, at + count)]);
            at += count;
          }
          expect(reader.offset).toBe(at);
        }
        expect(reader.isAtEnd).toBe(at === bytes.length);
      },
    ),
  );
});
