import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { NONE, type ProcessIndex, type ProcessTable, type ThreadIndex, type ThreadTable } from '../tables.ts';

/** A row of the process table, as the columns hold it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: number;
  readonly runtime: number;
  readonly start: number;
}

/** Grows the processes of a profile. Equal rows stay apart: process ids are used again. */
export class ProcessTableBuilder {
  length = 0;
  pid = new Int32Array(16);
  parent = new Int32Array(16);
  command = new Int32Array(16);
  runtime = new Int32Array(16);
  start = new Float64Array(16);
  end = new Float64Array(16);

  append(values: ProcessRow): ProcessIndex {
    if (this.length === this.pid.length) this.#grow();
    const row = this.length++;
    this.pid[row] = values.pid;
    this.parent[row] = values.parent;
    this.command[row] = values.command;
    this.runtime[row] = values.runtime;
    this.start[row] = values.start;
    this.end[row] = NONE;
    return row as ProcessIndex;
  }

  /** Copies, because rows change until the recording ends. */
  build(): ProcessTable {
    const { length } = this;
    return {
      length,
      pid: this.pid.slice(0, length),
      parent: this.parent.slice(0, length),
      command: this.command.slice(0, length),
      runtime: this.runtime.slice(0, length),
      start: this.start.slice(0, length),
      end: this.end.slice(0, length),
    };
  }

  #grow(): void {
    const capacity = grownCapacity(this.pid.length);
    this.pid = resizeColumn(this.pid, capacity);
    this.parent = resizeColumn(this.parent, capacity);
    this.command = resizeColumn(this.command, capacity);
    this.runtime = resizeColumn(this.runtime, capacity);
    this.start = resizeColumn(this.start, capacity);
    this.end = resizeColumn(this.end, capacity);
  }
}

/** A row of the thread table, as the columns hold it. */
export interface ThreadRow {
  readonly process: number;
  readonly tid: number;
  readonly name: number;
  readonly start: number;
}

/** Grows the threads of a profile. Equal rows stay apart: thread ids are used again. */
export class ThreadTableBuilder {
  length = 0;
  process = new Int32Array(16);
  tid = new Int32Array(16);
  name = new Int32Array(16);
  start = new Float64Array(16);
  end = new Float64Array(16);

  append(values: ThreadRow): ThreadIndex {
    if (this.length === this.tid.length) this.#grow();
    const row = this.length++;
    this.process[row] = values.process;
    this.tid[row] = values.tid;
    this.name[row] = values.name;
    this.start[row] = values.start;
    this.end[row] = NONE;
    return row as ThreadIndex;
  }

  /** Copies, because rows change until the recording ends. */
  build(): ThreadTable {
    const { length } = this;
    return {
      length,
      process: this.process.slice(0, length),
      tid: this.tid.slice(0, length),
      name: this.name.slice(0, length),
      start: this.start.slice(0, length),
      end: this.end.slice(0, length),
    };
  }

  #grow(): void {
    const capacity = grownCapacity(this.tid.length);
    this.process = resizeColumn(this.process, capacity);
    this.tid = resizeColumn(this.tid, capacity);
    this.name = resizeColumn(this.name, capacity);
    this.start = resizeColumn(this.start, capacity);
    this.end = resizeColumn(this.end, capacity);
  }
}
