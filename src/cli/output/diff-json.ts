import { getDuration } from '../../profile/describe-recording.ts';
import type { CostChanges } from '../../profile/diff/cost-changes.ts';
import type { ProfileDiff } from '../../profile/diff/diff.ts';
import { NONE } from '../../profile/tables.ts';
import {
  type ChangePair,
  type DiffView,
  findFunction,
  getValues,
  isMarked,
  selectRows,
} from './diff-data.ts';
import { functionToJson, JSON_SCHEMA_VERSION } from './json.ts';
import type { View } from './view.ts';

/** The comparison as a value for `--json`. `limit`: most functions, and most call paths, in each direction; 0: all. */
export function describeDiff(
  view: DiffView,
  limit: number,
  [notesBefore, notesAfter, notes]: readonly (readonly string[])[],
) {
  const { diff, measure } = view;
  const functions = chooseRows(diff, limit).filter((row) => row < diff.functions.length);
  return {
    schema: JSON_SCHEMA_VERSION,
    view: 'diff',
    notes,
    before: describeSide(view.before, diff.before, notesBefore),
    after: describeSide(view.after, diff.after, notesAfter),
    measure,
    normalise: diff.normalisation.type,
    whole: {
      before: diff.before.whole,
      after: diff.after.whole,
      change: diff.after.whole - diff.before.whole,
    },
    movedFunctions: diff.functions.moved,
    functions: functions.map((row) => ({
      ...functionOrNothing(diff, row),
      self: describeChange(diff, diff.self, row),
      total: describeChange(diff, diff.total, row),
    })),
    withoutStack: describeChange(diff, diff.self, diff.functions.length),
    paths: describePaths(diff, limit),
  };
}

function describeSide(view: View, side: ProfileDiff['before'], notes: readonly string[]) {
  return {
    file: view.file,
    notes,
    filters: view.filters,
    samples: view.profile.samples.length,
    recordedSamples: view.recording.samples.length,
    duration: getDuration(view.recording),
    unit: side.unit,
    sum: side.sum,
    effectiveSamples: side.effectiveSamples,
  };
}

function describeChange(diff: ProfileDiff, changes: CostChanges, row: number) {
  return {
    ...getValues(diff, changes, row),
    change: changes.change[row],
    error: changes.error[row],
    probability: changes.probability[row],
    significant: isMarked(changes, row),
  };
}

/** Rows of both directions; without a limit those that did not change, too. */
function chooseRows(changes: ChangePair, limit: number): number[] {
  const grown = selectRows(changes, 1);
  const shrunk = selectRows(changes, -1);
  if (limit > 0) return [...grown.slice(0, limit), ...shrunk.slice(0, limit)];
  const isChanged = new Set([...grown, ...shrunk]);
  const others = Array.from(changes.self.change.keys()).filter(
    (row) => !isChanged.has(row) && changes.total.before[row] + changes.total.after[row] > 0,
  );
  return [...grown, ...shrunk, ...others];
}

/** Nodes with all their callers, parents before children. */
function describePaths(diff: ProfileDiff, limit: number) {
  const { paths } = diff;
  const isShown = new Uint8Array(paths.length);
  isShown[0] = 1;
  for (const chosen of chooseRows(paths, limit)) {
    for (let node = chosen; node > 0 && isShown[node] === 0; node = paths.parent[node]) isShown[node] = 1;
  }
  const positions = new Int32Array(paths.length).fill(NONE);
  const nodes = [];
  for (let node = 0; node < paths.length; node++) {
    if (isShown[node] === 0) continue;
    positions[node] = nodes.length;
    nodes.push({
      parent: node === 0 ? null : positions[paths.parent[node]],
      depth: paths.depth[node],
      ...functionOrNothing(diff, paths.function[node]),
      self: describeChange(diff, paths.self, node),
      total: describeChange(diff, paths.total, node),
    });
  }
  return nodes;
}

function functionOrNothing(diff: ProfileDiff, row: number) {
  const found = row === NONE ? undefined : findFunction(diff, row);
  if (found === undefined) return { name: null, file: null, line: null, kind: null };
  return functionToJson(found.profile, found.row);
}
