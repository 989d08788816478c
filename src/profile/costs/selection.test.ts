import { expect, test } from 'vitest';
import { builderFromText, profileFromText } from '../profile-text.testing.ts';
import { formatStack } from '../stack-text.ts';
import type { FunctionIndex, ProcessIndex, StackIndex, ThreadIndex } from '../tables.ts';
import { type Selection, selectSamples } from './selection.ts';

const PROFILE = profileFromText(`
  @time    0            100         100      200          300      400
  @thread  app/main     app/worker  kid/main app/main     kid/main app/worker
  @state   running+gil  waiting     waiting  running+gil  running  waiting-gil

  main  poll  main  main  main  -
  load  wait  read  draw  load
`);

function stacksOf(selection: Selection): string[] {
  const { samples } = selectSamples(PROFILE, selection);
  return [...samples.stack].map((stack) => formatStack(PROFILE, stack as StackIndex | -1));
}

test('nothing selected is the same profile', () => {
  expect(selectSamples(PROFILE, {})).toBe(PROFILE);
  expect(selectSamples(PROFILE, { timeRange: { start: 0, end: 1000 } })).toBe(PROFILE);
  expect(selectSamples(PROFILE, { threads: new Set([0, 1, 2] as ThreadIndex[]) })).toBe(PROFILE);
});

test('a time range keeps its start and not its end', () => {
  expect(stacksOf({ timeRange: { start: 100, end: 300 } })).toEqual(['poll;wait', 'main;read', 'main;draw']);
  expect(stacksOf({ timeRange: { start: 99.5, end: 100.5 } })).toEqual(['poll;wait', 'main;read']);
  expect(stacksOf({ timeRange: { start: 401, end: 500 } })).toEqual([]);
  expect(stacksOf({ timeRange: { start: 300, end: 100 } })).toEqual([]);
});

test('processes, threads, states and functions each narrow it', () => {
  expect(stacksOf({ processes: new Set([1 as ProcessIndex]) })).toEqual(['main;read', 'main;load']);
  expect(stacksOf({ threads: new Set([1 as ThreadIndex]) })).toEqual(['poll;wait', '']);
  expect(stacksOf({ states: new Set(['running' as const]) })).toEqual([
    'main;load',
    'main;draw',
    'main;load',
  ]);
  expect(stacksOf({ states: new Set(['waiting-gil' as const]) })).toEqual(['']);
  const load = PROFILE.functions.name.findIndex((name) => PROFILE.strings[name] === 'load');
  expect(stacksOf({ functions: new Set([load as FunctionIndex]) })).toEqual(['main;load', 'main;load']);
});

test('several conditions hold at once', () => {
  expect(
    stacksOf({
      timeRange: { start: 100, end: 1000 },
      processes: new Set([0 as ProcessIndex]),
      states: new Set(['running' as const, 'waiting' as const]),
    }),
  ).toEqual(['poll;wait', 'main;draw']);
});

test('selected samples keep all of their values', () => {
  const { samples } = selectSamples(PROFILE, { threads: new Set([2 as ThreadIndex]) });
  expect([...samples.time]).toEqual([100, 300]);
  expect([...samples.thread]).toEqual([2, 2]);
  expect([...samples.state]).toEqual([3, 1]);
  expect(samples.weights.map((column) => [...column.values])).toEqual([
    [100, 100],
    [0, 100],
  ]);
});

test('states of newer versions count as unknown', () => {
  const builder = builderFromText('main');
  builder.addSample(100, 0 as ThreadIndex, -1, 0x0b, 100, 0);
  const { samples } = selectSamples(builder.build(), { states: new Set(['unknown' as const]) });
  expect([...samples.time]).toEqual([100]);
});
