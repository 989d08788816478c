// Answers questions about recordings. Knows nothing of workers and messages, so that tests can ask it directly; one file
// below answers/ for each kind of question.

import { ProfilerError } from '../../base/errors.ts';
import type { Profile } from '../../profile/tables.ts';
import { answerChart } from './answers/chart.ts';
import { answerCompare } from './answers/compare.ts';
import { answerExport } from './answers/export.ts';
import { answerFlame } from './answers/flame.ts';
import { answerFunctions, answerNeighbours } from './answers/functions.ts';
import { answerInfo } from './answers/info.ts';
import { answerMemory, answerTimeline } from './answers/over-time.ts';
import { answerFiles, answerSource } from './answers/source.ts';
import { answerTotals } from './answers/totals.ts';
import { answerTree } from './answers/tree.ts';
import { Derived } from './derived.ts';
import type { Queries, QueryName, ViewSpec } from './messages.ts';

type Answers = {
  readonly [Name in QueryName]: (
    derived: Derived,
    request: Queries[Name]['request'],
    find: (recording: number) => Derived,
  ) => Queries[Name]['answer'];
};

const ANSWERS: Answers = {
  compare: answerCompare,
  info: answerInfo,
  totals: answerTotals,
  flame: answerFlame,
  functions: answerFunctions,
  neighbours: answerNeighbours,
  tree: answerTree,
  timeline: answerTimeline,
  memory: answerMemory,
  source: answerSource,
  files: answerFiles,
  text: ({ recording }, { file }) => recording.sources?.get(file),
  chart: answerChart,
  export: answerExport,
};

/** Holds the open recordings. */
export class Engine {
  readonly #recordings = new Map<number, Derived>();

  /** Adds a recording, or takes a new state of it; `hasGrown`: all samples that it had are the first ones now. */
  open(recording: number, profile: Profile, hasGrown = false): void {
    const before = hasGrown ? this.#recordings.get(recording) : undefined;
    this.#recordings.set(recording, new Derived(profile, before));
  }

  /** What can be done for a view of a whole recording while nobody asks anything, in steps of some milliseconds. */
  prepare(view: ViewSpec): Generator<void> {
    return this.#find(view.recording).prepare(view);
  }

  /** Throws `bad-usage` for a recording that is not open, and what computing throws. */
  answer<Name extends QueryName>(name: Name, request: Queries[Name]['request']): Queries[Name]['answer'] {
    const recording = 'view' in request ? request.view.recording : request.recording;
    const answer: Answers[Name] = ANSWERS[name];
    return answer(this.#find(recording), request, (place) => this.#find(place));
  }

  #find(recording: number): Derived {
    const derived = this.#recordings.get(recording);
    if (derived === undefined) throw new ProfilerError('bad-usage', 'This recording is not open.');
    return derived;
  }
}
