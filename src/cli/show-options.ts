import type { Measure } from '../profile/measure.ts';
import type { SelectionOptions } from './selection-options.ts';

/** The views of `vmprof show`. */
export const VIEWS = ['flat', 'tree', 'lines', 'memory', 'info'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What commander makes of the command's options. */
export interface ShowOptions extends SelectionOptions {
  readonly view: ViewName;
  readonly measure?: Measure;
  readonly limit?: number;
  /** A share from 0 to 1. */
  readonly min?: number;
  readonly byThread?: boolean;
  readonly inverted?: boolean;
  readonly json?: boolean;
}
