import type { Profile } from '../../profile/tables.ts';

/** The resident memory of a sample's process at the time of the sample. Samples are asked for in their order. */
export class ResidentMemory {
  readonly isKnown: boolean;
  readonly #profile: Profile;
  readonly #name: number;
  /** By process, in KiB. */
  readonly #now: Float64Array;
  #next = 0;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#name = profile.strings.indexOf('resident');
    this.isKnown = this.#name >= 0 && profile.counters.name.includes(this.#name);
    this.#now = new Float64Array(profile.processes.length);
  }

  /** In KiB; 0 before the first value. */
  atSample(row: number): number {
    const { counters, samples, threads } = this.#profile;
    const time = samples.time[row];
    for (; this.#next < counters.length && counters.time[this.#next] <= time; this.#next++) {
      if (counters.name[this.#next] !== this.#name) continue;
      const kibibytes = Math.round(counters.value[this.#next] / 1024);
      this.#now[counters.process[this.#next]] = Math.min(Math.max(0, kibibytes), 0x7fff_ffff);
    }
    return this.#now[threads.process[samples.thread[row]]];
  }
}
