import { hashPair, RowIndex } from '../../base/row-index.ts';
import type { Measure } from '../measure.ts';
import type { FrameTable, Profile, WeightUnit } from '../tables.ts';
import { visitOutermost } from './stack-walk.ts';
import { computeStackWeights, type StackWeights, sumOverSubtrees } from './stack-weights.ts';

/** What each source line cost; rows in order of file row and line. */
export interface LineCosts {
  readonly length: number;
  readonly unit: WeightUnit;
  /** StringIndex; NONE where unknown. */
  readonly file: Int32Array;
  /** From 1; NONE where unknown. */
  readonly line: Int32Array;
  /** Weight of the samples that were executing the line, in `unit`. */
  readonly self: Float64Array;
  /** Weight of the samples with the line anywhere in their stack, each counted once. */
  readonly total: Float64Array;
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  /** The functions of row r: functions[functionsStart[r]] to functions[functionsStart[r + 1] - 1]. FunctionIndex. */
  readonly functionsStart: Uint32Array;
  readonly functions: Int32Array;
  /** Weight of all samples. */
  readonly sum: number;
  readonly samples: number;
  /** For computeShareError. */
  readonly effectiveSamples: number;
}

/** Self and total of every (file, line); in recursion a line's total counts each sample once. `weights`: where they are known already. */
export function computeLineCosts(
  profile: Profile,
  measure: Measure,
  weights: StackWeights = computeStackWeights(profile, measure),
): LineCosts {
  const { stacks, frames } = profile;
  const lines = numberLines(profile);
  const self = new Float64Array(lines.length);
  const selfSamples = new Uint32Array(lines.length);
  for (let row = 0; row < stacks.length; row++) {
    const line = lines.ofFrame[stacks.frame[row]];
    self[line] += weights.self[row];
    selfSamples[line] += weights.selfSamples[row];
  }
  const subtreeWeight = sumOverSubtrees(stacks.parent, weights.self);
  const subtreeSamples = sumOverSubtrees(stacks.parent, weights.selfSamples);
  const total = new Float64Array(lines.length);
  const totalSamples = new Uint32Array(lines.length);
  visitOutermost(stacks, lines.ofFrame, lines.length, (row, line) => {
    total[line] += subtreeWeight[row];
    totalSamples[line] += subtreeSamples[row];
  });
  const { unit, sum, samples, effectiveSamples } = weights;
  const { length, file, line } = lines;
  return {
    ...{ length, unit, file, line, self, total, selfSamples, totalSamples, sum, samples, effectiveSamples },
    ...listFunctions(frames, lines),
  };
}

interface LineRows {
  readonly length: number;
  readonly file: Int32Array;
  readonly line: Int32Array;
  /** Row of each frame. */
  readonly ofFrame: Int32Array;
}

/** Gives every (file, line) of the frames a row, in order of file and line. */
function numberLines(profile: Profile): LineRows {
  const { frames, functions } = profile;
  const index = new RowIndex();
  const ofFrame = new Int32Array(frames.length);
  const file: number[] = [];
  const line: number[] = [];
  for (let frame = 0; frame < frames.length; frame++) {
    ofFrame[frame] = internLine(
      index,
      file,
      line,
      functions.file[frames.function[frame]],
      frames.line[frame],
    );
  }
  const order = Uint32Array.from(file.keys()).sort((a, b) => file[a] - file[b] || line[a] - line[b]);
  const rank = new Int32Array(order.length);
  order.forEach((row, position) => {
    rank[row] = position;
  });
  return {
    length: order.length,
    file: Int32Array.from(order, (row) => file[row]),
    line: Int32Array.from(order, (row) => line[row]),
    ofFrame: ofFrame.map((row) => rank[row]),
  };
}

function internLine(index: RowIndex, files: number[], lines: number[], file: number, line: number): number {
  const hash = hashPair(file, line);
  let slot = index.firstSlot(hash);
  for (let row = index.rowAt(slot); row !== -1; row = index.rowAt(slot)) {
    if (files[row] === file && lines[row] === line) return row;
    slot = index.nextSlot(slot);
  }
  index.insert(slot, hash, files.length);
  lines.push(line);
  return files.push(file) - 1;
}

/** The distinct functions of each line: usually one, more for lambdas and comprehensions. */
function listFunctions(frames: FrameTable, lines: LineRows): Pick<LineCosts, 'functionsStart' | 'functions'> {
  const order = Uint32Array.from({ length: frames.length }, (_, frame) => frame).sort(
    (a, b) => lines.ofFrame[a] - lines.ofFrame[b] || frames.function[a] - frames.function[b],
  );
  const functionsStart = new Uint32Array(lines.length + 1);
  const functions: number[] = [];
  let lastLine = -1;
  for (const frame of order) {
    const line = lines.ofFrame[frame];
    const functionRow = frames.function[frame];
    if (line === lastLine && functions[functions.length - 1] === functionRow) continue;
    functions.push(functionRow);
    functionsStart[line + 1] = functions.length;
    lastLine = line;
  }
  return { functionsStart, functions: Int32Array.from(functions) };
}
