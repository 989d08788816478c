// What all views have in common: what they show, how they are drawn, and which weight they count.

import {
  bytesColumn,
  durationColumn,
  formatBytes,
  formatCount,
  formatDuration,
} from '../../base/quantities.ts';
import { hasMeasure, type Measure } from '../../profile/measure.ts';
import type { Selection } from '../../profile/selection.ts';
import { type Profile, STATE_HOLDS_GIL, type WeightUnit } from '../../profile/tables.ts';
import type { Style } from './style.ts';

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

/** The measure that says most: CPU time where it was measured, else time, else whatever the profile has. */
export function chooseMeasure(profile: Profile): Measure {
  const cpu = profile.samples.weights.find((column) => column.type === 'cpu');
  return cpu?.values.some((value) => value > 0) ? 'cpu' : 'wall';
}

/** The measures that this profile can be asked for. */
export function listMeasures(profile: Profile): readonly Measure[] {
  const { weights, state } = profile.samples;
  const first = weights[0].type;
  // Imported weights may be sums of many samples each: neither the GIL nor the number of rows means anything then.
  const isElapsed = first === 'elapsed';
  const isTold: Readonly<Record<Measure, boolean>> = {
    wall: first !== 'cpu' || chooseMeasure(profile) === 'wall',
    cpu: hasMeasure(profile, 'cpu'),
    gil: isElapsed && state.some((flags) => (flags & STATE_HOLDS_GIL) !== 0),
    samples: isElapsed,
  };
  return MEASURES.filter((measure) => isTold[measure]);
}

export const MEASURES: readonly Measure[] = ['wall', 'cpu', 'gil', 'samples'];

/** `CPU time`, `wall time`, … */
export function describeMeasure(profile: Profile, measure: Measure): string {
  const first = profile.samples.weights[0].type;
  switch (measure) {
    case 'wall':
      return first === 'elapsed' ? 'wall time' : first;
    case 'cpu':
      return 'CPU time';
    case 'gil':
      return 'time with the GIL held';
    case 'samples':
      return 'samples';
  }
}

/** One number of a unit, in prose. */
export function formatAmount(unit: WeightUnit, amount: number): string {
  switch (unit) {
    case 'nanoseconds':
      return formatDuration(amount);
    case 'bytes':
      return formatBytes(amount);
    case 'count':
      return formatCount(amount);
  }
}

/** Formats the numbers of a column, all in one unit that fits the largest. */
export function amountColumn(unit: WeightUnit, largest: number): (amount: number) => string {
  switch (unit) {
    case 'nanoseconds':
      return durationColumn(largest);
    case 'bytes':
      return bytesColumn(largest);
    case 'count':
      return formatCount;
  }
}
