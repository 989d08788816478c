// What all views have in common: what they show, how they are drawn, and which weight they count.

import type { Selection } from '../../profile/costs/selection.ts';
import type { Measure } from '../../profile/measure.ts';
import type { Profile } from '../../profile/tables.ts';
import type { Style } from './style.ts';

export {
  amountColumn,
  chooseMeasure,
  describeMeasure,
  formatAmount,
  listMeasures,
} from '../../profile/amounts.ts';

/** A recording, the part of it that is looked at, and how. */
export interface View {
  /** As the user named it. */
  readonly file: string;
  readonly recording: Profile;
  /** What the selection leaves of the recording. */
  readonly profile: Profile;
  readonly selection: Selection;
  /** The selection in words, one for each filter. */
  readonly filters: readonly string[];
  readonly measure: Measure;
}

/** How text is drawn. */
export interface TextOptions {
  /** Width of the terminal. */
  readonly columns: number;
  readonly style: Style;
  /** Paths inside of this folder are shown relative to it. */
  readonly folder?: string | undefined;
}

/** What is left out of a view. */
export interface Limits {
  /** Most rows to show; 0: all. */
  readonly limit: number;
  /** Rows below this share of the whole are left out. */
  readonly minShare: number;
}

export const NO_LIMITS: Limits = { limit: 0, minShare: 0 };
