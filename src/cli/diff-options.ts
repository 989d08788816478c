import type { Measure } from '../profile/measure.ts';
import type { SelectionOptions } from './selection-options.ts';

/** What makes two profiles comparable: see Normalisation in profile/diff.ts. */
export const NORMALISATIONS = ['samples', 'time', 'none'] as const;
export type NormalisationName = (typeof NORMALISATIONS)[number];

/** What commander makes of the command's options. */
export interface DiffOptions extends SelectionOptions {
  readonly normalise: NormalisationName;
  readonly measure?: Measure;
  readonly limit?: number;
  /** A share, 0 or more: of shares 1 is the most, amounts may have grown by more. */
  readonly failAbove?: number;
  readonly json?: boolean;
}
