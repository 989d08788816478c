import { expect, test } from 'vitest';
import { NONE, type Profile } from '../../profile/tables.ts';
import {
  expectNoCrash,
  expectSameAgain,
  importJson,
  listSamples,
  testRealFile,
} from '../foreign-json.testing.ts';
import { exportProfile } from '../formats.ts';
import { TRACE_EVENTS_FORMAT } from './trace-events.ts';

const importTrace = (file: unknown) => importJson(file, TRACE_EVENTS_FORMAT);
const at = (ph: string, name: string, ts: number, more: object = {}) => ({
  ph,
  name,
  pid: 1,
  tid: 2,
  ts,
  ...more,
});

/** As lines with microseconds, added up. */
function sumStacks(profile: Profile): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of listSamples(profile)) {
    const gap = line.lastIndexOf(' ');
    sums[line.slice(0, gap)] = (sums[line.slice(0, gap)] ?? 0) + Number(line.slice(gap + 1)) / 1000;
  }
  return sums;
}

test('between two events what is open is the stack, in whatever order the file has them', () => {
  const events = [
    at('X', 'inner', 4, { dur: 2 }),
    at('E', 'outer', 10),
    at('B', 'outer', 0),
    at('X', 'middle', 2, { dur: '6' }),
    at('X', 'outer', 12, { dur: 1 }),
  ];
  const expected = { outer: 5, 'outer;middle': 4, 'outer;middle;inner': 2 };
  expect(sumStacks(importTrace(events).profile)).toEqual(expected);
  const { profile, notes } = importTrace({ otherData: {}, traceEvents: events.reverse() });
  expect(sumStacks(profile)).toEqual(expected);
  expect(notes).toEqual([]);
  // Up to the last end, not to the last beginning.
  expect(profile.facts.duration).toBe(13_000);
});

test('what begins at once is nested by length, what ends at once by name', () => {
  const events = [
    at('X', 'short', 0, { dur: 1 }),
    at('X', 'long', 0, { dur: 5 }),
    at('B', 'beta', 1),
    at('B', 'gamma', 1),
    at('E', 'beta', 2),
    at('E', 'gamma', 2),
    at('X', 'nothing', 3, { dur: 0 }),
  ];
  const { profile, notes } = importTrace(events);
  expect(sumStacks(profile)).toEqual({ 'long;short': 1, 'long;beta;gamma': 1, long: 3 });
  expect(notes).toEqual(['1 event without a length was left out.']);
});

test('what does not nest keeps its length', () => {
  const { profile, notes } = importTrace([at('X', 'alpha', 0, { dur: 10 }), at('X', 'beta', 5, { dur: 10 })]);
  expect(sumStacks(profile)).toEqual({ alpha: 5, 'alpha;beta': 5, beta: 5 });
  expect(notes[0]).toMatch(/^1 function ends before one that it called/);
});

test('processes and threads have names, wherever they stand', () => {
  const { profile } = importTrace([
    { ph: 'X', name: 'a', pid: '7', tid: '8', ts: '1.5', dur: 1 },
    { ph: 'X', name: 'b', pid: 7, tid: 9, ts: 2, dur: 1 },
    { ph: 'X', name: 'c', pid: 8, tid: 9, ts: 2, dur: 1 },
    { ph: 'C', name: 'memory', pid: 8, ts: 3, args: { used: 5, free: 7 } },
    { ph: 'M', name: 'thread_name', pid: 7, tid: 8, args: { name: 'main' } },
    { ph: 'M', name: 'process_name', pid: 8, args: { name: 'child' } },
  ]);
  const { threads, processes, strings, counters } = profile;
  expect([...threads.tid]).toEqual([8, 9, 9]);
  expect([...processes.pid]).toEqual([7, 8]);
  expect([...threads.name].map((name) => (name === NONE ? '' : strings[name]))).toEqual(['main', '', '']);
  expect(strings[processes.command[1]]).toBe('child');
  expect([...counters.name].map((name) => strings[name])).toEqual(['memory used', 'memory free']);
  expect([...counters.value]).toEqual([5, 7]);
});

const frame = (functionName: string, scriptId: number) => ({
  functionName,
  scriptId,
  url: scriptId === 0 ? '' : 'a.js',
});
const chunk = (ts: number, data: object) => ({
  args: { data },
  cat: 'v8',
  id: '0x1',
  name: 'ProfileChunk',
  ph: 'P',
  pid: 1,
  tid: 9,
  ts,
});

test('CPU profiles in pieces, out of order; other events would count their time twice', () => {
  const nodes = [
    { id: 1, callFrame: frame('(root)', 0) },
    { id: 2, parent: 1, callFrame: frame('main', 5) },
  ];
  const { profile, notes } = importTrace({
    traceEvents: [
      at('X', 'RunTask', 1000, { dur: 50 }),
      { args: { data: { startTime: 1000 } }, id: '0x1', name: 'Profile', ph: 'P', pid: 1, tid: 2, ts: 1000 },
      chunk(1030, { timeDeltas: [10, 10], lines: [0, 12], cpuProfile: { samples: [2, 3] }, endTime: 1055 }),
      chunk(1020, {
        cpuProfile: { nodes: [...nodes, { id: 3, parent: 2, callFrame: frame('leaf', 5) }], samples: [3, 2] },
        timeDeltas: [5, 10],
      }),
    ],
  });
  expect(listSamples(profile)).toEqual(['main;leaf 10000', 'main 10000', 'main 10000', 'main;leaf:12 20000']);
  expect([...profile.threads.tid]).toEqual([2]);
  expect(notes).toEqual(['1 event that is no sample was left out.']);
});

test('a list may end anywhere', () => {
  const whole = JSON.stringify([
    at('B', 'alpha', 0),
    at('B', 'beta', 1),
    at('E', 'beta', 3),
    at('X', 'c', 5, { dur: 1 }),
  ]);
  const { profile, notes } = importTrace(whole.slice(0, whole.indexOf('"X"')));
  expect(sumStacks(profile)).toEqual({ alpha: 1, 'alpha;beta': 2 });
  expect(notes).toEqual([
    expect.stringMatching(/^The file ends in the middle, at byte \d+: what stands before was read\.$/),
    expect.stringMatching(/^1 function never ends/),
  ]);
  expect(() => importTrace({ traceEvents: [] })).toThrow(/it holds no events/);
  expect(() => importTrace('[{"ph": "B", "ts": ]')).toThrow(/\[0\].ts/);
});

test('functions that end without having begun are told', () => {
  const { profile, notes } = importTrace([at('B', 'a', 0), at('E', 'b', 1), at('E', '', 2), at('E', 'a', 3)]);
  expect(sumStacks(profile)).toEqual({ a: 2 });
  expect(notes).toEqual(['2 ends of functions that had not begun were left out.']);
});

test('names that tell a place', () => {
  const { profile } = importTrace([
    at('X', 'fib (/app/x.py:12)', 0, { dur: 1 }),
    at('X', 'std::less<int>()', 2, { dur: 1 }),
  ]);
  const { functions, strings } = profile;
  expect([...functions.name].map((name) => strings[name])).toEqual(['fib', 'std::less<int>()']);
  expect(strings[functions.file[0]]).toBe('/app/x.py');
  expect(functions.firstLine[0]).toBe(12);
});

test('damaged in any way, a trace is read or refused', () => {
  const { profile } = importTrace([
    at('B', 'a', 0),
    at('X', 'b', 1, { dur: 3 }),
    at('E', 'a', 9),
    at('X', 'c', 4, { dur: 3, tid: 5 }),
    at('C', 'm', 4, { args: { value: 3 } }),
  ]);
  const { bytes } = exportProfile(profile, TRACE_EVENTS_FORMAT, {
    measure: 'wall',
    title: '',
    fileName: 'x',
  });
  expectSameAgain(bytes, TRACE_EVENTS_FORMAT);
  expectNoCrash(bytes, TRACE_EVENTS_FORMAT);
});

const SUMS: readonly (readonly [string, Record<string, number>])[] = [
  ['simple', { alpha: 2, 'alpha;beta': 3, 'alpha;beta;gamma': 5, 'alpha;beta;epsilon': 4 }],
  ['simple-partial', { alpha: 2, 'alpha;beta': 3, 'alpha;beta;gamma': 5, 'alpha;beta;epsilon': 4 }],
  ['event-reordering-name-match', { alpha: 9, 'alpha;beta;gamma': 1 }],
  ['invalid-x-nesting', { alpha: 5, 'alpha;beta': 5, beta: 5 }],
  ['not-enough-end-events', { A: 1, 'A;A': 9, 'A;A;A': 1 }],
  ['too-many-end-events', { alpha: 2, 'alpha;beta': 12 }],
];
for (const [name, sums] of SUMS) {
  testRealFile(`trace-event/${name}.json`, (bytes) => {
    expect(sumStacks(expectSameAgain(bytes, TRACE_EVENTS_FORMAT))).toEqual(sums);
  });
}

testRealFile('trace-event/multiprocess.json', (bytes) => {
  const { threads, processes } = expectSameAgain(bytes, TRACE_EVENTS_FORMAT);
  expect([threads.length, processes.length]).toEqual([8, 4]);
});

testRealFile('trace-event/simple-with-samples.json', (bytes) => {
  const profile = expectSameAgain(bytes, TRACE_EVENTS_FORMAT);
  expect(profile.samples.length).toBe(7);
  expect(Object.keys(sumStacks(profile))).toEqual([
    '-',
    'function1',
    'function2;function3',
    '[GC Young Gen]',
  ]);
});
