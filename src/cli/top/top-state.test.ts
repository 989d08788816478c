import { describe, expect, test } from 'vitest';
import type { ThreadIndex } from '../../profile/tables.ts';
import { adjustState, initialState, pressKey, type TopState, type TopSurroundings } from './top-state.ts';

const ATTACHED: TopSurroundings = {
  threads: [0, 3, 7] as ThreadIndex[],
  rows: 100,
  pageSize: 20,
  isLaunched: false,
};
const LAUNCHED: TopSurroundings = { ...ATTACHED, isLaunched: true };
const START = initialState('cpu');

/** The state after some keys, none of which asks for anything. */
function press(keys: string, state: TopState = START, surroundings = ATTACHED): TopState {
  return keys.split(' ').reduce((before, key) => {
    const effect = pressKey(before, key, surroundings);
    expect(effect.request).toBeUndefined();
    return effect.state;
  }, state);
}

describe('sorting', () => {
  test('1 to 4 choose a column, s and arrows the next or the one before, around the ends', () => {
    expect(press('3').sortBy).toBe('self');
    expect(press('s').sortBy).toBe('recentTotal');
    expect(press('right right right right').sortBy).toBe('recentSelf');
    expect(press('left').sortBy).toBe('total');
    expect(press('S S').sortBy).toBe('self');
  });

  test('r turns the order round, and round again', () => {
    expect(press('r').isReversed).toBe(true);
    expect(press('r r').isReversed).toBe(false);
  });

  test('begins at the top', () => {
    for (const key of ['2', 's', 'r', 'm', 't']) expect(press(`down ${key}`).scroll, key).toBe(0);
  });
});

describe('scrolling', () => {
  test('stays within the table', () => {
    expect(press('up').scroll).toBe(0);
    expect(press('down down').scroll).toBe(2);
    expect(press('page-down page-down').scroll).toBe(40);
    expect(press('end').scroll).toBe(80);
    expect(press('end down page-down').scroll).toBe(80);
    expect(press('end page-up').scroll).toBe(60);
    expect(press('end home').scroll).toBe(0);
  });

  test('does nothing where all rows can be seen', () => {
    expect(press('down', START, { ...ATTACHED, rows: 20 }).scroll).toBe(0);
  });

  test('follows a table that gets shorter', () => {
    const state = press('end');
    expect(adjustState(state, { ...ATTACHED, rows: 50 }).scroll).toBe(30);
    expect(adjustState(state, { ...ATTACHED, rows: 5 }).scroll).toBe(0);
  });
});

describe('threads', () => {
  test('t and T go round: all, then one after the other', () => {
    expect(press('t').thread).toBe(0);
    expect(press('t t').thread).toBe(3);
    expect(press('t t t t').thread).toBeUndefined();
    expect(press('T').thread).toBe(7);
  });

  test('an ended thread gives way to all threads', () => {
    const state = press('t t');
    expect(adjustState(state, ATTACHED).thread).toBe(3);
    expect(adjustState(state, { ...ATTACHED, threads: [0 as ThreadIndex] }).thread).toBeUndefined();
  });
});

test('m goes through the measures', () => {
  expect(press('m').measure).toBe('wall');
  expect(press('m m').measure).toBe('gil');
  expect(press('m m m').measure).toBe('cpu');
});

test('p and space hold the picture', () => {
  expect(press('p').isPaused).toBe(true);
  expect(press('p space').isPaused).toBe(false);
});

test('any key closes the help, and does nothing else', () => {
  expect(press('?').overlay).toBe('help');
  expect(press('? r')).toEqual(START);
  expect(press('? q', START, LAUNCHED)).toEqual(START);
});

test('keys without a meaning change nothing', () => {
  for (const key of ['x', 'escape', '\x1b[15~', '0', '5', 'enter']) expect(press(key)).toEqual(START);
});

describe('quitting', () => {
  test('an attached program goes on', () => {
    for (const key of ['q', 'ctrl-c', 'ctrl-d']) {
      expect(pressKey(START, key, ATTACHED).request, key).toBe('quit');
    }
  });

  test('Ctrl-C goes to a launched program, whatever is shown', () => {
    for (const overlay of ['none', 'help', 'quit'] as const) {
      expect(pressKey({ ...START, overlay }, 'ctrl-c', LAUNCHED).request).toBe('interrupt');
    }
  });

  test('q asks what becomes of a launched program', () => {
    const asked = press('q', START, LAUNCHED);
    expect(asked.overlay).toBe('quit');
    expect(pressKey(asked, 'n', LAUNCHED).request).toBe('quit');
    expect(pressKey(asked, 'y', LAUNCHED)).toEqual({ state: START, request: 'terminate' });
    expect(pressKey(asked, 'escape', LAUNCHED)).toEqual({ state: START });
    // A key that was meant for something else does no harm.
    expect(pressKey(asked, 'r', LAUNCHED)).toEqual({ state: START });
  });

  test('Ctrl-Z suspends, always', () => {
    expect(pressKey(START, 'ctrl-z', ATTACHED).request).toBe('suspend');
    expect(pressKey({ ...START, overlay: 'help' }, 'ctrl-z', LAUNCHED).request).toBe('suspend');
  });
});
