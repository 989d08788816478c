import { expect, test } from 'vitest';
import { builderFromText } from '../profile-text.testing.ts';
import { formatStack } from '../stack-text.ts';
import type { ProcessIndex, Profile, StackIndex, ThreadIndex } from '../tables.ts';
import { computeMemoryCurve } from './memory-curve.ts';

const APP = 0 as ProcessIndex;
const KID = 1 as ProcessIndex;

function newBuilder() {
  return builderFromText(`
    @time    0         10          20        30          35        40
    @thread  app/main  app/worker  kid/main  app/worker  app/main  app/worker

    main  poll  main  poll  main  poll
    load  wait  read  grow  draw  wait
  `);
}

function stacksAtPeak(profile: Profile, process: ProcessIndex): string[] {
  const { peak } = computeMemoryCurve(profile, process);
  return (peak?.samples ?? []).map((row) => formatStack(profile, profile.samples.stack[row] as StackIndex));
}

test('the peak is the first moment of the highest value, with the last sample of every thread up to then', () => {
  const builder = newBuilder();
  builder.addCounter(APP, 'resident', 32, 900);
  builder.addCounter(APP, 'resident', 5, 100);
  builder.addCounter(KID, 'resident', 33, 5000);
  builder.addCounter(APP, 'heap', 33, 9999);
  builder.addCounter(APP, 'resident', 40, 900);
  const profile = builder.build();
  const curve = computeMemoryCurve(profile, APP);
  expect([...curve.time]).toEqual([5, 32, 40]);
  expect([...curve.value]).toEqual([100, 900, 900]);
  expect(curve.peak?.time).toBe(32);
  expect(curve.peak?.value).toBe(900);
  expect(stacksAtPeak(profile, APP)).toEqual(['main;load', 'poll;grow']);
  expect(stacksAtPeak(profile, KID)).toEqual(['main;read']);
  expect(computeMemoryCurve(profile, APP, 'heap').peak?.value).toBe(9999);
});

test('a sample at the very moment of the peak belongs to it, threads that ended or began later do not', () => {
  const builder = newBuilder();
  builder.addCounter(APP, 'resident', 35, 1);
  const late = builder.addThread({ process: APP, tid: 9, start: 36 });
  builder.addSample(45, late, -1, 1, 1, 1);
  expect(stacksAtPeak(builder.build(), APP)).toEqual(['main;draw', 'poll;grow']);
  builder.updateThread(1 as ThreadIndex, { end: 34 });
  expect(stacksAtPeak(builder.build(), APP)).toEqual(['main;draw']);
});

test('without values there is no peak, without samples it has no stacks', () => {
  const builder = newBuilder();
  expect(computeMemoryCurve(builder.build(), APP).peak).toBeUndefined();
  builder.addCounter(KID, 'resident', 3, 7);
  expect(computeMemoryCurve(builder.build(), KID).peak).toEqual({ time: 3, value: 7, samples: [] });
});
