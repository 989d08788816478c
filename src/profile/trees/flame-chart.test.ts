import { expect, test } from 'vitest';
import { profileFromText } from '../profile-text.testing.ts';
import { getFunctionName } from '../stack-text.ts';
import type { FunctionIndex, Profile, ThreadIndex } from '../tables.ts';
import { computeFlameChart, type FlameChart, listThreadSamples } from './flame-chart.ts';

const PROFILE = profileFromText(`
  @time   100   100     200   300   400   500
  @thread main  worker  main  main  main  main
  main    poll  main    main  -     main
  load          load    draw        draw
  read          parse
`);

function chartOf(
  profile: Profile,
  options: Partial<Parameters<typeof computeFlameChart>[2]> = {},
): FlameChart {
  const samples = listThreadSamples(profile, 0 as ThreadIndex);
  return computeFlameChart(profile, samples, {
    start: 0,
    end: 600,
    columns: 1000,
    maxDepth: 100,
    ...options,
  });
}

function picture(profile: Profile, chart: FlameChart): string[] {
  return Array.from(chart.function, (row, i) => {
    const name = getFunctionName(profile, row as FunctionIndex);
    return `${'  '.repeat(chart.depth[i])}${name} ${chart.start[i]}-${chart.end[i]}`;
  });
}

test('neighbouring samples share the boxes of their common callers', () => {
  expect(picture(PROFILE, chartOf(PROFILE))).toEqual([
    'main 0-300',
    '  load 0-200',
    '    read 0-100',
    '    parse 100-200',
    '  draw 200-300',
    'main 400-500',
    '  draw 400-500',
  ]);
});

test('levels below the limit are counted, not drawn', () => {
  const chart = chartOf(PROFILE, { maxDepth: 1 });
  expect(picture(PROFILE, chart)).toEqual(['main 0-300', 'main 400-500']);
  expect(chart.levels).toBe(3);
});

test('a part of the time: samples that reach into it are there', () => {
  expect(picture(PROFILE, chartOf(PROFILE, { start: 150, end: 250 }))).toEqual([
    'main 100-300',
    '  load 100-200',
    '    parse 100-200',
    '  draw 200-300',
  ]);
});

test('with more samples than columns each step shows its first sample, wherever the range begins', () => {
  const length = 10_000;
  const many = {
    ...PROFILE,
    samples: {
      ...PROFILE.samples,
      length,
      time: Uint32Array.from({ length }, (_, i) => i * 10),
      thread: new Uint16Array(length),
      stack: Int32Array.from({ length }, (_, i) => (i % 64 === 0 ? 2 : 0)),
      state: new Uint8Array(length),
    },
  };
  const chart = chartOf(many, { start: 0, end: 100_000, columns: 100 });
  expect(chart.samples).toBe(length);
  // Steps of 512 time units.
  expect(chart.seen).toBe(Math.ceil(100_000 / 512));
  expect(chart.seen).toBeLessThan(400);
  const moved = chartOf(many, { start: 5000, end: 105_000, columns: 100 });
  const startsAfter = (value: FlameChart) => [...value.start].filter((start) => start > 6000);
  expect(startsAfter(moved)).toEqual(startsAfter(chart));
});
