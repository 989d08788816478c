// What the user of a live table looks at, and how keys change it. Pure: what a key asks the program to do is returned.

import type { ThreadIndex } from '../../profile/tables.ts';
import { SUM_COLUMNS, type SumColumn, TOP_MEASURES, type TopMeasure } from './function-sums.ts';
import type { Key } from './keys.ts';

export interface TopState {
  readonly measure: TopMeasure;
  readonly sortBy: SumColumn;
  readonly isReversed: boolean;
  /** Undefined: all threads. */
  readonly thread: ThreadIndex | undefined;
  /** Rows of the table that are scrolled away. */
  readonly scroll: number;
  readonly isPaused: boolean;
  /** What lies over the table: help, or the question what becomes of the launched program. */
  readonly overlay: 'none' | 'help' | 'quit';
}

export function initialState(measure: TopMeasure): TopState {
  return {
    measure,
    sortBy: 'recentSelf',
    isReversed: false,
    thread: undefined,
    scroll: 0,
    isPaused: false,
    overlay: 'none',
  };
}

/** What keys depend on besides the state. */
export interface TopSurroundings {
  readonly threads: readonly ThreadIndex[];
  /** Rows that the table has, and how many of them can be seen at once. */
  readonly rows: number;
  readonly pageSize: number;
  /** We started the program. */
  readonly isLaunched: boolean;
}

/**
 * - `quit`: the view ends, the program goes on
 * - `interrupt`: Ctrl-C for the launched program
 * - `terminate`: the launched program is asked to end
 * - `suspend`: the shell's job control
 */
export type TopRequest = 'quit' | 'interrupt' | 'terminate' | 'suspend';

/** The state after a key, and what else the key asks for. */
export interface KeyEffect {
  readonly state: TopState;
  readonly request?: TopRequest;
}

export function pressKey(state: TopState, key: Key, surroundings: TopSurroundings): KeyEffect {
  if (key === 'ctrl-z') return { state, request: 'suspend' };
  if (key === 'ctrl-c') return { state, request: surroundings.isLaunched ? 'interrupt' : 'quit' };
  if (state.overlay === 'quit') return answerQuestion(state, key);
  if (state.overlay === 'help') return { state: { ...state, overlay: 'none' } };
  switch (key) {
    case 'q':
    case 'Q':
    case 'ctrl-d':
      return surroundings.isLaunched ? { state: { ...state, overlay: 'quit' } } : { state, request: 'quit' };
    case '?':
    case 'h':
      return { state: { ...state, overlay: 'help' } };
    case 'p':
    case 'space':
      return { state: { ...state, isPaused: !state.isPaused } };
    case 'm':
      return { state: { ...state, measure: stepIn(TOP_MEASURES, state.measure, 1), scroll: 0 } };
    case 't':
    case 'T':
      return {
        state: { ...state, thread: stepThread(state, surroundings, key === 't' ? 1 : -1), scroll: 0 },
      };
    default:
      return { state: sortOrScroll(state, key, surroundings) };
  }
}

/** Brings the state in line with what there is: threads end, tables shrink. */
export function adjustState(state: TopState, surroundings: TopSurroundings): TopState {
  const { thread } = state;
  const isGone = thread !== undefined && !surroundings.threads.includes(thread);
  return {
    ...state,
    thread: isGone ? undefined : thread,
    scroll: Math.max(0, Math.min(state.scroll, surroundings.rows - surroundings.pageSize)),
  };
}

function answerQuestion(state: TopState, key: Key): KeyEffect {
  switch (key) {
    case 'y':
    case 'Y':
      return { state: { ...state, overlay: 'none' }, request: 'terminate' };
    case 'n':
    case 'N':
      return { state, request: 'quit' };
    default:
      return { state: { ...state, overlay: 'none' } };
  }
}

function sortOrScroll(state: TopState, key: Key, { rows, pageSize }: TopSurroundings): TopState {
  const lastScroll = Math.max(0, rows - pageSize);
  const scrollTo = (scroll: number) => ({ ...state, scroll: Math.max(0, Math.min(scroll, lastScroll)) });
  const sortBy = (column: SumColumn) => ({ ...state, sortBy: column, scroll: 0 });
  switch (key) {
    case '1':
    case '2':
    case '3':
    case '4':
      return sortBy(SUM_COLUMNS[Number(key) - 1]);
    case 's':
    case 'right':
      return sortBy(stepIn(SUM_COLUMNS, state.sortBy, 1));
    case 'S':
    case 'left':
      return sortBy(stepIn(SUM_COLUMNS, state.sortBy, -1));
    case 'r':
      return { ...state, isReversed: !state.isReversed, scroll: 0 };
    case 'up':
    case 'k':
      return scrollTo(state.scroll - 1);
    case 'down':
    case 'j':
      return scrollTo(state.scroll + 1);
    case 'page-up':
      return scrollTo(state.scroll - pageSize);
    case 'page-down':
      return scrollTo(state.scroll + pageSize);
    case 'home':
    case 'g':
      return scrollTo(0);
    case 'end':
    case 'G':
      return scrollTo(lastScroll);
    default:
      return state;
  }
}

/** All threads, then one after the other, then all again. */
function stepThread(state: TopState, { threads }: TopSurroundings, step: 1 | -1): ThreadIndex | undefined {
  return stepIn([undefined, ...threads], state.thread, step);
}

function stepIn<T>(list: readonly T[], current: T, step: 1 | -1): T {
  return list[(list.indexOf(current) + step + list.length) % list.length];
}
