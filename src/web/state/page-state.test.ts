import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SAMPLE_STATES } from '../../profile/tables.ts';
import { COLOUR_MODES, formatState, INITIAL_STATE, type PageState, parseState, TABS } from './page-state.ts';

const key = fc.string({ minLength: 1 });
const transform = fc.oneof(
  fc.constantFrom({ type: 'hide-library' as const }, { type: 'hide-packages' as const }),
  fc.record({
    type: fc.constantFrom('focus' as const, 'merge' as const, 'drop' as const, 'recursion' as const),
    key,
  }),
  fc.record({ type: fc.constant('path' as const), keys: fc.array(key, { minLength: 1 }) }),
  fc.record({ type: fc.constant('file' as const), file: key }),
  fc.record({ type: fc.constant('filter' as const), text: key }),
);
const time = fc.option(
  fc.tuple(fc.nat(), fc.integer({ min: 1 })).map(([start, length]) => ({ start, end: start + length })),
  { nil: undefined },
);
const arbitraryState: fc.Arbitrary<PageState> = fc.record({
  tab: fc.constantFrom(...TABS),
  recording: fc.nat(9),
  measure: fc.option(fc.constantFrom('wall' as const, 'cpu' as const), { nil: undefined }),
  time,
  before: fc.option(fc.record({ recording: fc.nat(9), time }), { nil: undefined }),
  threads: fc.array(fc.nat(2000), { maxLength: 4 }),
  states: fc.subarray([...SAMPLE_STATES]),
  transforms: fc.array(transform, { maxLength: 3 }),
  search: fc.string(),
  inverted: fc.boolean(),
  expanded: fc.constantFrom([], ['1a'], ['1a', '1a/b2', '1a/b2/c', '1a/d', 'e']),
  zoom: fc.array(key, { maxLength: 3 }),
  colours: fc.constantFrom(...COLOUR_MODES),
  chosen: fc.option(key, { nil: undefined }),
  sort: fc.constantFrom('self' as const, 'name' as const),
  ascending: fc.boolean(),
  file: fc.option(key, { nil: undefined }),
  line: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
  compared: fc.constantFrom('samples' as const, 'none' as const),
  widths: fc.constantFrom('before' as const, 'after' as const),
  thread: fc.option(fc.nat(2000), { nil: undefined }),
  shown: time,
});

test('any state survives the way through the URL', () => {
  fc.assert(
    fc.property(arbitraryState, (state) => {
      expect(parseState(formatState(state))).toEqual(state);
    }),
  );
});

test('the first state needs nothing in the URL', () => {
  expect(formatState(INITIAL_STATE)).toBe('');
  expect(parseState('#')).toEqual(INITIAL_STATE);
});

test('a URL that means nothing is no failure', () => {
  const text =
    '#view=no&recording=x&measure=&time=9s-1s&threads=a.1..2&do=focus&do=path:{&do=what:x&line=0&thread=-1';
  expect(parseState(text)).toEqual({ ...INITIAL_STATE, threads: [1, 2] });
});
