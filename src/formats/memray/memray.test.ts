import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { MEMRAY_FORMAT } from './memray.ts';

const FOLDER = 'fixtures/memray';

function readFixture(name: string) {
  return importProfile(inputOfBytes(readFileSync(`${FOLDER}/${name}`), 'unnamed'));
}

function readText(text: string) {
  return importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
}

function sum(profile: Profile, column: number): number {
  return Float64Array.from(profile.samples.weights[column].values).reduce((total, value) => total + value, 0);
}

/** Self and total in bytes. */
function costsOf(profile: Profile, name: string): readonly [number, number] {
  const costs = computeFunctionCosts(profile, 'wall');
  const row = Array.from(profile.functions.name).findIndex((text) => profile.strings[text] === name);
  return [costs.self[row], costs.total[row]];
}

describe('reports of memray', () => {
  // As counted in the table.
  test.each([
    ['transform.csv', 2_081_567],
    ['flamegraph.html', 2_081_567],
    // memray leaves out here what was allocated without a stack.
    ['gprof2dot.json', 2_065_151],
  ])('%s: bytes of every function', (name, bytes) => {
    const { profile, format } = readFixture(name);
    expect(format).toBe(MEMRAY_FORMAT);
    expect(sum(profile, 0)).toBe(bytes);
    expect(profile.samples.weights[0]).toMatchObject({ type: 'allocated', unit: 'bytes' });
    expect(costsOf(profile, '<listcomp>')).toEqual([2_018_640, 2_018_640]);
    expect(costsOf(profile, 'allocate')).toEqual([0, 2_018_640]);
  });

  test.each([
    ['transform.csv', [1, 2]],
    // What has no stack is of no thread.
    ['flamegraph.html', [0, 1, 2]],
  ])('%s: allocations, lines and threads', (name, threads) => {
    const { profile } = readFixture(name);
    expect(sum(profile, 1)).toBe(2060);
    const names = Array.from(profile.threads.name, (row) => (row === NONE ? '' : profile.strings[row]));
    expect(new Set(names)).toEqual(new Set(['', 'worker']));
    expect(Array.from(profile.threads.tid).sort()).toEqual(threads);
    const allocate = profile.strings.indexOf('allocate');
    const lines = Array.from(profile.frames.line).filter(
      (_, frame) => profile.functions.name[profile.frames.function[frame]] === allocate,
    );
    expect(lines).toEqual([17]);
  });

  test('pages hold what the process took in all, over time', () => {
    const { profile } = readFixture('flamegraph.html');
    const names = new Set(Array.from(profile.counters.name, (row) => profile.strings[row]));
    expect(names).toEqual(new Set(['resident', 'heap']));
    expect(Math.max(...profile.counters.value)).toBeGreaterThan(10 * 2 ** 20);
    expect(profile.facts.startedAt).toBeGreaterThan(1.7e12);
  });

  test('temporal pages: when memory was taken', () => {
    const { profile, notes } = readFixture('temporal.html');
    // The same as in the other reports: intervals hold what nodes had at marks so far, again and again.
    expect(sum(profile, 0)).toBe(2_081_567);
    expect(sum(profile, 1)).toBe(2060);
    expect(costsOf(profile, '<listcomp>')).toEqual([2_018_640, 2_018_640]);
    expect(new Set(profile.samples.time).size).toBeGreaterThan(2);
    expect(notes[0]).toContain('at its peak');
  });

  test.each([
    [
      'marks: what was in use at the highest',
      ',"high_water_mark_by_snapshot":[0,10,40,30]',
      40,
      'at its peak',
    ],
    ['leaks: all that was taken', ',"high_water_mark_by_snapshot":null', 55, 'given back'],
  ])('temporal pages with %s', (_, marks, bytes, note) => {
    const { profile, notes } = readText(
      page(
        `${nodes('[[1],[2],[]]').slice(0, -1)},"intervals":[[1,2,1,1,10],[2,3,1,2,30],[2,null,2,1,10],[3,null,1,1,5]]${marks}}`,
        '[[1000,5,3],[1002,7,4],[1004,7,4]]',
      ),
    );
    expect(sum(profile, 0)).toBe(bytes);
    expect(notes).toEqual([expect.stringContaining(note)]);
  });

  test.each(['table.html', 'stats.json'])('%s holds no stacks, which is said', (name) => {
    expect(() => readFixture(name)).toThrow(/memray.* no stacks.*memray transform csv/);
  });
});

const HEAD = 'allocator,num_allocations,size,tid,thread_name,stack_trace\r\n';

describe('csv', () => {
  test('quoted fields, stacks without frames, files of native code', () => {
    const { profile, notes } = readText(
      `${HEAD}MALLOC,2,30,1,0x1 (a),"f;a,""b"".py;3|main;a.py;1"\r\nMMAP,1,5,1,0x1 (a),\r\nMALLOC,1,7,9,,g;lib.c;0\r\n`,
    );
    expect(notes).toHaveLength(1);
    expect(costsOf(profile, 'main')).toEqual([0, 30]);
    expect(costsOf(profile, 'g')).toEqual([7, 7]);
    expect(profile.strings).toContain('a,"b".py');
    expect(Array.from(profile.threads.tid)).toEqual([1, 9]);
    expect(profile.samples.stack[1]).toBe(NONE);
    expect(Array.from(profile.functions.kind)).toEqual([0, 0, 1]);
  });

  test('other lines are counted; none at all is refused', () => {
    expect(readText(`${HEAD}A,1,2,3,4,f;a;1\nwhat\n`).notes[1]).toContain('left out: line 3: what');
    expect(() => readText(HEAD)).toThrow(/without any allocations/);
    expect(() => readText(`${HEAD}A,-1,2,3,4,f;a;1\n`)).toThrow(ProfilerError);
  });
});

function page(data: string, records = '[]'): string {
  return `<!DOCTYPE html><title>memray</title><script>const const packed_data = ${data};\nconst memory_records = ${records};</script>`;
}

function nodes(children: string, value = '[9,4,2]'): string {
  return `{"nodes":{"children":${children},"function":[0,1,2],"filename":[0,0,0],"lineno":[0,1,2],"value":${value}},"strings":["","&lt;f&gt;","g &amp;amp;"]}`;
}

describe('pages', () => {
  test('nodes have the values of their children; texts are escaped', () => {
    const { profile } = readText(page(nodes('[[1],[2],[]]'), '[[1000,5,3],[1002,7,4]]'));
    expect(costsOf(profile, '<f>')).toEqual([2, 4]);
    expect(costsOf(profile, 'g &amp;')).toEqual([2, 2]);
    expect(computeFunctionCosts(profile, 'wall')).toMatchObject({ sum: 9, withoutStack: 5 });
    expect(Array.from(profile.counters.time)).toEqual([0, 0, 20, 20]);
  });

  test.each([
    ['a node that is its own child', nodes('[[0],[],[]]'), /node 0 of 3 cannot be a child of node 0/],
    ['a child before its parent', nodes('[[2],[],[1]]'), /node 1 of 3 cannot be a child of node 2/],
    ['a child that is not there', nodes('[[4000000000],[],[]]'), /node 4000000000 of 3/],
    ['columns of different length', nodes('[[1],[2],[]]', '[9]'), /"nodes.value" has 1 item, of 3 nodes/],
    ['no values', nodes('[[],[],[]]', '[0,0,0]'), /without any allocations/],
    ['data that are cut', '{"nodes":{"children":[[1', /it ends at byte/],
    [
      'an interval without its node',
      '{"nodes":{"children":[[]],"function":[0],"filename":[0],"lineno":[0]},"strings":[],"intervals":[[1,null,7,1,1]]}',
      /no node 7/,
    ],
  ])('%s is refused', (_, data, message) => {
    const text = data.endsWith('}') ? page(data) : `<html>memray const packed_data = ${data}`;
    expect(() => readText(text)).toThrow(message);
  });
});

test.each(['transform.csv', 'gprof2dot.json', 'flamegraph.html', 'temporal.html'])(
  '%s, changed: read, or refused in a sentence',
  (name) => {
    const whole = readFileSync(`${FOLDER}/${name}`);
    expectReadOrRefused(whole, MEMRAY_FORMAT, '[]{},:"0123456789-;|');
  },
);
