import { expect, test } from 'vitest';
import { profileFromText } from '../profile-text.testing.ts';
import { type Profile, SAMPLE_STATES, type SampleState, type ThreadIndex } from '../tables.ts';
import { ACTIVITY_STATES, type ActivityOptions, computeThreadActivity } from './thread-activity.ts';

/** Two threads for 400 time units, a sample of each every 100. */
const PROFILE = profileFromText(`
  @time   100      100     200      200     300     300          400      400
  @thread main     worker  main     worker  main    worker       main     worker
  @state  running  waiting running  running waiting waiting-gil  running  running
  @wall   100      100     100      100     100     100          100      100
  @cpu    100      0       50       100     0       0            100      100
  f       f        f       f        f       f       f            f
`);

function statesOf(
  profile: Profile,
  options: Partial<ActivityOptions>,
  thread: number,
  state: SampleState,
): number[] {
  const threads = [0, 1] as ThreadIndex[];
  const all = { start: 0, end: 400, buckets: 4, threads, ...options };
  const activity = computeThreadActivity(profile, all);
  const base = (thread * ACTIVITY_STATES + SAMPLE_STATES.indexOf(state)) * all.buckets;
  return [...activity.states.subarray(base, base + all.buckets)];
}

test('each sample stands for the time since the one before', () => {
  expect(statesOf(PROFILE, {}, 0, 'running')).toEqual([1, 1, 0, 1]);
  expect(statesOf(PROFILE, {}, 0, 'waiting')).toEqual([0, 0, 1, 0]);
  expect(statesOf(PROFILE, {}, 1, 'waiting-gil')).toEqual([0, 0, 1, 0]);
});

test('buckets may be longer or shorter than samples, and the range may begin anywhere', () => {
  expect(statesOf(PROFILE, { buckets: 2 }, 0, 'running')).toEqual([1, 0.5]);
  expect(statesOf(PROFILE, { buckets: 8 }, 0, 'waiting')).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
  expect(statesOf(PROFILE, { start: 250, end: 350, buckets: 2 }, 0, 'waiting')).toEqual([1, 0]);
  // The range lies within one sample, which ends behind it.
  expect(statesOf(PROFILE, { start: 110, end: 120, buckets: 1 }, 0, 'running')).toEqual([1]);
});

test('CPU time is that of all threads', () => {
  const activity = computeThreadActivity(PROFILE, { start: 0, end: 400, buckets: 4, threads: [] });
  expect([...activity.cpus]).toEqual([1, 1.5, 0, 2]);
});

test('without elapsed times a sample lasts since the one before of its thread', () => {
  const [elapsed] = PROFILE.samples.weights;
  const weights = [{ ...elapsed, type: 'samples', unit: 'count' as const }];
  const imported = { ...PROFILE, samples: { ...PROFILE.samples, weights } };
  expect(statesOf(imported, { buckets: 8 }, 0, 'waiting')).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
});
