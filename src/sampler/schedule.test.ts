import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Schedule } from './schedule.ts';

it('keeps to its deadlines however long rounds take, and counts what it left out', () => {
  const schedule = new Schedule(0, { period: 10, exponential: false });
  schedule.begin(0);
  schedule.end(3);
  expect(schedule.deadline).toBe(10);
  schedule.begin(16);
  schedule.end(45);
  expect(schedule).toMatchObject({ deadline: 50, rounds: 2, lateRounds: 1, missedRounds: 3 });
});

it('has every deadline either met or missed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 60 }), (lengths) => {
      const schedule = new Schedule(0, { period: 10, exponential: false });
      let now = 0;
      for (const length of lengths) {
        now = Math.max(now, schedule.deadline);
        schedule.begin(now);
        now += length;
        schedule.end(now);
      }
      expect(schedule.deadline).toBe(10 * (schedule.rounds + schedule.missedRounds));
      expect(schedule.deadline).toBeGreaterThanOrEqual(now);
    }),
  );
});

it('varies its gaps around the period when asked to', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const schedule = new Schedule(0, { period: 1000, exponential: true, random });
  for (let round = 0; round < 20_000; round++) {
    schedule.begin(schedule.deadline);
    schedule.end(schedule.deadline);
  }
  // The mean of 20,000 exponential gaps has a standard error of 0.7 %.
  expect(schedule.deadline / 20_000).toBeGreaterThan(970);
  expect(schedule.deadline / 20_000).toBeLessThan(1030);
});

it('has no gaps at all with a period of 0', () => {
  const schedule = new Schedule(5, { period: 0, exponential: false });
  schedule.begin(7);
  schedule.end(9);
  expect(schedule).toMatchObject({ deadline: 9, lateRounds: 0, missedRounds: 0 });
});
