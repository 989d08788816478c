import { FUNCTION_KINDS, type Profile } from '../../profile/tables.ts';
import { computeCallTree } from '../../profile/trees/call-tree.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { encodeCollapsedFrame, NO_STACK } from './collapsed-names.ts';

/** For describeLosses, and the page of formats. */
export const COLLAPSED_CARRIED: Carried = { threads: false, times: false, lines: false };

/** A line for each stack of functions that samples ended in. */
export function exportCollapsed(profile: Profile, options: ExportOptions): ExportedProfile {
  const tree = computeCallTree(profile, options.measure);
  const parts = computeFunctionLabels(profile).map((label, row) =>
    encodeCollapsedFrame(label, FUNCTION_KINDS[profile.functions.kind[row]]),
  );
  // Microseconds where they are exact: the shorter numbers.
  const isTime = tree.unit === 'nanoseconds';
  const divisor = isTime && tree.self.every((weight) => weight % 1000 === 0) ? 1000 : 1;
  const writer = new TextWriter();
  const path: string[] = [];
  for (let node = 0; node < tree.length; node++) {
    if (node > 0) path[tree.depth[node] - 1] = parts[tree.function[node]];
    if (tree.selfSamples[node] === 0) continue;
    const stack = node === 0 ? NO_STACK : path.slice(0, tree.depth[node]).join(';');
    writer.write(`${stack} ${tree.self[node] / divisor}\n`);
  }
  const unit = isTime ? (divisor === 1000 ? 'microseconds' : 'nanoseconds') : tree.unit;
  const notes = describeLosses(profile, COLLAPSED_CARRIED, options.measure);
  return { bytes: writer.toBytes(), notes: [...(isTime ? [`The numbers are ${unit}.`] : []), ...notes] };
}
