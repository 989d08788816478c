// How much memory a process has resident, over time.

import { sysconf } from './libc.ts';
import { ProcFile } from './proc-file.ts';
import { readPeakResident } from './process-info.ts';

/** sysconf(3). */
const SC_PAGESIZE = 30;
const PAGE_SIZE = sysconf(SC_PAGESIZE);

/** Resident memory of one process. */
export class MemorySize {
  readonly #pid: number;
  readonly #statm: ProcFile | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    this.#statm = ProcFile.open(`/proc/${pid}/statm`);
  }

  /** Resident bytes now; undefined when the process has ended, or is a zombie. */
  read(): number | undefined {
    if (this.#statm === undefined || !this.#statm.read()) return undefined;
    const size = this.#statm.nextNumber();
    const resident = this.#statm.nextNumber();
    return size > 0 ? resident * PAGE_SIZE : undefined;
  }

  /** The most that was ever resident, which can lie between two reads. */
  readPeak(): number | undefined {
    return readPeakResident(this.#pid);
  }

  close(): void {
    this.#statm?.close();
  }
}
