// Everything that a live table shows at one moment.

import type { Profile } from '../../profile/tables.ts';
import type { RecordingProgress } from '../../sampler/recording-options.ts';
import type { Costs } from './live-costs.ts';

export interface Picture {
  /** For the names of functions, threads and processes; its samples are not needed. */
  readonly profile: Profile;
  readonly costs: Costs;
  /** Undefined before the first samples. */
  readonly progress: RecordingProgress | undefined;
  readonly pid: number;
  /** The command that we started, or that the process has. */
  readonly command: string;
  readonly isLaunched: boolean;
  /** Paths inside of this folder are shown relative to it. */
  readonly folder: string | undefined;
  /** Something to tell the user, once. */
  readonly message: string | undefined;
}

/** Size of the terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}
