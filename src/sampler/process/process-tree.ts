// Finding the descendants of a process as they come. The kernel tells nobody but root of forks, and tracing them would
// cost the target; but /proc/loadavg ends in the newest process id of the system, so a glance at it says whether anything
// was started at all, and only then the list of processes is read.

import { ProcFile } from './proc-file.ts';
import { listProcesses, readProcessStat } from './process-info.ts';

/** A process that was found. */
export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
}

/** Ids are given out in turn and reused, and the newest one may hide another: look anyway this often. */
const LOOK_ANYWAY = 500_000_000;

/** Watches the tree below one process. */
export class ProcessTree {
  readonly #members = new Set<number>();
  /** Processes that do not belong to the tree. */
  #strangers = new Set<number>();
  readonly #loadavg = ProcFile.open('/proc/loadavg');
  #newest = -1;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(root: number) {
    this.#members.add(root);
  }

  /** Descendants found since the last call, parents before their children. `now` is monotonicNow. */
  discover(now: number): readonly FoundProcess[] {
    if (!this.#somethingStarted() && now - this.#lookedAt < LOOK_ANYWAY) return [];
    this.#lookedAt = now;
    const found: FoundProcess[] = [];
    const listed = listProcesses().sort((a, b) => a - b);
    // Ids grow with time but wrap around, so a child can stand before its parent: look again after every find.
    for (let known = -1; known < found.length; ) {
      known = found.length;
      for (const pid of listed) {
        if (this.#members.has(pid) || this.#strangers.has(pid)) continue;
        const stat = readProcessStat(pid);
        if (stat === undefined || stat.state === 'Z' || !this.#members.has(stat.parent)) continue;
        this.#members.add(pid);
        found.push({ pid, parent: stat.parent });
      }
    }
    this.#strangers = new Set(listed.filter((pid) => !this.#members.has(pid)));
    return found;
  }

  /** A member ended: its id may come back for another process. */
  forget(pid: number): void {
    this.#members.delete(pid);
  }

  close(): void {
    this.#loadavg?.close();
  }

  #somethingStarted(): boolean {
    if (this.#loadavg === undefined || !this.#loadavg.read()) return true;
    // "0.20 0.18 0.12 1/80 11206": the last number; the dots separate two numbers each.
    let newest = Number.NaN;
    for (let next = this.#loadavg.nextNumber(); !Number.isNaN(next); next = this.#loadavg.nextNumber()) {
      newest = next;
    }
    const isNew = newest !== this.#newest;
    this.#newest = newest;
    return isNew;
  }
}
