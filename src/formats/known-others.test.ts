import { expect, test } from 'vitest';
import { importProfile } from './formats.ts';
import { gzip } from './gzip.ts';
import { inputOfBytes } from './input.ts';

test.each([
  ['perf.data', 'PERFILE2h\0\0\0', /perf script/],
  ['memray', '\x04"M\x18@@\xc08\xb9\0\0\xf9\x05memray\0', /memray transform csv/],
  // Its first line looks like a stack with a number.
  ['goroutines', 'goroutine profile: total 1\n1 @ 0x442d51 0x47d85d\n', /text form of one of Go's/],
  ['heap', 'heap profile: 1: 112 [465: 8472944] @ heap/1048576\n', /text form of one of Go's/],
  ['locks', '--- mutex:\ncycles/second=1\n', /text form of one of Go's/],
  ['zip', 'PK\x03\x04', /unpack it/],
  ['zstd', '\x28\xb5\x2f\xfd', /zstd -d/],
  ['jitlog', '\x1e\x04\0\0\x06\0\0\0x86_64', /vmprof show/],
])('%s is named, compressed or not', (_, text, message) => {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(() => importProfile(inputOfBytes(bytes, 'x'))).toThrow(message);
  expect(() => importProfile(inputOfBytes(gzip(bytes), 'x'))).toThrow(message);
});
