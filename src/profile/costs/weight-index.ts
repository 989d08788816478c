// Weights by stack of any selection of samples, without a pass over all of them: sums up to some places in the recording are
// kept, so that a range of time is the difference of two of them and the samples between them and its ends; of threads and
// states only the selected samples are looked at, or those that are not, whichever are fewer.
//
// Sums of whole numbers are exact, so it makes no difference how they came about. Where they may not be, weights are added up
// each time.

import { assertDefined } from '../../base/assert.ts';
import { getMeasureColumn, type Measure, type MeasureColumn } from '../measure.ts';
import { NONE, type Profile } from '../tables.ts';
import { BLOCK, type SampleGroups } from './sample-groups.ts';
import { findFirstAtOrAfter, markStateValues, markThreads, type Selection } from './selection.ts';
import type { DivisibleWeights, WeightColumns } from './stack-weights.ts';
import {
  addToSquares,
  addToSums,
  createColumns,
  finishSquares,
  finishSums,
  type RowAdder,
  type Slots,
  type Sums,
} from './weight-sums.ts';

/** Which samples count; what is not named does not restrict. */
export type SampleSelection = Pick<Selection, 'timeRange' | 'threads' | 'states'>;

/** Bytes that kept sums may take. */
const MAX_KEPT = 20e6;
/** Sums are kept at places that are at least so many samples apart. */
const MIN_DISTANCE = 50_000;

/** Sums of all samples before some rows, ascending; the last ones are those of all. */
interface KeptSums {
  readonly places: readonly number[];
  readonly sums: readonly { readonly slots: Slots; readonly squares: number }[];
}

/** Samples of one profile and measure. */
export class WeightIndex {
  readonly #profile: Profile;
  readonly #column: MeasureColumn;
  readonly #getGroups: () => SampleGroups | undefined;
  /** Sums may be subtracted: whole numbers, and not too large ones. */
  readonly #isExact: boolean;
  /** The weights of all samples, as they are stored, and their squares. */
  readonly #whole: { readonly weight: number; readonly squares: number };
  readonly #kept: KeptSums;
  /** Until they are needed. */
  #keptSquares: KeptSums | undefined;
  /** Sums are made here, and copied into columns when they are done. */
  #work: Slots | undefined;

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
    const isWhole = !(this.#column.values instanceof Float64Array);
    const known =
      grownFrom === undefined
        ? { done: 0, weight: 0, squares: 0 }
        : { done: grownFrom.#profile.samples.length, ...grownFrom.#whole };
    this.#whole = addAll(profile, this.#column, known);
    this.#isExact = isWhole && Math.max(this.#whole.weight, this.#whole.squares) <= Number.MAX_SAFE_INTEGER;
    this.#kept = grownFrom === undefined ? this.#addUp(minDistance) : this.#addNew(grownFrom);
  }

  /** The weights of the samples that the selection keeps. `columns`: takes them, where it is as long as is needed. */
  weigh({ timeRange, threads, states }: SampleSelection, columns?: WeightColumns): DivisibleWeights {
    const { samples, stacks } = this.#profile;
    const { time, length } = samples;
    const first = timeRange === undefined ? 0 : findFirstAtOrAfter(time, timeRange.start);
    const last = timeRange === undefined ? length : Math.max(first, findFirstAtOrAfter(time, timeRange.end));
    const choice: Choice = {
      first,
      last,
      masks:
        (threads ?? states) === undefined
          ? undefined
          : { threads: markThreads(this.#profile, undefined, threads), states: markStateValues(states) },
    };
    this.#work ??= this.#createSlots();
    const sums: Sums = { slots: this.#work, squares: 0 };
    this.#sum(sums, this.#kept, addToSums(sums, samples, this.#column), choice);
    const slots = stacks.length + 1;
    const room = columns?.weight.length === slots ? columns : createColumns(slots);
    return finishSums(sums, this.#column, room, () => {
      const squares: Sums = { slots: new Float64Array(slots), squares: 0 };
      this.#sum(squares, this.#getKeptSquares(), this.#addSquaresTo(squares), choice);
      return finishSquares(squares.slots as Float64Array, this.#column);
    });
  }

  #addUp(minDistance: number): KeptSums {
    const { samples, stacks } = this.#profile;
    const sums: Sums = { slots: this.#createSlots(), squares: 0 };
    const { addRange } = addToSums(sums, samples, this.#column);
    const most = Math.floor(MAX_KEPT / (sums.slots.BYTES_PER_ELEMENT * 2 * (stacks.length + 1)));
    const parts = this.#isExact ? Math.max(1, Math.min(most, Math.floor(samples.length / minDistance))) : 1;
    const places: number[] = [];
    const kept: Sums[] = [];
    let done = 0;
    for (let part = 1; part <= parts; part++) {
      const end = Math.round((samples.length * part) / parts);
      addRange(done, end, 1);
      places.push(end);
      kept.push(part === parts ? sums : { slots: sums.slots.slice(), squares: sums.squares });
      done = end;
    }
    return { places, sums: kept };
  }

  #addNew(grownFrom: WeightIndex): KeptSums {
    const { samples } = this.#profile;
    const known = grownFrom.#kept.sums[grownFrom.#kept.sums.length - 1];
    const sums: Sums = { slots: this.#createSlots(), squares: known.squares };
    sums.slots.set(known.slots);
    addToSums(sums, samples, this.#column).addRange(grownFrom.#profile.samples.length, samples.length, 1);
    return { places: [samples.length], sums: [sums] };
  }

  /** What the first transform or comparison would wait for, a million samples at a time. */
  *prepareSquares(): Generator<void> {
    const { samples, stacks } = this.#profile;
    const squares = new Float64Array(stacks.length + 1);
    const { addRange } = addToSquares(squares, samples, this.#column);
    for (let row = 0; row < samples.length && this.#keptSquares === undefined; row += STEP) {
      addRange(row, Math.min(samples.length, row + STEP), 1);
      yield;
    }
    this.#keptSquares ??= { places: [samples.length], sums: [{ slots: squares, squares: 0 }] };
  }

  #getKeptSquares(): KeptSums {
    let kept = this.#keptSquares;
    if (kept === undefined) {
      const steps = this.prepareSquares();
      while (steps.next().done !== true);
      kept = this.#keptSquares;
    }
    return assertDefined(kept, 'squares that were just made');
  }

  #addSquaresTo({ slots }: Sums): RowAdder {
    return addToSquares(slots as Float64Array, this.#profile.samples, this.#column);
  }

  /** As small as they can be: what is read of them waits for memory. */
  #createSlots(): Slots {
    const slots = 2 * (this.#profile.stacks.length + 1);
    const isSmall = this.#isExact && this.#whole.weight <= MAX_SMALL;
    return isSmall ? new Int32Array(slots) : new Float64Array(slots);
  }

  /** Makes the sums those of the chosen samples, whatever they were. */
  #sum(sums: Sums, kept: KeptSums, adder: RowAdder, { first, last, masks }: Choice): void {
    if (masks === undefined) {
      this.#sumRange(sums, kept, adder, first, last);
      return;
    }
    const groups = this.#getGroups();
    if (groups === undefined) {
      clearSums(sums);
      this.#addMasked(adder, masks, first, last);
      return;
    }
    const isMeant = new Uint8Array(groups.length);
    let meant = 0;
    for (let group = 0; group < groups.length; group++) {
      const thread = Math.floor(group / groups.states.length);
      const state = groups.states[group % groups.states.length];
      isMeant[group] = masks.threads[thread] & masks.states[state];
      meant += isMeant[group] * groups.counts[group];
    }
    if (meant <= this.#profile.samples.length / 2 || !this.#isExact) {
      clearSums(sums);
      addGroups(adder, groups, isMeant, first, last, 1);
      return;
    }
    this.#sumRange(sums, kept, adder, first, last);
    for (let group = 0; group < groups.length; group++) isMeant[group] ^= 1;
    addGroups(adder, groups, isMeant, first, last, -1);
  }

  #sumRange(sums: Sums, kept: KeptSums, adder: RowAdder, first: number, last: number): void {
    const before = findNearest(kept, first);
    const after = findNearest(kept, last);
    const start = placeOf(kept, before);
    const end = placeOf(kept, after);
    const isWhole = first === 0 && last === this.#profile.samples.length;
    const isFar = last - first <= Math.abs(start - first) + Math.abs(end - last);
    if (before === after || isFar || !(this.#isExact || isWhole)) {
      clearSums(sums);
      adder.addRange(first, last, 1);
      return;
    }
    const all = kept.sums[after];
    if (before === NONE) {
      sums.slots.set(all.slots);
      sums.squares = all.squares;
    } else {
      subtractSlots(sums.slots, all.slots, kept.sums[before].slots);
      sums.squares = all.squares - kept.sums[before].squares;
    }
    // The ends of the range, from the places to where they are.
    if (last >= end) adder.addRange(end, last, 1);
    else adder.addRange(last, end, -1);
    if (first >= start) adder.addRange(start, first, -1);
    else adder.addRange(first, start, 1);
  }

  /** The same without groups: of the rows that both masks keep. */
  #addMasked(adder: RowAdder, { threads, states }: Masks, first: number, last: number): void {
    const { thread, state } = this.#profile.samples;
    const rows = new Uint16Array(BLOCK);
    for (let base = first; base < last; base += BLOCK) {
      const length = Math.min(BLOCK, last - base);
      let kept = 0;
      for (let i = 0; i < length; i++) {
        rows[kept] = i;
        kept += threads[thread[base + i]] & states[state[base + i]];
      }
      adder.addListed(rows, 0, kept, base, 1);
    }
  }
}

const STEP = 1_000_000;

/** What a slot of four bytes has room for. */
const MAX_SMALL = 0x7fff_ffff;

/** Rows, and which of them. */
interface Choice {
  readonly first: number;
  readonly last: number;
  readonly masks: Masks | undefined;
}

/** One slot for each thread, and for each value of the state column; 1 where they count. */
interface Masks {
  readonly threads: Uint8Array;
  readonly states: Uint8Array;
}

/** The weights of all samples, and their squares; the first `done` ones are known. Of whole numbers: fractions are never subtracted. */
function addAll(
  { samples }: Profile,
  { values }: MeasureColumn,
  { done, weight, squares }: { readonly done: number; readonly weight: number; readonly squares: number },
): { readonly weight: number; readonly squares: number } {
  if (values === undefined) return { weight: samples.length, squares: samples.length };
  let sum = weight;
  let sumOfSquares = squares;
  for (let row = done; row < samples.length; row++) {
    sum += values[row];
    sumOfSquares += values[row] * values[row];
  }
  return { weight: sum, squares: sumOfSquares };
}

function addGroups(
  adder: RowAdder,
  { length, rows, starts }: SampleGroups,
  isMeant: Uint8Array,
  first: number,
  last: number,
  sign: 1 | -1,
): void {
  for (let block = Math.floor(first / BLOCK); block * BLOCK < last; block++) {
    const base = block * BLOCK;
    const isInside = base >= first && base + BLOCK <= last;
    for (let group = 0; group < length; group++) {
      if (isMeant[group] === 0) continue;
      const list = block * length + group;
      let from = starts[list];
      let to = starts[list + 1];
      if (!isInside) {
        while (from < to && base + rows[from] < first) from++;
        while (from < to && base + rows[to - 1] >= last) to--;
      }
      adder.addListed(rows, from, to, base, sign);
    }
  }
}

/** The kept place nearest to a row; NONE is the beginning, where nothing has been added up. */
function findNearest(kept: KeptSums, row: number): number {
  let nearest = NONE;
  for (let i = 0; i < kept.places.length; i++) {
    if (Math.abs(kept.places[i] - row) <= Math.abs(placeOf(kept, nearest) - row)) nearest = i;
  }
  return nearest;
}

function placeOf({ places }: KeptSums, nearest: number): number {
  return nearest === NONE ? 0 : places[nearest];
}

function clearSums(sums: Sums): void {
  sums.slots.fill(0);
  sums.squares = 0;
}

function subtractSlots(into: Slots, from: Slots, what: Slots): void {
  for (let slot = 0; slot < into.length; slot++) into[slot] = from[slot] - what[slot];
}
