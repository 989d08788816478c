// The section that holds samples (docs/recording-format.md, "Samples"). Writer and reader go through the same columns in
// the same order, side by side here, each with its own copy of the model that predicts the values.

import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { MalformedError } from '../base/malformed.ts';
import { foldDifference, readColumn, unfoldDifference, writeColumn } from './column-coding.ts';
import { nextPrevious, readNumber, writeNumber } from './number-coding.ts';
import type { ProfileBuilder } from './profile-builder.ts';
import { SampleModel } from './sample-model.ts';
import type { WeightSpec } from './sample-table-builder.ts';
import { checkRow, type RowRange, readRowCount } from './section-columns.ts';
import { type Profile, SAMPLE_STATES, type SampleTable, STATE_MASK } from './tables.ts';

const RUNNING = SAMPLE_STATES.indexOf('running');

/** How a weight column is predicted. */
type WeightRole = 'elapsed' | 'cpu' | 'other' | 'fraction';

/** The weight columns' roles; the format defines them by type, position and storage. */
function weightRole(specs: readonly WeightSpec[], column: number): WeightRole {
  if (specs[column].storage === 'float64') return 'fraction';
  if (column === 0 && specs[0].type === 'elapsed') return 'elapsed';
  if (column === 1 && specs[1].type === 'cpu' && specs[0].storage === 'uint32') return 'cpu';
  return 'other';
}

/** Writes samples, with all they need to be read by a SampleReader that read what was written before. */
export class SampleWriter {
  readonly #specs: readonly WeightSpec[];
  readonly #model: SampleModel;

  constructor(specs: readonly WeightSpec[]) {
    this.#specs = specs;
    this.#model = new SampleModel(specs.length);
  }

  write(writer: ByteWriter, profile: Profile, rows: RowRange): void {
    const { samples } = profile;
    const count = rows.end - rows.start;
    this.#model.reserve(profile.threads.length, profile.stacks.length);
    const codes = new Uint32Array(count);
    const beginsRound = new Uint8Array(count);
    this.#predictThreads(samples, rows, codes, beginsRound);
    const gap = this.#chooseGap(samples, rows, beginsRound);

    writer.writeVarint(count);
    writer.writeVarint(gap);
    writeColumn(writer, codes, count);
    this.#writeStacks(writer, samples, rows, codes);
    this.#writeStates(writer, samples, rows, codes);
    const elapsed = new Uint32Array(count);
    this.#writeTimes(writer, samples, rows, { gap, codes, beginsRound, elapsed });
    for (let column = 0; column < this.#specs.length; column++) {
      this.#writeWeights(writer, samples, rows, { column, codes, elapsed });
    }
  }

  #predictThreads(samples: SampleTable, rows: RowRange, codes: Uint32Array, beginsRound: Uint8Array): void {
    const model = this.#model;
    for (let i = 0; i < codes.length; i++) {
      const thread = samples.thread[rows.start + i];
      codes[i] = thread === model.nextThread[model.lastThread] ? 0 : thread + 1;
      beginsRound[i] = model.seeThread(thread);
    }
  }

  /** The usual time between rounds: the median, because late rounds and pauses must not count. */
  #chooseGap(samples: SampleTable, rows: RowRange, beginsRound: Uint8Array): number {
    const gaps: number[] = [];
    let previous = this.#model.roundTime;
    for (let i = 0; i < beginsRound.length; i++) {
      if (beginsRound[i] === 0) continue;
      const time = samples.time[rows.start + i];
      gaps.push(Math.max(0, time - previous));
      previous = time;
    }
    return gaps.length === 0 ? 0 : Uint32Array.from(gaps).sort()[gaps.length >> 1];
  }

  #writeStacks(writer: ByteWriter, samples: SampleTable, rows: RowRange, codes: Uint32Array): void {
    const model = this.#model;
    const firstUses: number[] = [];
    for (let i = 0; i < codes.length; i++) {
      const thread = samples.thread[rows.start + i];
      const item = samples.stack[rows.start + i] + 1;
      const rank = model.rankOfItem[item];
      if (item === model.threadItem[thread]) {
        codes[i] = 0;
      } else if (rank >= 0) {
        codes[i] = rank + 1;
        model.promote(rank);
      } else {
        codes[i] = model.rankCount + 1;
        firstUses.push(foldDifference(item, model.lastFirstUse));
        model.addItem(item);
      }
      model.threadItem[thread] = item;
    }
    writeColumn(writer, codes, codes.length);
    writeColumn(writer, Uint32Array.from(firstUses), firstUses.length);
  }

  #writeStates(writer: ByteWriter, samples: SampleTable, rows: RowRange, codes: Uint32Array): void {
    const model = this.#model;
    for (let i = 0; i < codes.length; i++) {
      const item = samples.stack[rows.start + i] + 1;
      const state = samples.state[rows.start + i];
      codes[i] = state ^ model.predictState(item);
      model.learnState(item, state);
    }
    writeColumn(writer, codes, codes.length);
  }

  #writeTimes(
    writer: ByteWriter,
    samples: SampleTable,
    rows: RowRange,
    work: { gap: number; codes: Uint32Array; beginsRound: Uint8Array; elapsed: Uint32Array },
  ): void {
    const model = this.#model;
    for (let i = 0; i < work.codes.length; i++) {
      const thread = samples.thread[rows.start + i];
      const time = samples.time[rows.start + i];
      work.codes[i] = foldDifference(time, model.predictTime(work.beginsRound[i], work.gap));
      work.elapsed[i] = model.learnTime(thread, time, work.beginsRound[i], work.gap);
    }
    writeColumn(writer, work.codes, work.codes.length);
  }

  #writeWeights(
    writer: ByteWriter,
    samples: SampleTable,
    rows: RowRange,
    work: { column: number; codes: Uint32Array; elapsed: Uint32Array },
  ): void {
    const { column, codes, elapsed } = work;
    const { lastWeight } = this.#model;
    const role = weightRole(this.#specs, column);
    const { values } = samples.weights[column];
    const first = samples.weights[0].values;
    let last = lastWeight[column];
    for (let i = 0; i < codes.length; i++) {
      const row = rows.start + i;
      const value = values[row];
      if (role === 'fraction') {
        last = writeNumber(writer, value, last);
        continue;
      }
      let predicted = last;
      if (role === 'elapsed') predicted = elapsed[i];
      else if (role === 'cpu') predicted = (samples.state[row] & STATE_MASK) === RUNNING ? first[row] : 0;
      codes[i] = predicted === 0 ? value : foldDifference(value, predicted);
      last = value;
    }
    lastWeight[column] = last;
    if (role !== 'fraction') writeColumn(writer, codes, codes.length);
  }
}

/** Reads samples into a builder. */
export class SampleReader {
  readonly #builder: ProfileBuilder;
  readonly #model: SampleModel;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.#model = new SampleModel(builder.samples.specs.length);
  }

  /** Adds all samples of the section or, when it is malformed, none. */
  read(reader: ByteReader): void {
    const { samples, threads, stacks } = this.#builder;
    const count = readRowCount(reader);
    const gap = reader.readVarint();
    if (gap > 0xffff_ffff) throw new MalformedError(`${gap} is no gap between samples`);
    if (threads.length > 0x1_0000) samples.widenThreads();
    samples.reserve(samples.length + count);
    this.#model.reserve(threads.length, stacks.length);
    const codes = new Uint32Array(count);
    const beginsRound = new Uint8Array(count);
    const elapsed = new Uint32Array(count);
    this.#readThreads(reader, codes, beginsRound);
    this.#readStacks(reader, codes);
    this.#readStates(reader, codes);
    this.#readTimes(reader, { gap, codes, beginsRound, elapsed });
    for (let column = 0; column < samples.specs.length; column++) {
      this.#readWeights(reader, { column, codes, elapsed });
    }
    samples.commit(count);
  }

  #readThreads(reader: ByteReader, codes: Uint32Array, beginsRound: Uint8Array): void {
    const model = this.#model;
    const { samples, threads } = this.#builder;
    readColumn(reader, codes, codes.length);
    for (let i = 0; i < codes.length; i++) {
      const thread = codes[i] === 0 ? model.nextThread[model.lastThread] : codes[i] - 1;
      checkRow(thread, threads.length, 'thread');
      samples.thread[samples.length + i] = thread;
      beginsRound[i] = model.seeThread(thread);
    }
  }

  #readStacks(reader: ByteReader, codes: Uint32Array): void {
    const model = this.#model;
    const { samples, stacks } = this.#builder;
    readColumn(reader, codes, codes.length);
    let uses = 0;
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] > model.rankCount + uses) uses++;
    }
    const firstUses = new Uint32Array(uses);
    readColumn(reader, firstUses, uses);
    let use = 0;
    for (let i = 0; i < codes.length; i++) {
      const thread = samples.thread[samples.length + i];
      const code = codes[i];
      let item: number;
      if (code === 0) {
        item = model.threadItem[thread];
      } else if (code <= model.rankCount) {
        item = model.itemAtRank[code - 1];
        model.promote(code - 1);
      } else {
        if (code > model.rankCount + 1) throw new MalformedError(`no stack has rank ${code - 1} yet`);
        item = unfoldDifference(firstUses[use++], model.lastFirstUse);
        checkRow(item, stacks.length + 1, 'stack');
        if (model.rankOfItem[item] >= 0) throw new MalformedError('a stack is used for the first time again');
        model.addItem(item);
      }
      model.threadItem[thread] = item;
      samples.stack[samples.length + i] = item - 1;
    }
  }

  #readStates(reader: ByteReader, codes: Uint32Array): void {
    const model = this.#model;
    const { samples } = this.#builder;
    readColumn(reader, codes, codes.length);
    for (let i = 0; i < codes.length; i++) {
      const item = samples.stack[samples.length + i] + 1;
      const state = (codes[i] ^ model.predictState(item)) & 0xff;
      model.learnState(item, state);
      samples.state[samples.length + i] = state;
    }
  }

  #readTimes(
    reader: ByteReader,
    work: { gap: number; codes: Uint32Array; beginsRound: Uint8Array; elapsed: Uint32Array },
  ): void {
    const model = this.#model;
    const { samples } = this.#builder;
    const { gap, codes, beginsRound, elapsed } = work;
    readColumn(reader, codes, codes.length);
    for (let i = 0; i < codes.length; i++) {
      const time = unfoldDifference(codes[i], model.predictTime(beginsRound[i], gap));
      samples.time[samples.length + i] = time;
      elapsed[i] = model.learnTime(samples.thread[samples.length + i], time, beginsRound[i], gap);
    }
  }

  #readWeights(reader: ByteReader, work: { column: number; codes: Uint32Array; elapsed: Uint32Array }): void {
    const { column, codes, elapsed } = work;
    const { samples } = this.#builder;
    const { lastWeight } = this.#model;
    const role = weightRole(samples.specs, column);
    const values = samples.weights[column];
    const first = samples.weights[0];
    let last = lastWeight[column];
    if (role !== 'fraction') readColumn(reader, codes, codes.length);
    for (let i = 0; i < codes.length; i++) {
      const row = samples.length + i;
      if (role === 'fraction') {
        values[row] = readNumber(reader, last);
        last = nextPrevious(values[row], last);
        continue;
      }
      let predicted = last;
      if (role === 'elapsed') predicted = elapsed[i];
      else if (role === 'cpu') predicted = (samples.state[row] & STATE_MASK) === RUNNING ? first[row] : 0;
      values[row] = predicted === 0 ? codes[i] : unfoldDifference(codes[i], predicted);
      last = values[row];
    }
    lastWeight[column] = last;
  }
}
