// Reads the section that holds samples (docs/recording-format.md, "Samples"), the counterpart of sample-writer.ts. Every
// row number is checked; a section that is malformed adds no sample.

import type { ByteReader } from '../../base/byte-reader.ts';
import { MalformedError } from '../../base/malformed.ts';
import type { ProfileBuilder } from '../builder/profile-builder.ts';
import { NONE, SAMPLE_STATES, STATE_MASK } from '../tables.ts';
import { readColumn, unfoldDifference } from './column-coding.ts';
import { nextPrevious, readNumber } from './number-coding.ts';
import { getWeightRole, SampleModel } from './sample-model.ts';
import { checkRow, readRowCount } from './section-columns.ts';

const RUNNING = SAMPLE_STATES.indexOf('running');

/** Reads samples into a builder. */
export class SampleReader {
  readonly #builder: ProfileBuilder;
  readonly #maxSamples: number;
  readonly #model: SampleModel;
  /** Working columns, kept from section to section. */
  #codes = new Uint32Array(0);
  #stateCodes = new Uint32Array(0);
  #beginsRound = new Uint8Array(0);
  #elapsed = new Uint32Array(0);

  constructor(builder: ProfileBuilder, maxSamples: number) {
    this.#builder = builder;
    this.#maxSamples = maxSamples;
    this.#model = new SampleModel(builder.samples.specs.length);
  }

  /** Adds all samples of the section or, when it is malformed, none. */
  read(reader: ByteReader): void {
    const { samples, threads, stacks } = this.#builder;
    const count = readRowCount(reader, samples.length, this.#maxSamples);
    const gap = reader.readVarint();
    if (gap > 0xffff_ffff) throw new MalformedError(`${gap} is no gap between samples`);
    if (threads.length > 0x1_0000) samples.widenThreads();
    samples.reserve(samples.length + count);
    this.#model.reserve(threads.length, stacks.length);
    if (count > this.#codes.length) {
      this.#codes = new Uint32Array(count);
      this.#stateCodes = new Uint32Array(count);
      this.#beginsRound = new Uint8Array(count);
      this.#elapsed = new Uint32Array(count);
    }
    this.#readThreads(reader, count);
    this.#readStacks(reader, count);
    this.#readTimes(reader, count, gap);
    for (let column = 0; column < samples.specs.length; column++) this.#readWeights(reader, count, column);
    samples.commit(count);
  }

  #readThreads(reader: ByteReader, count: number): void {
    const codes = this.#codes;
    const beginsRound = this.#beginsRound;
    const { length: start, thread: threads } = this.#builder.samples;
    const threadCount = this.#builder.threads.length;
    // Local variables, here and below: writing the model's fields for every sample would take most of the time.
    const { nextThread, threadRound } = this.#model;
    let { lastThread, round } = this.#model;
    readColumn(reader, codes, count);
    for (let i = 0; i < count; i++) {
      const thread = codes[i] === 0 ? nextThread[lastThread] : (codes[i] - 1) >>> 0;
      if (thread >= threadCount) checkRow(thread, threadCount, 'thread');
      threads[start + i] = thread;
      nextThread[lastThread] = thread;
      lastThread = thread + 1;
      const begins = threadRound[thread] === round ? 1 : 0;
      round += begins;
      threadRound[thread] = round;
      beginsRound[i] = begins;
    }
    this.#model.lastThread = lastThread;
    this.#model.round = round;
  }

  /** Stacks and states in one loop: both look up the stack in tables too large for the nearest caches. */
  #readStacks(reader: ByteReader, count: number): void {
    const codes = this.#codes;
    const stateCodes = this.#stateCodes;
    const { length: start, thread: threads, stack: stacks, state: states } = this.#builder.samples;
    const { itemAtRank, itemState, threadItem } = this.#model;
    let { rankCount, lastFirstUse } = this.#model;
    readColumn(reader, codes, count);
    const firstUses = this.#readFirstUses(reader, count);
    readColumn(reader, stateCodes, count);
    let use = 0;
    for (let i = 0; i < count; i++) {
      const thread = threads[start + i];
      const rank = (codes[i] - 1) | 0;
      let item: number;
      if (rank < 0) {
        item = threadItem[thread];
      } else if (rank < rankCount) {
        item = promote(itemAtRank, rank);
      } else {
        item = firstUses[use++];
        itemAtRank[rankCount++] = item;
        lastFirstUse = item;
      }
      threadItem[thread] = item;
      stacks[start + i] = item - 1;
      const state = stateCodes[i] ^ itemState[item];
      itemState[item] = state;
      states[start + i] = state;
    }
    this.#model.rankCount = rankCount;
    this.#model.lastFirstUse = lastFirstUse;
  }

  /** The items that get a rank in this section, in order. Checks that the codes name no rank that is not given yet. */
  #readFirstUses(reader: ByteReader, count: number): Uint32Array {
    const items = this.#builder.stacks.length + 1;
    const codes = this.#codes;
    let ranks = this.#model.rankCount;
    for (let i = 0; i < count; i++) {
      if (codes[i] <= ranks) continue;
      if (codes[i] > ranks + 1) throw new MalformedError(`no stack has rank ${codes[i] - 1} yet`);
      ranks++;
    }
    if (ranks > items) throw new MalformedError('more stacks are used for the first time than there are');
    const uses = new Uint32Array(ranks - this.#model.rankCount);
    readColumn(reader, uses, uses.length);
    let last = this.#model.lastFirstUse;
    for (let i = 0; i < uses.length; i++) {
      last = unfoldDifference(uses[i], last);
      checkRow(last, items, 'stack');
      uses[i] = last;
    }
    return uses;
  }

  #readTimes(reader: ByteReader, count: number, gap: number): void {
    const codes = this.#codes;
    const beginsRound = this.#beginsRound;
    const elapsed = this.#elapsed;
    const { length: start, thread: threads, time: times } = this.#builder.samples;
    const { threadTime } = this.#model;
    let { lastTime, roundTime } = this.#model;
    readColumn(reader, codes, count);
    for (let i = 0; i < count; i++) {
      const begins = beginsRound[i] === 1;
      lastTime = unfoldDifference(codes[i], begins ? roundTime + gap : lastTime);
      if (begins) roundTime = lastTime;
      times[start + i] = lastTime;
      const thread = threads[start + i];
      const before = threadTime[thread];
      elapsed[i] = before === NONE ? gap : lastTime - before;
      threadTime[thread] = lastTime;
    }
    this.#model.lastTime = lastTime;
    this.#model.roundTime = roundTime;
  }

  #readWeights(reader: ByteReader, count: number, column: number): void {
    const { samples } = this.#builder;
    const { length: start, specs, weights } = samples;
    const values = weights[column].subarray(start, start + count);
    const role = getWeightRole(specs, column);
    if (role === 'fraction') {
      this.#readFractions(reader, values, column);
      return;
    }
    const codes = this.#codes;
    readColumn(reader, codes, count);
    if (role === 'elapsed') {
      unfoldAll(codes, this.#elapsed, values);
    } else if (role === 'cpu') {
      const predicted = this.#elapsed;
      const states = samples.state.subarray(start, start + count);
      const first = weights[0].subarray(start, start + count);
      for (let i = 0; i < count; i++) {
        // Without a branch, which the processor would mispredict often: all ones where running, else all zeros.
        const isRunning = (((states[i] & STATE_MASK) ^ RUNNING) - 1) >> 31;
        predicted[i] = first[i] & isRunning;
      }
      unfoldAll(codes, predicted, values);
    } else {
      let last = this.#model.lastWeight[column];
      for (let i = 0; i < count; i++) {
        last = unfoldDifference(codes[i], last);
        values[i] = last;
      }
    }
    if (count > 0) this.#model.lastWeight[column] = values[count - 1];
  }

  #readFractions(reader: ByteReader, values: Float64Array | Uint32Array, column: number): void {
    let last = this.#model.lastWeight[column];
    for (let i = 0; i < values.length; i++) {
      values[i] = readNumber(reader, last);
      last = nextPrevious(values[i], last);
    }
    this.#model.lastWeight[column] = last;
  }
}

function unfoldAll(codes: Uint32Array, predicted: Uint32Array, values: Uint32Array | Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = unfoldDifference(codes[i], predicted[i]);
}

/** See SampleModel.promote; the reader does not need to know the rank of an item. */
function promote(itemAtRank: Int32Array, rank: number): number {
  const better = (rank * 3) >>> 2;
  const item = itemAtRank[rank];
  itemAtRank[rank] = itemAtRank[better];
  itemAtRank[better] = item;
  return item;
}
