import { expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { formatStack } from '../../profile/stack-text.ts';
import type { Profile, StackIndex } from '../../profile/tables.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { SPEEDSCOPE_FORMAT } from './speedscope.ts';
import { expectSpeedscopeFile } from './speedscope-schema.testing.ts';
import { SPEEDSCOPE_SCHEMA } from './speedscope-types.ts';

function importJson(file: object) {
  const text = JSON.stringify({ $schema: SPEEDSCOPE_SCHEMA, ...file });
  return importProfile(inputOfBytes(new TextEncoder().encode(text), 'x.json'));
}

/** `time stack weight…` of every sample. */
function toLines(profile: Profile): string[] {
  const { samples } = profile;
  return Array.from({ length: samples.length }, (_, row) => {
    const weights = samples.weights.map((column) => column.values[row] * column.scale).join(' ');
    return `${samples.time[row]} ${formatStack(profile, samples.stack[row] as StackIndex)} ${weights}`;
  });
}

const FRAMES = { frames: [{ name: 'a' }, { name: 'b', file: 'b.py', line: 7 }, { name: 'c' }] };

test('sampled profiles: each becomes a thread, weights make the time', () => {
  const { profile, notes } = importJson({
    shared: FRAMES,
    exporter: 'other@1',
    profiles: [
      {
        type: 'sampled',
        name: 'one',
        unit: 'seconds',
        startValue: 0,
        endValue: 3,
        samples: [[0, 1], [], [0]],
        weights: [1, 0.5, 1.5],
      },
      {
        type: 'sampled',
        name: 'two',
        unit: 'bytes',
        startValue: 0,
        endValue: 9,
        samples: [[2]],
        weights: [9],
      },
    ],
  });
  expect(notes).toEqual([]);
  expect(profile.facts.producer).toBe('other@1');
  expect(profile.samples.weights.map((column) => column.unit)).toEqual(['nanoseconds', 'bytes']);
  expect(toLines(profile)).toEqual([
    '9 c 0 9',
    '1000000000 a;b 1000000000 0',
    '1500000000  500000000 0',
    '3000000000 a 1500000000 0',
  ]);
  expect(Array.from(profile.threads.name, (name) => profile.strings[name])).toEqual(['one', 'two']);
  expect(profile.functions.firstLine[1]).toBe(7);
});

test('long recordings keep their times, in a coarser unit', () => {
  const { profile } = importJson({
    shared: FRAMES,
    profiles: [
      {
        type: 'sampled',
        name: '',
        unit: 'seconds',
        startValue: 0,
        endValue: 0,
        samples: [[0], [0]],
        weights: [86_400, 1],
      },
    ],
  });
  expect((profile.samples.time[0] * profile.timeUnit) / 1e9).toBeCloseTo(86_400, 3);
});

test('evented profiles: a sample for each time between two events', () => {
  const events = [
    { type: 'O', frame: 0, at: 10 },
    { type: 'O', frame: 1, at: 12 },
    { type: 'C', frame: 1, at: 15 },
    { type: 'C', frame: 0, at: 15 },
    { type: 'O', frame: 2, at: 20 },
    { type: 'C', frame: 2, at: 21 },
  ];
  const { profile, notes } = importJson({
    shared: FRAMES,
    profiles: [{ type: 'evented', name: 'p', unit: 'none', startValue: 10, endValue: 30, events }],
  });
  expect(notes).toEqual([]);
  expect(toLines(profile)).toEqual(['2 a 2', '5 a;b 3', '11 c 1']);
});

test('events that are out of order are repaired and told', () => {
  const events = [
    { type: 'O', frame: 1, at: 0 },
    { type: 'O', frame: 0, at: 2 },
    { type: 'C', frame: 1, at: 4 },
    { type: 'C', frame: 0, at: 3 },
    { type: 'O', frame: 2, at: 5 },
  ];
  const { profile, notes } = importJson({
    shared: FRAMES,
    profiles: [{ type: 'evented', name: 'p', unit: 'none', startValue: 0, endValue: 9, events }],
  });
  expect(toLines(profile)).toEqual(['2 b 2', '4 b;a 2', '9 c 4']);
  expect(notes).toEqual([
    '1 frame is never closed: it was taken to last until the end.',
    '1 frame is closed in the wrong order: it was closed where the file says so.',
    '1 event goes back in time: it was taken to happen at once.',
  ]);
});

test('lines of py-spy are executed lines of one function', () => {
  const frames = [
    { name: 'f', file: 'f.py', line: 3 },
    { name: 'f', file: 'f.py', line: 4 },
  ];
  const { profile } = importJson({
    exporter: 'py-spy@0.4.1',
    shared: { frames },
    profiles: [
      {
        type: 'sampled',
        name: '',
        unit: 'seconds',
        startValue: 0,
        endValue: 1,
        samples: [[0], [1]],
        weights: [1, 1],
      },
    ],
  });
  expect(profile.functions.length).toBe(1);
  expect(Array.from(profile.frames.line)).toEqual([3, 4]);
});

test.each([
  [{}, '"profiles" is not a list'],
  [{ profiles: [{ type: 'x' }] }, '"profiles[0].type" is not "sampled" or "evented"'],
  [{ profiles: [{ type: 'sampled', unit: 'eons' }] }, '"profiles[0].unit" is not a known unit'],
  [
    { shared: FRAMES, profiles: [{ type: 'sampled', unit: 'none', samples: [[0], [9]], weights: [1, 1] }] },
    '"profiles[0].samples[1][0]" is not the number of a frame',
  ],
  [
    { shared: FRAMES, profiles: [{ type: 'sampled', unit: 'none', samples: [[0]], weights: [] }] },
    '"profiles[0].weights" is not as long as "samples"',
  ],
  [
    {
      shared: FRAMES,
      profiles: [{ type: 'evented', unit: 'none', events: [{ type: 'O', frame: -1, at: 0 }] }],
    },
    '"profiles[0].events[0].frame" is not a number below 3',
  ],
])('what is wrong is named by its place (%#)', (file, message) => {
  expect(() => importJson(file)).toThrow(ProfilerError);
  expect(() => importJson(file)).toThrow(`The file is no valid speedscope JSON: ${message}`);
});

test('a cut file is an expected failure', () => {
  const bytes = new TextEncoder().encode(`{"$schema": "${SPEEDSCOPE_SCHEMA}", "profiles": [`);
  expect(() => importProfile(inputOfBytes(bytes, 'x'))).toThrow(/no valid speedscope JSON/);
});

test('is written as a sampled profile for each thread', () => {
  const profile = profileFromText(`
    @thread  main  worker  main
    @wall    100   50      200

    start@app.py  poll  start@app.py
                        load@app.py
  `);
  const { bytes, notes } = SPEEDSCOPE_FORMAT.exportProfile?.(profile, { measure: 'wall', title: 'app' }) ?? {
    bytes: undefined,
  };
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({
    $schema: SPEEDSCOPE_SCHEMA,
    exporter: 'vmprof',
    name: 'app',
    activeProfileIndex: 0,
    shared: {
      frames: [{ name: 'start', file: 'app.py' }, { name: 'poll' }, { name: 'load', file: 'app.py' }],
    },
    profiles: [
      {
        type: 'sampled',
        name: 'main (1000)',
        unit: 'nanoseconds',
        startValue: 0,
        endValue: 30_000_000,
        samples: [[0], [0, 2]],
        weights: [10_000_000, 20_000_000],
      },
      {
        type: 'sampled',
        name: 'worker (1001)',
        unit: 'nanoseconds',
        startValue: 0,
        endValue: 5_000_000,
        samples: [[1]],
        weights: [5_000_000],
      },
    ],
  });
  expect(notes).toHaveLength(1);
  expect(notes?.[0]).toContain('states of threads');
});

test('keys may come in any order, and what is not known is passed over', () => {
  const text = `{"profiles": [{"weights": [2, 3], "extra": [[{}]], "samples": [[0, 1], []], "name": null,
    "unit": "bytes", "type": "sampled"}], "more": {"a": [1]}, "$schema": "${SPEEDSCOPE_SCHEMA}",
    "shared": {"frames": [{"line": null, "name": "a"}, {"name": "b"}]}}`;
  const { profile } = importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
  expect(toLines(profile)).toEqual(['2 a;b 2', '5  3']);
});

test('is written as the published schema asks for', () => {
  const profile = profileFromText(`
    @thread  main  worker  main  other/main
    @wall    100   50      200   7

    start@app.py:7  poll  start@app.py:9  -
                          load@app.py
  `);
  for (const measure of ['wall', 'cpu', 'samples'] as const) {
    const exported = SPEEDSCOPE_FORMAT.exportProfile?.(profile, { measure, title: '"app"' });
    expectSpeedscopeFile(new TextDecoder().decode(exported?.bytes));
  }
});

test('deep stacks closed from the outside are refused, not read for hours', () => {
  const events = [];
  for (let frame = 0; frame < 2000; frame++) events.push({ type: 'O', frame, at: 0 });
  for (let frame = 0; frame < 2000; frame++) events.push({ type: 'C', frame, at: 1 });
  const frames = Array.from({ length: 2000 }, (_, row) => ({ name: `f${row}` }));
  const profiles = [{ type: 'evented', name: '', unit: 'none', startValue: 0, endValue: 1, events }];
  expect(() => importJson({ shared: { frames }, profiles })).toThrow(/more than 1000000 frames/);
});
