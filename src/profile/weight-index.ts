// Weights by stack of any selection of samples, without a pass over all of them: sums up to some places in the recording are
// kept, so that a range of time is the difference of two of them and the samples between them and its ends; of threads and
// states only the selected samples are looked at, or those that are not, whichever are fewer.
//
// Sums of whole numbers are exact, so it makes no difference how they came about. Where they may not be, weights are added up
// each time.

import { getMeasureColumn, type Measure, type MeasureColumn } from './measure.ts';
import type { SampleGroups } from './sample-groups.ts';
import { findFirstAtOrAfter, markStateValues, markThreads, type Selection } from './selection.ts';
import type { DivisibleWeights } from './stack-weights.ts';
import { NONE, type Profile } from './tables.ts';
import {
  addGroups,
  addMasked,
  addRows,
  BYTES_A_SLOT,
  copySums,
  createSums,
  finishSums,
  resizeSums,
  type Sums,
  subtractSums,
} from './weight-sums.ts';

/** Which samples count; what is not named does not restrict. */
export type SampleSelection = Pick<Selection, 'timeRange' | 'threads' | 'states'>;

/** Bytes that kept sums may take. */
const MAX_KEPT = 28e6;
/** Sums are kept at places that are at least so many samples apart. */
const MIN_DISTANCE = 50_000;

/** Samples of one profile and measure. */
export class WeightIndex {
  readonly #profile: Profile;
  readonly #column: MeasureColumn;
  readonly #getGroups: () => SampleGroups | undefined;
  /** Rows, ascending, and the sums of all samples before each; the last one is that of all. */
  readonly #places: number[] = [];
  readonly #kept: Sums[] = [];
  /** Sums may be subtracted: whole numbers, and not too large ones. */
  #isExact = false;

  /**
   * `getGroups`: of the same profile; asked for when threads or states are selected. `minDistance`: for tests.
   * `grownFrom`: of the same measure, and a profile whose samples are the first ones of this: only the others are added up.
   */
  constructor(
    profile: Profile,
    measure: Measure,
    getGroups: () => SampleGroups | undefined,
    { minDistance = MIN_DISTANCE, grownFrom }: { minDistance?: number; grownFrom?: WeightIndex } = {},
  ) {
    this.#profile = profile;
    this.#column = getMeasureColumn(profile, measure);
    this.#getGroups = getGroups;
    if (grownFrom === undefined) this.#addUp(minDistance);
    else this.#addNew(grownFrom);
  }

  /** The weights of the samples that the selection keeps. */
  weigh({ timeRange, threads, states }: SampleSelection): DivisibleWeights {
    const { time, length } = this.#profile.samples;
    const first = timeRange === undefined ? 0 : findFirstAtOrAfter(time, timeRange.start);
    const last = timeRange === undefined ? length : Math.max(first, findFirstAtOrAfter(time, timeRange.end));
    if ((threads ?? states) === undefined) return finishSums(this.#sumRange(first, last), this.#column);
    const masks = {
      threads: markThreads(this.#profile, undefined, threads),
      states: markStateValues(states),
    };
    return finishSums(this.#sumMasked(first, last, masks), this.#column);
  }

  #addUp(minDistance: number): void {
    const { samples, stacks } = this.#profile;
    const sums = createSums(stacks.length + 1);
    const isWhole = !(this.#column.values instanceof Float64Array);
    const most = Math.floor(MAX_KEPT / (BYTES_A_SLOT * (stacks.length + 1)));
    const parts = isWhole ? Math.max(1, Math.min(most, Math.floor(samples.length / minDistance))) : 1;
    let done = 0;
    for (let part = 1; part <= parts; part++) {
      const end = Math.round((samples.length * part) / parts);
      addRows(sums, samples, this.#column, done, end, 1);
      this.#places.push(end);
      this.#kept.push(part === parts ? sums : copySums(sums));
      done = end;
    }
    this.#checkExact(isWhole);
  }

  #addNew(grownFrom: WeightIndex): void {
    const { samples, stacks } = this.#profile;
    const done = grownFrom.#profile.samples.length;
    const sums = resizeSums(grownFrom.#kept[grownFrom.#kept.length - 1], stacks.length + 1);
    addRows(sums, samples, this.#column, done, samples.length, 1);
    this.#places.push(samples.length);
    this.#kept.push(sums);
    this.#checkExact(!(this.#column.values instanceof Float64Array));
  }

  #checkExact(isWhole: boolean): void {
    const sums = this.#kept[this.#kept.length - 1];
    this.#isExact = isWhole && Math.max(addAll(sums.weight), addAll(sums.squares)) <= Number.MAX_SAFE_INTEGER;
  }

  /** Sums that are the caller's own. */
  #sumRange(first: number, last: number): Sums {
    const { samples, stacks } = this.#profile;
    const before = this.#findNearest(first);
    const after = this.#findNearest(last);
    if (first === 0 && last === samples.length) return copySums(this.#kept[after]);
    const distance = Math.abs(this.#placeOf(before) - first) + Math.abs(this.#placeOf(after) - last);
    if (before === after || !this.#isExact || last - first <= distance) {
      const sums = createSums(stacks.length + 1);
      addRows(sums, samples, this.#column, first, last, 1);
      return sums;
    }
    const sums = copySums(this.#kept[after]);
    if (before !== NONE) subtractSums(sums, this.#kept[before]);
    this.#shift(sums, this.#placeOf(after), last, 1);
    this.#shift(sums, this.#placeOf(before), first, -1);
    return sums;
  }

  /** Moves an end of the range from one row to another. */
  #shift(sums: Sums, from: number, to: number, sign: 1 | -1): void {
    const { samples } = this.#profile;
    if (to >= from) addRows(sums, samples, this.#column, from, to, sign);
    else addRows(sums, samples, this.#column, to, from, sign === 1 ? -1 : 1);
  }

  #sumMasked(first: number, last: number, masks: Masks): Sums {
    const { samples, stacks } = this.#profile;
    const groups = this.#getGroups();
    if (groups === undefined) {
      const sums = createSums(stacks.length + 1);
      addMasked(sums, samples, this.#column, masks, first, last);
      return sums;
    }
    const isMeant = new Uint8Array(groups.length);
    let meant = 0;
    for (let group = 0; group < groups.length; group++) {
      const thread = Math.floor(group / groups.states.length);
      const state = groups.states[group % groups.states.length];
      isMeant[group] = masks.threads[thread] & masks.states[state];
      meant += isMeant[group] * groups.counts[group];
    }
    if (meant <= samples.length / 2 || !this.#isExact) {
      const sums = createSums(stacks.length + 1);
      addGroups(sums, samples, this.#column, { groups, isMeant }, first, last, 1);
      return sums;
    }
    const sums = this.#sumRange(first, last);
    for (let group = 0; group < groups.length; group++) isMeant[group] ^= 1;
    addGroups(sums, samples, this.#column, { groups, isMeant }, first, last, -1);
    return sums;
  }

  /** The kept place nearest to a row; NONE is the beginning, where nothing has been added up. */
  #findNearest(row: number): number {
    let nearest = NONE;
    for (let i = 0; i < this.#places.length; i++) {
      if (Math.abs(this.#places[i] - row) <= Math.abs(this.#placeOf(nearest) - row)) nearest = i;
    }
    return nearest;
  }

  #placeOf(kept: number): number {
    return kept === NONE ? 0 : this.#places[kept];
  }
}

function addAll(column: Float64Array): number {
  return column.reduce((sum, each) => sum + each, 0);
}

/** One slot for each thread, and for each value of the state column; 1 where they count. */
interface Masks {
  readonly threads: Uint8Array;
  readonly states: Uint8Array;
}
