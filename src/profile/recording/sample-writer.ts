// Writes the section that holds samples (docs/recording-format.md, "Samples"): each value as its distance from what the
// model predicts. sample-reader.ts goes through the same columns in the same order.

import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WeightSpec } from '../builder/sample-table-builder.ts';
import { type Profile, SAMPLE_STATES, type SampleTable, STATE_MASK } from '../tables.ts';
import { foldDifference, writeColumn } from './column-coding.ts';
import { writeNumber } from './number-coding.ts';
import { getWeightRole, SampleModel } from './sample-model.ts';
import type { RowRange } from './section-columns.ts';

const RUNNING = SAMPLE_STATES.indexOf('running');

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
      codes[i] = state ^ model.itemState[item];
      model.itemState[item] = state;
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
    const role = getWeightRole(this.#specs, column);
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
      codes[i] = foldDifference(value, predicted);
      last = value;
    }
    lastWeight[column] = last;
    if (role !== 'fraction') writeColumn(writer, codes, codes.length);
  }
}
