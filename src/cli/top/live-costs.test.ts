import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { selectSamples } from '../../profile/costs/selection.ts';
import { builderFromText, profileFromText } from '../../profile/profile-text.testing.ts';
import {
  NONE,
  type Profile,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import {
  rankFunctions,
  SUM_COLUMNS,
  type SumColumn,
  TOP_MEASURES,
  type TopMeasure,
} from './function-sums.ts';
import { type Costs, LiveCosts, RECENT, recentShare } from './live-costs.ts';

const SECOND = 1e9;

/** `name value` of every function with a sum that is not zero. */
function sumsToText(
  profile: Profile,
  costs: Costs,
  column: SumColumn,
  measure: TopMeasure,
  thread?: ThreadIndex,
): string[] {
  const sums = costs.sumsOf(thread);
  if (sums === undefined) return ['(no such thread)'];
  const names = Array.from({ length: sums.length }, (_, row) => {
    const functionRow = sums.functionAt(row);
    const name = functionRow === NONE ? '(none)' : profile.strings[profile.functions.name[functionRow]];
    return { name, value: sums.value(row, column, measure) };
  });
  return names.filter(({ value }) => value !== 0).map(({ name, value }) => `${name} ${value}`);
}

describe('sums', () => {
  test('are of self and total, recursion counted once, for each measure', () => {
    const profile = profileFromText(`
      @wall   100   50          10       7
      @cpu    90    0           10       0
      @state  running+gil  waiting  running+gil  waiting

      main    main         main     -
      fib     idle         fib
      fib
    `);
    const costs = new LiveCosts();
    costs.add(profile, SECOND);
    const show = (column: SumColumn, measure: TopMeasure) => sumsToText(profile, costs, column, measure);
    expect(show('self', 'wall')).toEqual(['fib 110', 'idle 50', '(none) 7']);
    expect(show('total', 'wall')).toEqual(['fib 110', 'main 160', 'idle 50', '(none) 7']);
    expect(show('self', 'cpu')).toEqual(['fib 100']);
    expect(show('total', 'gil')).toEqual(['fib 110', 'main 110']);
    expect(costs.recentSpan).toBe(SECOND);
    // 100 time units of 100 µs in one second.
    expect(recentShare(costs, 'cpu')).toBeCloseTo(0.01, 9);
  });

  test('of the last seconds forget older samples, those since the start do not', () => {
    const builder = builderFromText(`
      main  main
      old   both
    `);
    const costs = new LiveCosts();
    costs.add(builder.view(), 1 * SECOND);
    builder.dropSamples();
    builderFromText(
      `
      main  main
      new   both
    `,
      builder,
    );
    costs.add(builder.view(), 6 * SECOND);
    const profile = builder.view();
    expect(sumsToText(profile, costs, 'recentTotal', 'wall')).toEqual(['main 200', 'both 100', 'new 100']);
    expect(sumsToText(profile, costs, 'total', 'wall')).toEqual([
      'old 100',
      'main 400',
      'both 200',
      'new 100',
    ]);
    expect(costs.recentSpan).toBe(5 * SECOND);
  });

  test('of the newest samples stay, however long they took to come', () => {
    const costs = new LiveCosts();
    costs.add(profileFromText('main'), 20 * SECOND);
    expect(costs.recentSpan).toBe(20 * SECOND);
    expect(costs.sumsOf(undefined)?.recent('wall')).toBe(100);
  });

  test('stand for themselves when they are frozen', () => {
    const profile = profileFromText('main');
    const costs = new LiveCosts();
    costs.add(profile, SECOND);
    const frozen = costs.freeze();
    costs.add(profile, 2 * SECOND);
    expect(sumsToText(profile, frozen, 'total', 'wall')).toEqual(['main 100']);
    expect(sumsToText(profile, frozen, 'total', 'wall', frozen.threads[0])).toEqual(['main 100']);
    expect(frozen.recentSpan).toBe(SECOND);
    expect(sumsToText(profile, costs, 'total', 'wall')).toEqual(['main 200']);
  });

  test('of threads go when the thread has ended and nothing recent is left of it', () => {
    const builder = builderFromText(`
      @thread  main  short
      main     run
    `);
    const costs = new LiveCosts();
    costs.add(builder.view(), SECOND);
    builder.dropSamples();
    expect(costs.threads).toEqual([0, 1]);
    builder.updateThread(1 as ThreadIndex, { end: 10_000 });
    costs.add(builder.view(), 2 * SECOND);
    expect(costs.threads).toEqual([0, 1]);
    costs.add(builder.view(), SECOND + RECENT);
    // A thread that runs stays, even if nothing was heard of it for long.
    expect(costs.threads).toEqual([0]);
    expect(sumsToText(builder.view(), costs, 'total', 'wall')).toEqual(['main 100', 'run 100']);
  });
});

test('agree with plain counting over all samples, whatever the batches', () => {
  const sample = fc.record({
    stack: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }),
    thread: fc.integer({ min: 0, max: 2 }),
    wall: fc.integer({ min: 0, max: 1000 }),
    cpu: fc.integer({ min: 0, max: 1000 }),
    holdsGil: fc.boolean(),
  });
  const batch = fc.record({ span: fc.integer({ min: 1, max: 4000 }), samples: fc.array(sample) });
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 12 }), (batches) => {
      const live = new ProfileBuilder();
      const whole = new ProfileBuilder();
      for (const builder of [live, whole]) prepare(builder);
      const costs = new LiveCosts();
      const ends: number[] = [];
      let end = 0;
      for (const { span, samples } of batches) {
        // Samples of a batch are at its end, in milliseconds; one time unit is 100 µs.
        end += span;
        ends.push(end);
        for (const builder of [live, whole]) for (const each of samples) addSample(builder, end * 10, each);
        costs.add(live.view(), end * 1e6);
        live.dropSamples();
      }
      const firstRecent = ends.find((each) => each > end - RECENT / 1e6) ?? end;
      const all = whole.build();
      const recent = selectSamples(all, { timeRange: { start: firstRecent * 10, end: end * 10 + 1 } });
      for (const measure of TOP_MEASURES) {
        for (const column of SUM_COLUMNS) {
          const expected = computeFunctionCosts(column.startsWith('recent') ? recent : all, measure);
          const values = /self$/i.test(column) ? expected.self : expected.total;
          const sums = costs.sumsOf(undefined);
          for (let row = 0; row < (sums?.length ?? 0); row++) {
            const functionRow = sums?.functionAt(row) ?? NONE;
            const wanted = functionRow === NONE ? expected.withoutStack : values[functionRow];
            expect((sums?.value(row, column, measure) ?? 0) * all.timeUnit).toBe(wanted);
          }
        }
        expect((costs.sumsOf(undefined)?.recent(measure) ?? 0) * all.timeUnit).toBe(
          computeFunctionCosts(recent, measure).sum,
        );
        // Threads add up to all.
        const perThread = costs.threads.map((thread) => costs.sumsOf(thread)?.recent(measure) ?? 0);
        expect(perThread.reduce((sum, value) => sum + value, 0)).toBe(
          costs.sumsOf(undefined)?.recent(measure),
        );
      }
    }),
    { numRuns: 200 },
  );
});

test('functions are ranked by a column, then by their sums since the start, and always alike', () => {
  const profile = profileFromText(`
    @wall  10  30  10  20

    a      b   c   a
                   d
  `);
  const costs = new LiveCosts();
  costs.add(profile, SECOND);
  const sums = costs.sumsOf(undefined);
  if (sums === undefined) throw new Error('no sums');
  const names = (by: SumColumn, isReversed = false) =>
    Array.from(
      rankFunctions(sums, 'wall', by, isReversed),
      (row) => profile.strings[profile.functions.name[sums.functionAt(row)]],
    ).join(' ');
  expect(names('recentSelf')).toBe('b d a c');
  expect(names('recentTotal')).toBe('b a d c');
  expect(names('total', true)).toBe('c d a b');
  expect(rankFunctions(sums, 'gil', 'self', false)).toHaveLength(0);
});

function prepare(builder: ProfileBuilder): void {
  const process = builder.addProcess({ pid: 1, command: 'app', start: 0 });
  for (let tid = 0; tid < 3; tid++) builder.addThread({ process, tid, start: 0 });
}

function addSample(
  builder: ProfileBuilder,
  time: number,
  sample: { stack: number[]; thread: number; wall: number; cpu: number; holdsGil: boolean },
): void {
  let stack: StackIndex | -1 = NONE;
  for (const name of sample.stack) {
    const functionRow = builder.internFunction({ name: `f${name}`, kind: 'python' });
    stack = builder.internStack(stack, builder.internFrame({ function: functionRow, line: 1 }));
  }
  const state = SAMPLE_STATES.indexOf('running') | (sample.holdsGil ? STATE_HOLDS_GIL : 0);
  builder.addSample(time, sample.thread as ThreadIndex, stack, state, sample.wall, sample.cpu);
}
