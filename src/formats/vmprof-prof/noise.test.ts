// Files that are partly noise: whatever the bytes, a valid profile or one sentence comes out.

import { expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { createDice } from '../../base/random.testing.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { inputOfBytes } from '../input.ts';
import { importProf } from './import.ts';
import {
  encodeProf,
  OLD_WINDOWS_64,
  type ProfFile,
  type ProfRecord,
  UNIX_32,
  UNIX_64,
  WINDOWS_64,
} from './prof-encoder.testing.ts';

// VMPROF_FUZZ_SECONDS: how long to go on with new random bytes, for a longer run than the tests' own.
const seconds = Number(process.env.VMPROF_FUZZ_SECONDS ?? 1);

test('random changes give a valid profile or a sentence', () => {
  const stop = Date.now() + seconds * 1000;
  let seed = Number(process.env.VMPROF_FUZZ_SEED ?? 1);
  let runs = 0;
  for (; Date.now() < stop || runs < 200; runs++) {
    seed++;
    try {
      const { profile, notes } = importProf(inputOfBytes(makeNoise(seed), 'x'));
      assertValidProfile(profile);
      for (const note of notes) expect(note.length).toBeLessThan(600);
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(runs).toBeGreaterThan(0);
});

function makeNoise(seed: number): Uint8Array {
  const random = createDice(seed);
  const bytes = encodeProf(makeFile(random));
  const changed = Array.from(bytes);
  for (let changes = random(6); changes > 0; changes--) {
    const at = random(changed.length + 1);
    const what = random(5);
    if (what === 0) changed.splice(at, 1 + random(9));
    else if (what === 1) changed.splice(at, 0, ...Array.from({ length: 1 + random(9) }, () => random(256)));
    else if (what === 2)
      changed.splice(at, 0, ...changed.slice(random(changed.length), random(changed.length)));
    else if (what === 3) changed.length = at;
    else if (at < changed.length)
      changed[at] = random(3) === 0 ? random(256) : changed[at] ^ (1 << random(8));
  }
  return Uint8Array.from(changed);
}

function makeFile(random: (end: number) => number): ProfFile {
  const version = random(8);
  const mode = random(32);
  const hasMemory = version >= 4 ? (mode & 1) === 1 : version === 3;
  const records = Array.from({ length: random(12) }, (): ProfRecord => {
    const id = BigInt(random(20)) * (random(2) === 0 ? 1n : 0x7000_0000_0000_0001n);
    if (random(3) === 0) return { type: 'name', id, text: `py:f${random(9)}:${random(99)}:a.py` };
    return {
      type: 'sample',
      entries: Array.from({ length: random(9) }, () => BigInt(random(20))),
      thread: BigInt(random(3)),
      ...(hasMemory ? { memory: random(5000) } : {}),
      time: random(1e9),
      isAllocation: version === 7 && random(4) === 0,
    };
  });
  const layouts = [UNIX_64, UNIX_32, WINDOWS_64, OLD_WINDOWS_64, { ...UNIX_64, isLittleEndian: false }];
  return {
    version,
    mode,
    records,
    layout: layouts[random(layouts.length)],
    interpreter: random(2) === 0 ? 'pypy' : 'cpython',
    clock: version < 7 ? 'none' : (['after', 'seconds', 'nanoseconds'] as const)[random(3)],
    meta: random(2) === 0 ? [['start_time_offset', '0.1']] : [['sample_weight', 'cpu nanoseconds 5']],
    ...(version >= 6 ? { startTime: 1.7e15, endTime: 1.7e15 + random(1e6) } : {}),
    ...(version < 2 ? { maps: '1000-2000 r-xp 00000500 08:01 99  /lib/libc.so\n' } : {}),
    isCut: random(4) === 0,
  };
}
