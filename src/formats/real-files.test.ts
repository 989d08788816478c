// Files that other tools have written, where this machine has them: they are not part of the project.

import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { computeFunctionCosts } from '../profile/costs/function-costs.ts';
import { computeShares } from './conformance.testing.ts';
import { detectFormat, exportProfile, importProfile } from './formats.ts';
import { inputOfBytes } from './input.ts';
import { listSamples, testSample } from './samples.testing.ts';

describe.each(['collapsed', 'speedscope'])('real files: %s', (name) => {
  const files = listSamples(name);
  // Without files, one test that says so.
  for (const file of files.length > 0 ? files : [name]) {
    testSample(`${file} is read, and keeps its costs when written again`, file, checkFile);
  }

  function checkFile(path: string): void {
    const bytes = readFileSync(path);
    const { profile, format } = importProfile(inputOfBytes(bytes, path));
    expect(format.name).toBe(name);
    expect(computeFunctionCosts(profile, 'wall').sum).toBeGreaterThan(0);
    const exported = exportProfile(profile, format, { measure: 'wall', title: 'again', fileName: 'again' });
    expect(detectFormat(inputOfBytes(exported.bytes, 'again'))?.name).toBe(name);
    const again = importProfile(inputOfBytes(exported.bytes, 'again'));
    expect(again.notes).toEqual([]);
    expect(computeShares(again.profile, 'wall')).toEqual(computeShares(profile, 'wall'));
  }
});

describe('real files: what stands in them', () => {
  const readCosts = (path: string) => {
    const { profile, notes } = importProfile(inputOfBytes(readFileSync(path), path));
    const shares = Object.fromEntries(computeShares(profile, 'wall'));
    return { sum: computeFunctionCosts(profile, 'wall').sum, shares, notes, profile };
  };
  const testFile = (name: string, check: (path: string) => void) => testSample(name, name, check);

  for (const encoding of ['simple', 'simple-crlf', 'simple-utf16-be', 'simple-utf16-le']) {
    testFile(`collapsed/${encoding}.txt`, (path) => {
      const { sum, shares } = readCosts(path);
      expect(sum).toBe(14);
      expect(shares['c @ ']).toEqual([0.357142857, 0.357142857]);
      expect(shares['b @ ']).toEqual([0.357142857, 1]);
    });
  }

  testFile('collapsed/simple-with-invalids.txt', (path) => {
    const { sum, notes } = readCosts(path);
    expect(sum).toBe(14);
    expect(notes).toHaveLength(1);
  });

  testFile('collapsed/perf-vertx-stacks-01-collapsed-all.txt', (path) => {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const counted = lines.reduce((total, line) => total + Number(/\d+$/.exec(line)?.[0]), 0);
    const { sum, profile } = readCosts(path);
    expect(sum).toBe(counted);
    expect(profile.samples.length).toBe(lines.length);
    expect(profile.functions.kind.includes(2)).toBe(true);
  });

  testFile('speedscope/two-sampled.speedscope.json', (path) => {
    const { sum, profile } = readCosts(path);
    expect(sum).toBe(28e9);
    expect(profile.threads.length).toBe(2);
  });

  testFile('speedscope/incomplete-trace.json', (path) => {
    const { sum, notes } = readCosts(path);
    expect(sum).toBe(100);
    expect(notes[0]).toContain('never closed');
  });

  testFile('speedscope/out-of-order-events.json', (path) => {
    expect(readCosts(path).notes[0]).toContain('closed in the wrong order');
  });
});
