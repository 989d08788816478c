// The sections of a recording that say what was observed apart from samples: processes, threads, how they changed,
// counters, and the facts about the recording. docs/recording-format.md, "Sections", says the same in tables.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';
import type { ProfileBuilder } from '../builder/profile-builder.ts';
import type { CounterTable, Profile, RecordingFacts } from '../tables.ts';
import { nextPrevious, readNumber, readNumbers, writeNumber, writeNumbers } from './number-coding.ts';
import { parseFacts } from './recording-facts.ts';
import {
  checkOptionalRow,
  checkRow,
  type RowRange,
  readDifferences,
  readRowCount,
  readValues,
  writeDifferences,
  writeValues,
} from './section-columns.ts';

export function writeProcesses(writer: ByteWriter, { processes }: Profile, rows: RowRange): void {
  const count = rows.end - rows.start;
  writer.writeVarint(count);
  writeDifferences(writer, processes.pid, rows);
  writeValues(writer, rows, (row) => row - 1 - processes.parent[row]);
  writeDifferences(writer, processes.command, rows);
  writeDifferences(writer, processes.runtime, rows);
  writeNumbers(writer, processes.start.subarray(rows.start, rows.end), count);
  writeNumbers(writer, processes.end.subarray(rows.start, rows.end), count);
}

export function readProcesses(reader: ByteReader, builder: ProfileBuilder): void {
  const { processes, strings } = builder;
  const count = readRowCount(reader, processes.length);
  const pid = readDifferences(reader, count);
  const distance = readValues(reader, count);
  const command = readDifferences(reader, count);
  const runtime = readDifferences(reader, count);
  const start = readTimes(reader, count);
  const end = readTimes(reader, count);
  for (let i = 0; i < count; i++) {
    const parent = processes.length - 1 - distance[i];
    checkOptionalRow(parent, processes.length, 'process');
    checkRow(command[i], strings.length, 'string');
    checkOptionalRow(runtime[i], strings.length, 'string');
    const row = processes.append({
      pid: pid[i],
      parent,
      command: command[i],
      runtime: runtime[i],
      start: start[i],
    });
    processes.end[row] = end[i];
  }
}

export function writeThreads(writer: ByteWriter, { threads }: Profile, rows: RowRange): void {
  const count = rows.end - rows.start;
  writer.writeVarint(count);
  writeDifferences(writer, threads.process, rows);
  writeDifferences(writer, threads.tid, rows);
  writeDifferences(writer, threads.name, rows);
  writeNumbers(writer, threads.start.subarray(rows.start, rows.end), count);
  writeNumbers(writer, threads.end.subarray(rows.start, rows.end), count);
}

export function readThreads(reader: ByteReader, builder: ProfileBuilder): void {
  const { threads, processes, strings } = builder;
  const count = readRowCount(reader, threads.length);
  const process = readDifferences(reader, count);
  const tid = readDifferences(reader, count);
  const name = readDifferences(reader, count);
  const start = readTimes(reader, count);
  const end = readTimes(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(process[i], processes.length, 'process');
    checkOptionalRow(name[i], strings.length, 'string');
    const row = threads.append({ process: process[i], tid: tid[i], name: name[i], start: start[i] });
    threads.end[row] = end[i];
  }
}

/** The rows of the process table that changed, with all values that can change. */
export function writeProcessUpdates(
  writer: ByteWriter,
  { processes }: Profile,
  changed: readonly number[],
): void {
  const all = { start: 0, end: changed.length };
  writer.writeVarint(changed.length);
  writeValues(writer, all, (i) => changed[i]);
  writeValues(writer, all, (i) => processes.command[changed[i]]);
  writeValues(writer, all, (i) => processes.runtime[changed[i]] + 1);
  writeNumbers(
    writer,
    changed.map((row) => processes.end[row]),
    changed.length,
  );
}

export function readProcessUpdates(reader: ByteReader, builder: ProfileBuilder): void {
  const { processes, strings } = builder;
  const count = readRowCount(reader, 0);
  const row = readValues(reader, count);
  const command = readValues(reader, count);
  const runtime = readValues(reader, count);
  const end = readTimes(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(row[i], processes.length, 'process');
    checkRow(command[i], strings.length, 'string');
    checkOptionalRow(runtime[i] - 1, strings.length, 'string');
    processes.command[row[i]] = command[i];
    processes.runtime[row[i]] = runtime[i] - 1;
    processes.end[row[i]] = end[i];
  }
}

/** The rows of the thread table that changed, with all values that can change. */
export function writeThreadUpdates(
  writer: ByteWriter,
  { threads }: Profile,
  changed: readonly number[],
): void {
  const all = { start: 0, end: changed.length };
  writer.writeVarint(changed.length);
  writeValues(writer, all, (i) => changed[i]);
  writeValues(writer, all, (i) => threads.name[changed[i]] + 1);
  writeNumbers(
    writer,
    changed.map((row) => threads.end[row]),
    changed.length,
  );
}

export function readThreadUpdates(reader: ByteReader, builder: ProfileBuilder): void {
  const { threads, strings } = builder;
  const count = readRowCount(reader, 0);
  const row = readValues(reader, count);
  const name = readValues(reader, count);
  const end = readTimes(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(row[i], threads.length, 'thread');
    checkOptionalRow(name[i] - 1, strings.length, 'string');
    threads.name[row[i]] = name[i] - 1;
    threads.end[row[i]] = end[i];
  }
}

/** What the next counter values are predicted from. Writer and reader keep one each, and they stay equal. */
export class CounterModel {
  lastTime = 0;
  readonly #lastValues = new Map<string, number>();

  /** The last value of the same process and name; 0 before the first. */
  predict(process: number, name: number): number {
    return this.#lastValues.get(`${process} ${name}`) ?? 0;
  }

  learn(process: number, name: number, value: number): void {
    this.#lastValues.set(`${process} ${name}`, value);
  }
}

export function writeCounters(
  writer: ByteWriter,
  counters: CounterTable,
  rows: RowRange,
  model: CounterModel,
): void {
  writer.writeVarint(rows.end - rows.start);
  writeValues(writer, rows, (row) => counters.process[row]);
  writeValues(writer, rows, (row) => counters.name[row]);
  for (let row = rows.start; row < rows.end; row++) {
    model.lastTime = writeNumber(writer, counters.time[row], model.lastTime);
  }
  for (let row = rows.start; row < rows.end; row++) {
    const process = counters.process[row];
    const name = counters.name[row];
    const previous = model.predict(process, name);
    model.learn(process, name, writeNumber(writer, counters.value[row], previous));
  }
}

export function readCounters(reader: ByteReader, builder: ProfileBuilder, model: CounterModel): void {
  const count = readRowCount(reader, builder.counters.length);
  const process = readValues(reader, count);
  const name = readValues(reader, count);
  const time = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    checkRow(process[i], builder.processes.length, 'process');
    checkRow(name[i], builder.strings.length, 'string');
    time[i] = checkTime(readNumber(reader, model.lastTime));
    model.lastTime = nextPrevious(time[i], model.lastTime);
  }
  for (let i = 0; i < count; i++) {
    const previous = model.predict(process[i], name[i]);
    const value = readNumber(reader, previous);
    model.learn(process[i], name[i], nextPrevious(value, previous));
    builder.counters.append(process[i], name[i], time[i], value);
  }
}

/** Facts as JSON: they are few, and programs of other versions may know others. */
export function writeFacts(writer: ByteWriter, facts: RecordingFacts): void {
  writer.writeText(JSON.stringify(facts));
}

export function readFacts(reader: ByteReader, builder: ProfileBuilder): void {
  builder.mergeFacts(parseFacts(reader.readText(reader.remaining)));
}

function readTimes(reader: ByteReader, count: number): Float64Array {
  const times = readNumbers(reader, count);
  for (let i = 0; i < count; i++) checkTime(times[i]);
  return times;
}

function checkTime(time: number): number {
  if (!Number.isFinite(time)) throw new MalformedError(`${time} is no time`);
  return time;
}
