// Chrome's and Node's .heapprofile, from `node --heap-prof` and the Memory panel: for each call path the bytes that were
// sampled and alive. https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile

import { ProfilerError } from '../../base/errors.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeWeights } from '../../profile/measure.ts';
import { NONE, type Profile, type StackIndex } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions, FileHead, Format, ImportedProfile } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import type { Input } from '../input.ts';
import { readJsonHead } from '../json/json-head.ts';
import { JsonReader } from '../json/json-reader.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { doubles } from '../number-list.ts';
import { TextWriter } from '../text-writer.ts';
import { buildV8CallNodes, ROOT_CALL_FRAME, ScriptIds, type V8CallNodes } from './v8-call-nodes.ts';
import { readTree } from './v8-node.ts';
import { V8Nodes, V8Stacks } from './v8-profile.ts';

const TITLE = 'heap profile of V8';

const CARRIED: Carried = { threads: false, times: false, lines: false };

export const HEAPPROFILE_FORMAT: Format = {
  name: 'heapprofile',
  title: 'Chrome .heapprofile',
  extensions: ['.heapprofile', '.heapprofile.json'],
  matches,
  importProfile,
  exportProfile,
  carries: CARRIED,
  remarks: {
    usedBy: 'Node (`--heap-prof`), Chrome DevTools',
    limits: [
      'Read are the bytes of the tree of calls, of any depth; the list of single samples is left out.',
    ],
  },
};

function matches({ bytes }: FileHead): boolean {
  const head = readJsonHead(bytes);
  if (head?.kind !== 'object' || !(head.keys.includes('head') || head.keys.includes('samples'))) return false;
  const text = new TextDecoder().decode(bytes);
  return /"head"\s*:\s*\{/.test(text) && /"selfSize"\s*:/.test(text);
}

/** One sample for each node that holds bytes. The file tells no times. */
function importProfile(input: Input): ImportedProfile {
  const builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'inuse_space', unit: 'bytes', scale: 1, storage: 'float64' }],
  });
  const nodes = new V8Nodes(builder);
  const sizes = doubles();
  readFile(input, nodes, (row, size) => {
    while (sizes.length <= row) sizes.push(0);
    sizes.values[row] = size;
  });
  builder.mergeFacts({ mode: 'imported' });
  const process = builder.addProcess({ pid: 0, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const { stack } = new V8Stacks(builder, nodes, TITLE);
  for (let row = 0; row < sizes.length; row++) {
    if (sizes.values[row] === 0) continue;
    builder.addSample(0, thread, stack[row] as StackIndex | -1, 0, sizes.values[row], 0);
  }
  return { profile: builder.build(), notes: [] };
}

function readFile(input: Input, nodes: V8Nodes, onSize: (row: number, size: number) => void): void {
  const json = new JsonReader(input.blocks(), TITLE);
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'head' && nodes.length === 0) readTree(json, nodes, onSize);
    else json.skip();
  }
  json.finish();
  if (nodes.length === 0) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: it has no "head".`);
  }
}

function exportProfile(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit, values } = computeWeights(profile, options.measure);
  const nodes = buildV8CallNodes(profile);
  // The root has the row behind all others.
  const sizes = new Float64Array(nodes.length + 1);
  profile.samples.stack.forEach((stack, row) => {
    sizes[stack === NONE ? nodes.length : nodes.ofStack[stack]] += values[row];
  });
  const writer = new TextWriter();
  writer.write(
    `{"head":{"callFrame":${ROOT_CALL_FRAME},"selfSize":${sizes[nodes.length]},"id":1,"children":[`,
  );
  writeTree(writer, profile, nodes, sizes);
  writer.write(']},"samples":[]}\n');
  const notes = unit === 'bytes' ? [] : [`The bytes of the file are ${unit === 'count' ? 'samples' : unit}.`];
  return { bytes: writer.toBytes(), notes: [...notes, ...describeLosses(profile, CARRIED, options.measure)] };
}

/** Depth first, without recursion: stacks are deeper than ours may be. */
function writeTree(writer: TextWriter, profile: Profile, nodes: V8CallNodes, sizes: Float64Array): void {
  const labels = computeFunctionLabels(profile);
  const scripts = new ScriptIds();
  // For each open node, where its next child stands.
  const next: number[] = [nodes.firstChild[0]];
  const open: number[] = [NONE];
  while (open.length > 0) {
    const row = open[open.length - 1];
    const at = next[next.length - 1]++;
    if (at === nodes.firstChild[row + 2]) {
      open.pop();
      next.pop();
      if (row !== NONE) writer.write(']}');
      continue;
    }
    const child = nodes.child[at];
    const func = nodes.function[child];
    const frame = scripts.encodeCallFrame(labels[func], profile.functions.kind[func], row === NONE);
    const separator = at === nodes.firstChild[row + 1] ? '' : ',\n';
    writer.write(
      `${separator}{"callFrame":${frame},"selfSize":${sizes[child]},"id":${child + 2},"children":[`,
    );
    open.push(child);
    next.push(nodes.firstChild[child + 1]);
  }
}
