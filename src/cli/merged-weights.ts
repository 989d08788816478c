// Which weight to write when several profiles become one, and what to tell when they do not measure the same.

import { isOfFirstWeight, type Measure } from '../profile/measure.ts';
import type { Profile, WeightColumn } from '../profile/tables.ts';
import { chooseMeasure } from './output/view.ts';

export interface NamedProfile {
  /** As the user knows it. */
  readonly name: string;
  readonly profile: Profile;
}

/** The measure that says most of all of them together: where it is not the same of each, their first weights. */
export function chooseCommonMeasure(inputs: readonly NamedProfile[]): Measure {
  const measures = new Set(inputs.map(({ profile }) => chooseMeasure(profile)));
  const [measure] = measures;
  return measures.size === 1 ? measure : 'wall';
}

/** Sentences about profiles that differ in what they measure, or in whether they know when they began. */
export function describeMixture(inputs: readonly NamedProfile[], measure: Measure): string[] {
  const notes: string[] = [];
  const undated = inputs.filter(({ profile }) => profile.facts.startedAt === undefined);
  if (undated.length > 0 && inputs.length > 1) {
    const names = undated.map(({ name }) => name).join(', ');
    notes.push(`All inputs begin at time 0, as these do not tell when they began: ${names}.`);
  }
  const weights = inputs.map(({ profile }) => profile.samples.weights.map(describeWeight));
  if (new Set(weights.map((list) => list.join())).size < 2) return notes;
  const list = inputs.map(({ name }, i) => `${name} has ${weights[i].join(' and ')}`).join('; ');
  notes.push(`The inputs measure different things, and what one lacks is 0 in its samples: ${list}.`);
  const missing = listMissing(inputs, measure);
  if (missing.length > 0) {
    const wanted = measure === 'cpu' ? 'CPU time' : isOfFirstWeight(measure) ? weights[0][0] : measure;
    notes.push(
      `Formats that hold one weight get ${wanted}: nothing of ${missing.join(', ')} is seen in them. Convert those apart.`,
    );
  }
  return notes;
}

/** The inputs without the weight that formats with room for one get: of a merged profile, the first input's first. */
function listMissing(inputs: readonly NamedProfile[], measure: Measure): string[] {
  const first = describeWeight(inputs[0].profile.samples.weights[0]);
  const isWanted = (column: WeightColumn) =>
    isOfFirstWeight(measure) ? describeWeight(column) === first : column.type === measure;
  const without = inputs.filter(({ profile }) => !profile.samples.weights.some(isWanted));
  // Where nobody counted samples, rows are counted.
  if (measure === 'samples' && without.length === inputs.length) return [];
  return without.map(({ name }) => name);
}

/** `elapsed (nanoseconds)`, `samples`. */
function describeWeight({ type, unit }: WeightColumn): string {
  return unit === 'count' ? type : `${type} (${unit})`;
}
