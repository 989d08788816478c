// Writes a profile as pstats files have it: functions and callers. Python's pstats, snakeviz, gprof2dot and others open it.

import { ByteWriter } from '../../base/byte-writer.ts';
import type { Measure } from '../../profile/measure.ts';
import type { Profile } from '../../profile/tables.ts';
import { computeCallGraph } from '../call-graph/call-graph-of-profile.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels, type FunctionLabel } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import {
  beginMarshalDict,
  endMarshalDict,
  writeMarshalFloat,
  writeMarshalInt,
  writeMarshalText,
  writeMarshalTuple,
} from './marshal-writer.ts';
import { NO_FILE, NO_STACK } from './pstats-import.ts';

/** For describeLosses, and the page of formats. */
export const PSTATS_CARRIED: Carried = { threads: false, times: false, lines: false, negatives: false };

/** Samples stand where pstats has numbers of calls: the profile does not know those. */
export function exportPstats(profile: Profile, options: ExportOptions): ExportedProfile {
  const graph = computeCallGraph(profile, options.measure);
  const { costs } = graph;
  const divisor = costs.unit === 'nanoseconds' ? 1e9 : 1;
  const labels = computeFunctionLabels(profile).map(keepFromNoStack);
  const callers = groupCalls(graph.callCallee, costs.length);
  const out = new ByteWriter(1 << 16);
  beginMarshalDict(out);
  for (let row = 0; row < costs.length; row++) {
    if (costs.totalSamples[row] === 0) continue;
    writeKey(out, labels[row]);
    writeCosts(out, costs.totalSamples[row], costs.self[row] / divisor, costs.total[row] / divisor, 5);
    beginMarshalDict(out);
    for (const call of callers[row]) {
      if (graph.callSamples[call] === 0) continue;
      writeKey(out, labels[graph.callPlace[call]]);
      writeCosts(
        out,
        graph.callSamples[call],
        graph.callSelf[call] / divisor,
        graph.callCost[call] / divisor,
        4,
      );
    }
    endMarshalDict(out);
  }
  if (costs.withoutStack > 0) {
    writeKey(out, { name: NO_STACK, file: undefined, firstLine: undefined });
    writeCosts(out, 1, costs.withoutStack / divisor, costs.withoutStack / divisor, 5);
    beginMarshalDict(out);
    endMarshalDict(out);
  }
  endMarshalDict(out);
  return { bytes: out.toBytes(), notes: describe(profile, options.measure, costs.unit) };
}

/** Of equal keys, Python keeps one. */
function keepFromNoStack(label: FunctionLabel): FunctionLabel {
  return label.file === undefined && label.name === NO_STACK ? { ...label, name: `${NO_STACK}#2` } : label;
}

function writeKey(out: ByteWriter, { name, file, firstLine }: FunctionLabel): void {
  writeMarshalTuple(out, 3);
  writeMarshalText(out, file ?? NO_FILE);
  writeMarshalInt(out, firstLine ?? 0);
  writeMarshalText(out, name);
}

/** The four numbers of a function or a call; what else is in the tuple has to follow. */
function writeCosts(out: ByteWriter, samples: number, self: number, total: number, length: number): void {
  writeMarshalTuple(out, length);
  writeMarshalInt(out, samples);
  writeMarshalInt(out, samples);
  writeMarshalFloat(out, self);
  writeMarshalFloat(out, total);
}

/** For each function, the calls of it. */
function groupCalls(callees: Int32Array, count: number): readonly number[][] {
  const groups: number[][] = Array.from({ length: count }, () => []);
  callees.forEach((callee, call) => {
    groups[callee].push(call);
  });
  return groups;
}

function describe(profile: Profile, measure: Measure, unit: string): string[] {
  const losses = describeLosses(profile, PSTATS_CARRIED, measure);
  const stacks =
    'Stacks are reduced to functions and their callers; numbers of calls are numbers of samples.';
  return [...(unit === 'nanoseconds' ? [] : [`Seconds stand for ${unit}.`]), stacks, ...losses];
}
