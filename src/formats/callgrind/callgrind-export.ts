import { StackTableBuilder } from '../../profile/builder/stack-table-builder.ts';
import { NONE, type Profile, type WeightUnit } from '../../profile/tables.ts';
import { type CallTree, computeCallTree } from '../../profile/trees/call-tree.ts';
import { findRecursive } from '../call-graph/call-graph-order.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels, type FunctionLabel } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { CallEntries, groupByCaller } from './callgrind-entries.ts';
import { encodeCallgrindName, NO_STACK } from './callgrind-names.ts';

/** Stands for a name that is not known. */
const UNKNOWN = '???';
const EVENTS: Readonly<Record<WeightUnit, string>> = {
  nanoseconds: 'Nanoseconds',
  bytes: 'Bytes',
  count: 'Samples',
};

/** For describeLosses, and the page of formats. */
export const CALLGRIND_CARRIED: Carried = { threads: false, times: false, lines: false, negatives: false };

/**
 * The calls between functions. Functions that call themselves, directly or not, are written once for each way into the
 * recursion (`f`, `f'2`, as callgrind does with --separate-recs): totals of a graph with cycles could not be told.
 */
export function exportCallgrind(profile: Profile, options: ExportOptions): ExportedProfile {
  const tree = computeCallTree(profile, options.measure);
  const labels = computeFunctionLabels(profile);
  const { graph, functions } = buildGraph(tree, labels.length);
  const writer = new TextWriter();
  writer.write(
    `# callgrind format\nversion: 1\ncreator: vmprof\ncmd: ${encodeCallgrindName(options.title)}\n`,
  );
  writer.write(`positions: line\nevents: ${EVENTS[tree.unit]}\n`);
  const isRounded = writeFunctions(writer, graph, functions, { labels, objects: findObjects(profile) });
  const notes = describeLosses(profile, CALLGRIND_CARRIED, options.measure);
  if (isRounded) notes.push('Weights were rounded: costs are whole numbers in this format.');
  return { bytes: writer.toBytes(), notes };
}

/** Rows of the functions of the graph: `function` in the function table (-1: no stack), `level` counts those of one function. */
interface GraphFunctions {
  readonly length: number;
  readonly function: Int32Array;
  readonly level: Int32Array;
}

/** Costs of the graph: the weight, and the number of samples. */
function buildGraph(
  tree: CallTree,
  functionCount: number,
): { graph: CallEntries; functions: GraphFunctions } {
  const parents = tree.parent;
  const isRecursive = findRecursive(listCalls(tree, functionCount));
  // The way into the recursion: the recursive functions on the path so far.
  const contexts = new StackTableBuilder();
  const classes = new StackTableBuilder();
  const contextOf = new Int32Array(tree.length).fill(NONE);
  const classOf = new Int32Array(tree.length);
  classOf[0] = classes.intern(NONE, NONE);
  const graph = new CallEntries(2);
  for (let node = 0; node < tree.length; node++) {
    if (node > 0) {
      const above = contextOf[parents[node]];
      const own = tree.function[node];
      contextOf[node] = isRecursive[own] === 1 ? contexts.intern(above, own) : above;
      classOf[node] = classes.intern(contextOf[node], own);
    }
    const add = (row: number, cost: number, count: number) => {
      graph.costs[0][row] += cost;
      graph.costs[1][row] += count;
    };
    if (tree.selfSamples[node] > 0)
      add(graph.intern(classOf[node], NONE), tree.self[node], tree.selfSamples[node]);
    if (node === 0 || parents[node] === 0) continue;
    add(graph.intern(classOf[parents[node]], classOf[node]), tree.total[node], tree.totalSamples[node]);
  }
  const levels = new Int32Array(functionCount);
  const level = new Int32Array(classes.length);
  for (let row = 1; row < classes.length; row++) level[row] = ++levels[classes.frame[row]];
  return { graph, functions: { length: classes.length, function: classes.frame, level } };
}

/** The file that holds the code of each function, where that is known of any. */
function findObjects({ frames, functions, mappings, strings }: Profile): readonly string[] | undefined {
  if (mappings.length === 0) return undefined;
  const objects = new Array<string>(functions.length).fill(UNKNOWN);
  for (let row = 0; row < frames.length; row++) {
    const mapping = frames.mapping[row];
    if (mapping !== NONE) objects[frames.function[row]] = strings[mappings.file[mapping]];
  }
  return objects;
}

/** Who calls whom, all stacks taken together. */
function listCalls(tree: CallTree, functionCount: number) {
  const calls = new CallEntries(0);
  for (let node = 1; node < tree.length; node++) {
    if (tree.parent[node] === 0) continue;
    calls.intern(tree.function[tree.parent[node]], tree.function[node]);
  }
  return {
    functionCount,
    caller: calls.caller.subarray(0, calls.length),
    callee: calls.callee.subarray(0, calls.length),
  };
}

/** True when a weight was no whole number. */
function writeFunctions(
  writer: TextWriter,
  graph: CallEntries,
  functions: GraphFunctions,
  named: { readonly labels: readonly FunctionLabel[]; readonly objects: readonly string[] | undefined },
): boolean {
  const { labels, objects } = named;
  const { start, rows } = groupByCaller(graph, functions.length);
  const numberFile = createNumbering();
  const numberObject = createNumbering();
  const written = new Uint8Array(functions.length);
  let isRounded = false;
  const encodeFile = (row: number) => numberFile(labels[functions.function[row]]?.file ?? UNKNOWN);
  // Without a line of its own, a callee is taken for one of its caller's object.
  const encodeObject = (key: string, row: number) =>
    objects === undefined ? '' : `${key}=${numberObject(objects[functions.function[row]] ?? UNKNOWN)}\n`;
  const encodeName = (row: number) => {
    if (written[row] === 1) return `(${row + 1})`;
    written[row] = 1;
    const label = labels[functions.function[row]];
    if (label === undefined) return `(${row + 1}) ${NO_STACK}`;
    const level = functions.level[row];
    // A name that ends as if it had a level gets one; so does one that stands for something else.
    const isPlain =
      level === 1 && label.name !== NO_STACK && label.name !== UNKNOWN && !/'\d+$/.test(label.name);
    return `(${row + 1}) ${encodeCallgrindName(label.name)}${isPlain ? '' : `'${level}`}`;
  };
  const round = (cost: number) => {
    if (!Number.isInteger(cost)) isRounded = true;
    return Math.round(cost);
  };
  for (let f = 0; f < functions.length; f++) {
    if (start[f] === start[f + 1]) continue;
    const line = labels[functions.function[f]]?.firstLine ?? 0;
    writer.write(`\n${encodeObject('ob', f)}fl=${encodeFile(f)}\nfn=${encodeName(f)}\n`);
    for (let position = start[f]; position < start[f + 1]; position++) {
      const row = rows[position];
      const callee = graph.callee[row];
      if (callee >= 0) {
        const calleeLine = labels[functions.function[callee]]?.firstLine ?? 0;
        writer.write(`${encodeObject('cob', callee)}cfi=${encodeFile(callee)}\ncfn=${encodeName(callee)}\n`);
        writer.write(`calls=${Math.max(1, graph.costs[1][row])} ${calleeLine}\n`);
      }
      writer.write(`${line} ${round(graph.costs[0][row])}\n`);
    }
  }
  return isRounded;
}

/** Gives names as they are written: behind a number the first time, and as that number from then on. */
function createNumbering(): (name: string) => string {
  const numbers = new Map<string, number>();
  return (name) => {
    const known = numbers.get(name);
    if (known !== undefined) return `(${known})`;
    numbers.set(name, numbers.size + 1);
    return `(${numbers.size}) ${encodeCallgrindName(name)}`;
  };
}
