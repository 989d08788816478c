import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { FUNCTION_KINDS } from '../../profile/tables.ts';
import {
  expectNoCrash,
  expectSameAgain,
  importJson,
  listSamples,
  testRealFile,
} from '../foreign-json.testing.ts';
import { exportProfile } from '../formats.ts';
import { FIREFOX_FORMAT } from './firefox.ts';

const importProfile = (file: unknown) => importJson(file, FIREFOX_FORMAT);
const META = {
  preprocessedProfileVersion: 48,
  interval: 2,
  startTime: 1000,
  processType: 0,
  stackwalk: 1,
  categories: [],
};

const STRINGS = ['main', 'draw', 'app.js'];
const TABLES = {
  frameTable: { length: 2, func: [0, 1], line: [null, 7], category: [null, null], address: [-1, -1] },
  funcTable: {
    length: 2,
    name: [0, 1],
    isJS: [false, true],
    resource: [-1, -1],
    fileName: [null, 2],
    lineNumber: [null, 5],
  },
  stackTable: { length: 2, prefix: [null, 0], frame: [0, 1] },
};
const SAMPLES = { length: 3, stack: [1, null, 0], time: [0, 2, 4] };

test('what profiling.sampling writes: no first lines, and no time since 1970', () => {
  const { profile, notes } = importJson(
    JSON.parse(readFileSync('fixtures/sampling/gecko.json', 'utf8')),
    FIREFOX_FORMAT,
  );
  expect(notes).toEqual([]);
  const { functions, strings, samples, threads } = profile;
  expect([samples.length, threads.length]).toEqual([78, 2]);
  expect(profile.facts.producer).toBe('profiling.sampling');
  expect(profile.facts.startedAt).toBeUndefined();
  const worker = functions.name.indexOf(strings.indexOf('worker'));
  expect([functions.firstLine[worker], FUNCTION_KINDS[functions.kind[worker]]]).toEqual([-1, 'python']);
  expect(strings[functions.file[worker]]).toBe('program.py');
  expect(computeFunctionCosts(profile, 'samples').self[worker]).toBe(38);
});

test('tables of each thread, samples before what they refer to', () => {
  const { profile } = importProfile({
    meta: META,
    threads: [{ samples: SAMPLES, ...TABLES, stringArray: STRINGS, name: 'GeckoMain', pid: '12', tid: 13 }],
  });
  expect(listSamples(profile)).toEqual(['main;draw:7 1', '- 1', 'main 1']);
  expect([...profile.samples.time].map((time) => (time * profile.timeUnit) / 1e6)).toEqual([0, 2, 4]);
  expect([profile.processes.pid[0], profile.threads.tid[0]]).toEqual([12, 13]);
  expect(FUNCTION_KINDS[profile.functions.kind[1]]).toBe('javascript');
});

test('tables that all threads share, offsets of prefixes, deltas of times, sources', () => {
  const shared = {
    ...TABLES,
    stringArray: STRINGS,
    funcTable: { ...TABLES.funcTable, fileName: undefined, source: [null, 0] },
    sources: { length: 1, filename: [2] },
    stackTable: { length: 2, prefixOffset: [0, 1], frame: [0, 1] },
  };
  const samples = {
    length: 3,
    stack: [1, -1, 0],
    timeDeltas: [0, 2, 2],
    weight: [3, 1, 1.5],
    weightType: 'tracing-ms',
  };
  const thread = { name: 'a', pid: '1', tid: '2', samples };
  const { profile } = importProfile({
    meta: { ...META, preprocessedProfileVersion: 71 },
    threads: [thread, thread],
    shared,
  });
  expect(listSamples(profile).sort()).toEqual(
    ['main;draw:7 3000000', '- 1000000', 'main 1500000'].flatMap((line) => [line, line]).sort(),
  );
  expect(profile.strings[profile.functions.file[1]]).toBe('app.js');
});

const gecko = (startTime: number) => ({
  meta: { version: 27, startTime, interval: 1, stackwalk: 1, processType: 0 },
  libs: [{ name: 'libxul.so', path: '/lib/libxul.so', start: 4096, end: 8192, offset: 0, breakpadId: 'X' }],
  threads: [
    {
      name: 'GeckoMain',
      pid: startTime,
      tid: 1,
      samples: {
        schema: { stack: 0, time: 1, eventDelay: 2 },
        data: [
          [2, 1, 0],
          [null, 2],
          [1, 3, 0],
        ],
      },
      markers: { schema: { name: 0 }, data: [[0], [1]] },
      stackTable: {
        schema: { prefix: 0, frame: 1 },
        data: [
          [null, 0],
          [0, 1],
          [1, 2],
        ],
      },
      frameTable: {
        schema: { location: 0, relevantForJS: 1, line: 4 },
        data: [[0], [1, false, null, null, 14], [2]],
      },
      stringTable: ['(root)', 'draw (http://host/app.js:12:3)', '0x1234'],
    },
  ],
});

test("Gecko's rows, with other processes on clocks of their own", () => {
  const { profile, notes } = importProfile({ ...gecko(1000), processes: [gecko(1010)] });
  expect(notes).toEqual(['Left out: 4 markers.']);
  expect(listSamples(profile)).toEqual([
    '(root);draw:14;0x1234 1',
    '- 1',
    '(root);draw:14 1',
    '(root);draw:14;0x1234 1',
    '- 1',
    '(root);draw:14 1',
  ]);
  expect([...profile.samples.time].map((time) => (time * profile.timeUnit) / 1e6)).toEqual([
    1, 2, 3, 11, 12, 13,
  ]);
  expect(profile.processes.length).toBe(2);
  const row = [...profile.functions.name].findIndex((name) => profile.strings[name] === '0x1234');
  expect(profile.strings[profile.functions.file[row]]).toBe('/lib/libxul.so');
});

test('what refers to nothing is named', () => {
  const file = (tables: object) => ({
    meta: META,
    threads: [{ ...TABLES, stringArray: STRINGS, samples: SAMPLES, ...tables }],
  });
  expect(() => importProfile(file({ stackTable: { prefix: [1, 0], frame: [0, 1] } }))).toThrow(
    '"stackTable.prefix[0]" is not an earlier stack',
  );
  expect(() => importProfile(file({ stackTable: { prefix: [null], frame: [9] } }))).toThrow(
    '"stackTable.frame[0]" is not the number of a frame',
  );
  expect(() => importProfile(file({ samples: { stack: [7], time: [0] } }))).toThrow(/"samples.stack\[0\]"/);
});

test('what is written keeps threads, times, lines, CPU times and memory, and has what the Firefox Profiler asks for', () => {
  const profile = profileFromText(`
    @thread  main  worker  other/main
    @wall    100   250     30
    @cpu     90    0       30

    start@app.py:3  poll@app.py:9  -
    load@app.py:12
  `);
  const { bytes, notes } = exportProfile(profile, FIREFOX_FORMAT, {
    measure: 'wall',
    title: 'a title',
    fileName: 'x',
  });
  expect(notes).toEqual(['Left out, having no place in this format: states of threads.']);
  const file = JSON.parse(new TextDecoder().decode(bytes));
  expect(file.meta).toMatchObject({ preprocessedProfileVersion: 48, product: 'a title', markerSchema: [] });
  expect(file.meta.categories).toContainEqual({ name: 'Other', color: 'grey', subcategories: ['Other'] });
  for (const thread of file.threads) {
    for (const name of [
      'samples',
      'stackTable',
      'frameTable',
      'funcTable',
      'resourceTable',
      'nativeSymbols',
      'markers',
    ]) {
      const { length, ...columns } = thread[name];
      for (const column of Object.values(columns))
        if (Array.isArray(column)) expect(column).toHaveLength(length);
    }
    expect(typeof thread.pid).toBe('string');
  }
  const back = expectSameAgain(bytes, FIREFOX_FORMAT);
  expect(listSamples(back)).toEqual(['start:3;load:12 10000000', 'poll:9 25000000', '- 3000000']);
  expect([...back.samples.time].map((time) => time * back.timeUnit)).toEqual(
    [...profile.samples.time].map((time) => time * profile.timeUnit),
  );
  expect(computeFunctionCosts(back, 'cpu').sum).toBe(12_000_000);
  expectNoCrash(bytes, FIREFOX_FORMAT);
});

testRealFile('firefox/ls-profile.json', (bytes) => {
  const profile = expectSameAgain(bytes, FIREFOX_FORMAT);
  const { threads } = JSON.parse(new TextDecoder().decode(bytes));
  const weights: number[] = threads.flatMap(
    (thread: { samples: { weight: number[] } }) => thread.samples.weight,
  );
  expect(computeFunctionCosts(profile, 'wall').sum).toBe(weights.reduce((sum, weight) => sum + weight, 0));
  expect(profile.samples.length).toBe(5130);
  expect(profile.threads.length).toBe(2);
  expect(profile.mappings.length).toBeGreaterThan(2);
});

testRealFile('firefox/processed-3.json', (bytes) => {
  const profile = expectSameAgain(bytes, FIREFOX_FORMAT);
  expect([profile.samples.length, profile.threads.length, profile.processes.length]).toEqual([21, 3, 3]);
});
