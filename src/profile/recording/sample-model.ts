// What the next samples are predicted from. Writer and reader keep one each, feed it the same samples in the same order,
// and so predict the same; only how far a sample is off is stored. docs/recording-format.md, "Samples", has the rules.
// The writer calls the methods; the reader, which has to be fast, does the same in loops of its own.

import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { WeightSpec } from '../builder/sample-table-builder.ts';
import { NONE } from '../tables.ts';

/** State after the samples so far. Items are stacks + 1: item 0 is "no stack". */
export class SampleModel {
  /** Thread of the last sample + 1; 0 before the first. */
  lastThread = 0;
  /** By thread + 1: the thread whose sample came after the last one of this thread. */
  nextThread = new Int32Array(16);

  /** A round is a run of samples without the same thread twice. The first sample begins round 1. */
  round = 0;
  /** Round of each thread's last sample; 0: none yet. */
  threadRound = new Float64Array(16);

  /** Items by rank, the often and lately used ones first, and the rank of each item; NONE: not used yet. */
  rankCount = 0;
  itemAtRank = new Int32Array(1024);
  rankOfItem = new Int32Array(1024).fill(NONE);
  /** The last item that was used for the first time. */
  lastFirstUse = 0;
  /** Item of each thread's last sample. */
  threadItem = new Int32Array(16);

  /** State of the last sample with each item: a stack is nearly always met in the same one. */
  itemState = new Uint8Array(1024);

  /** Time of the last sample, and of the first sample of the last round. */
  lastTime = 0;
  roundTime = 0;
  /** Time of each thread's last sample; NONE: none yet. */
  threadTime = new Float64Array(16).fill(NONE);

  /** The last value of each weight column. */
  readonly lastWeight: Float64Array;

  constructor(weightCount: number) {
    this.lastWeight = new Float64Array(weightCount);
  }

  /** Makes room for tables of this size. */
  reserve(threads: number, stacks: number): void {
    const threadSlots = threads + 1;
    if (threadSlots > this.nextThread.length) {
      const before = this.nextThread.length;
      const capacity = Math.max(threadSlots, grownCapacity(before));
      this.nextThread = resizeColumn(this.nextThread, capacity);
      this.threadRound = resizeColumn(this.threadRound, capacity);
      this.threadItem = resizeColumn(this.threadItem, capacity);
      this.threadTime = resizeColumn(this.threadTime, capacity).fill(NONE, before);
    }
    const items = stacks + 1;
    if (items > this.rankOfItem.length) {
      const before = this.rankOfItem.length;
      const capacity = Math.max(items, grownCapacity(before));
      this.itemAtRank = resizeColumn(this.itemAtRank, capacity);
      this.rankOfItem = resizeColumn(this.rankOfItem, capacity).fill(NONE, before);
      this.itemState = resizeColumn(this.itemState, capacity);
    }
  }

  /** Takes note of the next sample's thread. 1 when the sample begins a round, else 0. */
  seeThread(thread: number): number {
    this.nextThread[this.lastThread] = thread;
    this.lastThread = thread + 1;
    const beginsRound = this.threadRound[thread] === this.round ? 1 : 0;
    this.round += beginsRound;
    this.threadRound[thread] = this.round;
    return beginsRound;
  }

  /** An item was used for the first time: it takes the next free rank. */
  addItem(item: number): void {
    this.itemAtRank[this.rankCount] = item;
    this.rankOfItem[item] = this.rankCount++;
    this.lastFirstUse = item;
  }

  /**
   * The item at this rank was used: it changes places with the one at three quarters of its rank. Often used items reach
   * the low ranks, in constant time for each use; measured against move-to-front and counting, this is the best for
   * programs that change what they do now and then, and near the best for those that do not.
   */
  promote(rank: number): void {
    const better = (rank * 3) >>> 2;
    const item = this.itemAtRank[rank];
    const other = this.itemAtRank[better];
    this.itemAtRank[better] = item;
    this.itemAtRank[rank] = other;
    this.rankOfItem[item] = better;
    this.rankOfItem[other] = rank;
  }

  /** The time that the next sample probably has. */
  predictTime(beginsRound: number, gap: number): number {
    return beginsRound === 1 ? this.roundTime + gap : this.lastTime;
  }

  /** Takes note of the next sample's time, and gives the time that its thread's last sample was ago; `gap` if none was. */
  learnTime(thread: number, time: number, beginsRound: number, gap: number): number {
    const before = this.threadTime[thread];
    if (beginsRound === 1) this.roundTime = time;
    this.lastTime = time;
    this.threadTime[thread] = time;
    return before === NONE ? gap : time - before;
  }
}

/** How a weight column is predicted. */
export type WeightRole = 'elapsed' | 'cpu' | 'other' | 'fraction';

/** The weight columns' roles; the format defines them by type, position and storage. */
export function getWeightRole(specs: readonly WeightSpec[], column: number): WeightRole {
  if (specs[column].storage === 'float64') return 'fraction';
  if (column === 0 && specs[0].type === 'elapsed') return 'elapsed';
  if (column === 1 && specs[1].type === 'cpu' && specs[0].storage === 'uint32') return 'cpu';
  return 'other';
}
