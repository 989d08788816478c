// What every format must pass that can be written and read: a profile that goes through it keeps self and total of each
// function. Formats are free to lose what they say they lose (times, threads, lines), but not weight.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../profile/costs/function-costs.ts';
import type { Measure } from '../profile/measure.ts';
import { profileFromText } from '../profile/profile-text.testing.ts';
import { type FrameIndex, FUNCTION_KINDS, type Profile, type StackIndex } from '../profile/tables.ts';
import type { Format } from './format.ts';
import { detectFormat, exportProfile, importProfile } from './formats.ts';
import { computeFunctionLabels } from './function-labels.ts';
import { inputOfBytes } from './input.ts';

/** Self and total of each function, as shares of the whole: units may change on the way. */
export function computeShares(profile: Profile, measure: Measure): Map<string, readonly [number, number]> {
  const costs = computeFunctionCosts(profile, measure);
  const shares = new Map<string, readonly [number, number]>();
  computeFunctionLabels(profile).forEach(({ name, file }, row) => {
    if (costs.totalSamples[row] === 0) return;
    shares.set(`${name} @ ${file ?? ''}`, [
      round(costs.self[row] / costs.sum),
      round(costs.total[row] / costs.sum),
    ]);
  });
  return new Map([...shares].sort());
}

/** To nine digits. The last bits of a number may be others on the way: a share that lies on a half is moved off it. */
function round(share: number): number {
  return Number((share * (1 + 1e-12)).toPrecision(9));
}

/** Runs the suite on a format. */
export function testFormatConformance(format: Format): void {
  const roundTrip = (profile: Profile, measure: Measure, fileName: string) => {
    const options = { measure, title: 'a title', fileName };
    const { bytes } = exportProfile(profile, format, options);
    expect(detectFormat(inputOfBytes(bytes, 'unnamed'))?.name).toBe(format.name);
    return importProfile(inputOfBytes(bytes, 'unnamed'));
  };
  const expectSameShares = (profile: Profile, measure: Measure, fileName = `x${format.extensions[0]}`) => {
    const { profile: back, notes } = roundTrip(profile, measure, fileName);
    expect(notes).toEqual([]);
    // A file that holds one weight only has it as its first one, whatever it was.
    const backMeasure = back.samples.weights.length === 1 ? 'wall' : measure;
    expect(computeShares(back, backMeasure)).toEqual(computeShares(profile, measure));
  };

  describe(`format ${format.name}`, () => {
    test.each(['wall', 'cpu', 'gil', 'samples'] as const)('keeps the %s of every function', (measure) => {
      expectSameShares(PICTURE, measure);
    });

    test('keeps them compressed', () => {
      expectSameShares(PICTURE, 'wall', `x${format.extensions[0]}.gz`);
    });

    test('keeps recursion, samples without a stack, and functions of one name', () => {
      expectSameShares(buildOdd(), 'wall');
    });

    test('keeps 100,000 frames deep stacks', () => {
      const builder = new ProfileBuilder();
      const thread = addThread(builder);
      let stack: StackIndex | -1 = -1;
      for (let depth = 0; depth < 100_000; depth++) {
        stack = builder.internStack(stack, internFrame(builder, `f${depth % 100}`, 'deep.py'));
      }
      builder.addSample(0, thread, stack, 0, 3, 3);
      expectSameShares(builder.build(), 'wall');
    });

    test('keeps names of every kind, in any tree', () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.array(anyFrame(), { maxLength: 6 }), fc.nat(1000)), { minLength: 1 }),
          (rows) => {
            const builder = new ProfileBuilder();
            const thread = addThread(builder);
            rows.forEach(([path, weight], time) => {
              let stack: StackIndex | -1 = -1;
              for (const [name, file] of path)
                stack = builder.internStack(stack, internFrame(builder, name, file));
              builder.addSample(time, thread, stack, 0, weight + 1, 0);
            });
            expectSameShares(builder.build(), 'wall');
          },
        ),
        { numRuns: 200 },
      );
    });
  });
}

const PICTURE = profileFromText(`
  @thread  main        main        worker      worker       other/main
  @wall    100         250         100         120          50
  @state   running+gil running     waiting     running+gil  waiting

  start@app.py:3   start@app.py:4   run@app.py:9    run@app.py:10    -
  load@app.py:12   draw@app.py:14   poll@app.py:20  load@app.py:12
  parse@lib/x.py:1 draw@app.py:15                   parse@lib/x.py:2
`);

function buildOdd(): Profile {
  const builder = new ProfileBuilder();
  const thread = addThread(builder);
  const lambda = (firstLine: number) =>
    builder.internFrame({
      function: builder.internFunction({
        name: '<lambda>',
        qualifiedName: 'a.<lambda>',
        file: 'a.py',
        firstLine,
        kind: 'python',
      }),
    });
  const kernel = builder.internFrame({ function: builder.internFunction({ name: 'read', kind: 'kernel' }) });
  const user = internFrame(builder, 'read', undefined);
  const one = builder.internStack(-1, lambda(1));
  const two = builder.internStack(one, lambda(2));
  const three = builder.internStack(two, lambda(1));
  const four = builder.internStack(builder.internStack(three, user), kernel);
  [-1 as const, one, two, three, four].forEach((stack, time) => {
    builder.addSample(time, thread, stack, 0, 7 + time, 0);
  });
  return builder.build();
}

function addThread(builder: ProfileBuilder) {
  const process = builder.addProcess({ pid: 42, command: 'python app.py', start: 0 });
  return builder.addThread({ process, tid: 43, name: 'MainThread', start: 0 });
}

function internFrame(builder: ProfileBuilder, name: string, file: string | undefined): FrameIndex {
  const kind = file === undefined ? FUNCTION_KINDS[1] : 'python';
  return builder.internFrame({
    function: builder.internFunction({ name, ...(file === undefined ? {} : { file }), kind }),
  });
}

/** Names and files with everything that a text format could stumble over. */
function anyFrame() {
  const character = fc.constantFrom(
    ...'ab;% \t\n\r"\'\\#1-/()[].,=:<>&{}é関\u2028\u00a0\0',
    '3B',
    '25',
    '_[k]',
    '.py',
    'fn=',
  );
  const name = fc.array(character, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
  const file = fc.constantFrom(
    undefined,
    'app.py',
    '/usr/lib/x y.py',
    '/home (copy)/x.py',
    '/tmp/lib.so.6 (deleted)',
    'C:\\app\\m.py',
    'C:\\app (x86)\\m.py',
    '/a%3B/b;c.py',
    'https://host/a.js?b=(c);d',
    '<frozen importlib>',
    '<builtin>/app_main.py',
    '<template "a b.html">',
    '[kernel.kallsyms]',
    '[vdso]',
    'node:events',
  );
  return fc.tuple(name, file);
}
