import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { SAMPLE_STATES } from '../../profile/tables.ts';
import {
  expectNoCrash,
  expectSameAgain,
  importJson,
  listSamples,
  testRealFile,
} from '../foreign-json.testing.ts';
import { CPUPROFILE_FORMAT } from './cpuprofile.ts';

const FIXTURE = 'fixtures/node-20/work.cpuprofile';

const own = (functionName: string) => ({
  functionName,
  scriptId: '0',
  url: '',
  lineNumber: -1,
  columnNumber: -1,
});
const script = (functionName: string, lineNumber: number, columnNumber = 0) => ({
  functionName,
  scriptId: '7',
  url: 'file:///app/a%20b.js',
  lineNumber,
  columnNumber,
});
const NODES = [
  { id: 1, callFrame: own('(root)'), children: [2, 4, 5, 6] },
  { id: 2, callFrame: script('main', 0), children: [3] },
  {
    id: 3,
    callFrame: script('', 4),
    positionTicks: [
      { line: 6, ticks: 1 },
      { line: 8, ticks: 1 },
    ],
  },
  { id: 4, callFrame: own('(garbage collector)') },
  { id: 5, callFrame: own('(idle)') },
  { id: 6, callFrame: own('(program)') },
];
const importFile = (file: unknown) => importJson(file, CPUPROFILE_FORMAT);

test('a sample lasts until the next one; garbage collection is on top of what it interrupted; idleness is a state', () => {
  const { profile, notes } = importFile({
    nodes: NODES,
    startTime: 1000,
    endTime: 1100,
    samples: [2, 3, 4, 3, 5, 4, 6],
    timeDeltas: [10, 10, 10, 10, 10, 10, 10],
  });
  expect(notes).toEqual([]);
  expect(listSamples(profile)).toEqual([
    'main 10000',
    'main;(anonymous):6 10000',
    'main;(anonymous):6;(garbage collector) 10000',
    'main;(anonymous):8 10000',
    '(idle) 10000',
    '(garbage collector) 10000',
    '(program) 30000',
  ]);
  expect([...profile.samples.time].map((time) => time * profile.timeUnit)).toEqual(
    [10, 20, 30, 40, 50, 60, 70].map((time) => time * 1000),
  );
  expect([...profile.samples.state].map((state) => SAMPLE_STATES[state])[4]).toBe('waiting');
  const main = profile.strings.indexOf('main');
  const row = profile.functions.name.indexOf(main);
  expect(profile.strings[profile.functions.file[row]]).toBe('/app/a b.js');
  expect(profile.functions.firstLine[row]).toBe(1);
});

test('negative deltas are put in order, missing ones are guessed', () => {
  const { profile, notes } = importFile({
    nodes: NODES,
    samples: [2, 3, 2, 5, 5],
    timeDeltas: [10, 30, -20, 40],
    startTime: 0,
    endTime: 0,
  });
  expect(listSamples(profile).map((line) => line.split(' ')[0])).toEqual([
    'main',
    'main',
    'main;(anonymous):6',
    '(idle)',
    '(idle)',
  ]);
  expect(notes).toEqual([
    expect.stringMatching(/^1 sample has no time/),
    expect.stringMatching(/^1 sample goes back in time/),
  ]);
});

test('nodes that name their parents, in any order', () => {
  const { profile } = importFile({
    nodes: [
      { id: 900_000_000, parent: 7, callFrame: script('leaf', 3) },
      { id: 7, parent: 1, callFrame: script('main', 0) },
      { id: 1, callFrame: own('(root)') },
    ],
    samples: [900_000_000],
    timeDeltas: [0],
    startTime: 0,
    endTime: 5,
  });
  expect(listSamples(profile)).toEqual(['main;leaf 5000']);
});

test('the tree of Chrome before 58, with times in two clocks', () => {
  const node = (functionName: string, id: number, children: unknown[]) => {
    return {
      functionName,
      scriptId: '1',
      url: 'a.js',
      lineNumber: id,
      columnNumber: 0,
      hitCount: 1,
      id,
      children,
    };
  };
  const root = {
    ...node('(root)', 1, [node('a', 2, [node('b', 3, [])]), node('c', 4, [])]),
    url: '',
    scriptId: '0',
  };
  const { profile, notes } = importFile({
    head: root,
    startTime: 12.5,
    endTime: 12.50003,
    samples: [3, 4],
    timestamps: [9000, 9010],
  });
  expect(notes).toEqual([]);
  expect(listSamples(profile).map((line) => line.replace(/ .*/, ''))).toEqual(['a;b', 'c']);
  expect(computeFunctionCosts(profile, 'wall').sum).toBeCloseTo(30_000, -1);
});

test('counts without samples share the time', () => {
  const nodes = [
    { id: 1, callFrame: own('(root)'), hitCount: 0, children: [2, 3] },
    { id: 2, callFrame: script('a', 0), hitCount: 3 },
    { id: 3, callFrame: script('b', 9), hitCount: 1 },
  ];
  expect(listSamples(importFile({ nodes, startTime: 100, endTime: 500 }).profile)).toEqual([
    'a 300000',
    'b 100000',
  ]);
});

test('functions in one line of a minified file stay apart', () => {
  const nodes = [
    { id: 1, callFrame: own('(root)'), children: [2, 3] },
    { id: 2, callFrame: script('t', 0, 100) },
    { id: 3, callFrame: script('t', 0, 200) },
  ];
  const { profile } = importFile({ nodes, samples: [2, 3], timeDeltas: [0, 5], startTime: 0, endTime: 10 });
  expect(profile.functions.length).toBe(3);
});

test('samples of unknown nodes are kept, cycles and files without nodes are refused', () => {
  const { profile, notes } = importFile({
    nodes: NODES,
    samples: [2, 77],
    timeDeltas: [0, 5],
    startTime: 0,
    endTime: 9,
  });
  expect(listSamples(profile)).toEqual(['main 5000', '- 4000']);
  expect(notes[0]).toMatch(/^1 sample is of a node that the file lacks/);
  const cyclic = [2, 3].map((id) => ({ id, callFrame: script('f', id), children: [5 - id] }));
  expect(() => importFile({ nodes: cyclic, samples: [] })).toThrow(/the node 2 is among its own callers/);
  const file = '{"nodes": [{"id": "x", "callFrame": {}}]}';
  expect(() => importFile(file)).toThrow(/"nodes\[0\].id" is not a number \(at byte 18\)/);
});

test('what Node recorded', () => {
  const bytes = readFileSync(FIXTURE);
  const profile = expectSameAgain(bytes, CPUPROFILE_FORMAT);
  expect(profile.samples.length).toBe(33);
  // All time from the first sample to the end.
  expect(computeFunctionCosts(profile, 'wall').sum).toBeCloseTo((6137115597 - 6136849810 - 11987) * 1000, -1);
  const shares = listSamples(profile).filter((line) => line.includes('render:2'));
  expect(shares.length).toBeGreaterThan(0);
  expectNoCrash(bytes, CPUPROFILE_FORMAT);
});

testRealFile('cpuprofile/simple.cpuprofile', (bytes) => {
  const profile = expectSameAgain(bytes, CPUPROFILE_FORMAT);
  const lines = listSamples(profile).map((line) => line.split(' ')[0]);
  expect(lines.filter((line) => line.endsWith('d:16'))).toHaveLength(27);
  expect(lines.filter((line) => line.endsWith('d:14'))).toHaveLength(1);
});

testRealFile('cpuprofile/sucrase.cpuprofile', (bytes) => {
  const profile = expectSameAgain(bytes, CPUPROFILE_FORMAT);
  expect(profile.samples.length).toBe(JSON.parse(new TextDecoder().decode(bytes)).samples.length);
});
