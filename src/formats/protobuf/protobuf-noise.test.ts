// Files of pprof and OTLP that are partly noise: whatever the bytes, a valid profile or one sentence comes out, soon.

import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { createDice } from '../../base/random.testing.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import type { Format } from '../format.ts';
import { exportProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { OTLP_FORMAT } from '../otlp/otlp.ts';
import { PPROF_FORMAT } from '../pprof/pprof.ts';

// VMPROF_FUZZ_SECONDS: how long to go on with new random bytes, for a longer run than the tests' own.
const seconds = Number(process.env.VMPROF_FUZZ_SECONDS ?? 1);

describe.each([PPROF_FORMAT, OTLP_FORMAT])('$name', (format) => {
  test('random changes give a valid profile, or one sentence', () => {
    const files = [write(format, makePicture()), write(format, makeNative())];
    const stop = Date.now() + seconds * 1000;
    let seed = Number(process.env.VMPROF_FUZZ_SEED ?? Date.now() % 1_000_000);
    let read = 0;
    let refused = 0;
    while (Date.now() < stop || read + refused < 200) {
      seed++;
      const random = createDice(seed);
      const bytes = changeBytes(files[random(files.length)], random);
      try {
        const imported = format.importProfile?.(inputOfBytes(bytes, 'x'));
        if (imported !== undefined) assertValidProfile(imported.profile);
        read++;
      } catch (error) {
        if (!(error instanceof ProfilerError)) throw new Error(`seed ${seed}`, { cause: error });
        expect(error.message.length).toBeLessThan(400);
        refused++;
      }
    }
    expect(read).toBeGreaterThan(0);
  });
});

function write(format: Format, profile: ReturnType<typeof makePicture>): Uint8Array {
  return exportProfile(profile, format, { measure: 'wall', title: 't', fileName: 'x' }).bytes;
}

function makePicture() {
  return profileFromText(`
    @thread  p/main        p/worker     q/main
    @state   running+gil   runnable     waiting-gil

    start@app.py:3   run@app.py:9    run@app.py:10
    load@app.py:12   poll@app.py:20
  `);
}

function makeNative() {
  const builder = new ProfileBuilder();
  builder.mergeFacts({ startedAt: 1_700_000_000_000, askedRate: 99 });
  const process = builder.addProcess({ pid: 42, command: 'app', start: 0 });
  const thread = builder.addThread({ process, tid: 43, name: 'Main', start: 0 });
  const mapping = builder.internMapping({
    file: '/bin/a',
    buildId: 'ab12',
    start: 4096,
    end: 8192,
    offset: 0,
  });
  let stack = builder.internStack(-1, frame('outer', 0));
  for (let depth = 0; depth < 3; depth++)
    stack = builder.internStack(stack, frame(`inner${depth}`, depth + 1));
  for (let time = 0; time < 4; time++) builder.addSample(time, thread, stack, 1, 100, 50);
  return builder.build();

  function frame(name: string, inlineDepth: number) {
    const functionIndex = builder.internFunction({
      name,
      systemName: `_Z${name}`,
      file: 'a.c',
      kind: 'native',
    });
    return builder.internFrame({ function: functionIndex, line: 7, address: 5000, mapping, inlineDepth });
  }
}

/** Bytes replaced, bits flipped, pieces doubled, moved, cut out; numbers that mean something to the format put in. */
function changeBytes(bytes: Uint8Array, random: (end: number) => number): Uint8Array {
  const changed = Array.from(bytes);
  const telling = [0x00, 0x0a, 0x12, 0x22, 0x7f, 0x80, 0xff];
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(changed.length + 1);
    const what = random(6);
    if (what === 0) changed.splice(at, 1 + random(4));
    else if (what === 1) changed.splice(at, 0, telling[random(telling.length)]);
    else if (what === 2) changed.splice(at, 0, 0xff, 0xff, 0xff, 0xff, random(256));
    else if (what === 3)
      changed.splice(at, 0, ...changed.slice(random(changed.length), random(changed.length)));
    else if (what === 4 && random(4) === 0) changed.length = at;
    else if (at < changed.length)
      changed[at] = random(3) === 0 ? random(256) : changed[at] ^ (1 << random(8));
  }
  return Uint8Array.from(changed);
}
