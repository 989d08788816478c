import { expect, test } from 'vitest';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../profile/costs/function-costs.ts';
import { exportProfile, getFormatByName, importProfile } from './formats.ts';
import { inputOfBytes } from './input.ts';

/** As a difference of two profiles. */
function build() {
  const builder = new ProfileBuilder({
    weights: [{ type: 'alloc_space', unit: 'bytes', scale: 1, storage: 'float64' }],
  });
  const process = builder.addProcess({ pid: 1, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const frame = (name: string) =>
    builder.internFrame({ function: builder.internFunction({ name, kind: 'native' }) });
  const main = builder.internStack(-1, frame('main'));
  builder.addSampleWeights(0, thread, main, 0, [5]);
  builder.addSampleWeights(0, thread, builder.internStack(main, frame('less')), 0, [-2]);
  builder.addSampleWeights(0, thread, builder.internStack(main, frame('more')), 0, [10]);
  return builder.build();
}

const OPTIONS = { measure: 'wall', title: '', fileName: 'x' } as const;

test.each(['prof', 'pstats', 'callgrind', 'svg', 'trace-events', 'cpuprofile'])(
  '%s: weights below zero are told, and read as nothing',
  (name) => {
    const format = getFormatByName(name);
    const { bytes, notes } = exportProfile(build(), format, OPTIONS);
    expect(notes).toContainEqual(expect.stringMatching(/negative|below zero/));
    if (format.importProfile === undefined) return;
    const { profile, notes: doubts } = importProfile(inputOfBytes(bytes, 'x'), format);
    expect(doubts).toEqual([]);
    const { self, total, sum } = computeFunctionCosts(profile, 'wall');
    expect(Math.max(...total) / sum).toBe(1);
    expect(Math.max(...self) / sum).toBeCloseTo(10 / 15, 3);
  },
);

test.each(['vmprof', 'pprof', 'otlp', 'speedscope', 'firefox', 'heapprofile', 'collapsed'])(
  '%s keeps them',
  (name) => {
    const { bytes } = exportProfile(build(), getFormatByName(name), OPTIONS);
    const { profile } = importProfile(inputOfBytes(bytes, 'x'));
    const costs = computeFunctionCosts(profile, 'wall');
    expect([...costs.self].filter((self) => self !== 0).sort((a, b) => a - b)).toEqual([-2, 5, 10]);
    expect(costs.sum).toBe(13);
  },
);
