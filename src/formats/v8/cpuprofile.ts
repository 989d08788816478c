// Chrome's and Node's .cpuprofile: what DevTools, `node --cpu-prof` and many tools beside them write and read. Read in all of
// its forms: nodes that name their children or their parents, and the tree of nodes that Chrome wrote before version 58.
// https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile

import { ProfilerError } from '../../base/errors.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { readJsonHead } from '../json/json-head.ts';
import { JsonReader } from '../json/json-reader.ts';
import { doubles } from '../number-list.ts';
import { chooseTimeUnit, withTimeUnit } from '../time-unit.ts';
import { CPUPROFILE_CARRIED, exportCpuProfile } from './cpuprofile-export.ts';
import { readNodes, readTree } from './v8-node.ts';
import { addV8Samples, ELAPSED, V8Nodes } from './v8-profile.ts';
import { V8Samples } from './v8-samples.ts';
import { V8Timeline } from './v8-timeline.ts';

const TITLE = 'CPU profile of V8';

export const CPUPROFILE_FORMAT: Format = {
  name: 'cpuprofile',
  title: 'Chrome .cpuprofile',
  extensions: ['.cpuprofile', '.cpuprofile.json'],
  matches,
  importProfile,
  exportProfile: exportCpuProfile,
  carries: CPUPROFILE_CARRIED,
  remarks: {
    usedBy: 'Node (`--cpu-prof`), Chrome, VS Code, speedscope',
    losses: ['Lines of callers. Threads stand one after the other.'],
    limits: [
      'Read are nodes by children, by parent, and the tree of old versions; lines by `positionTicks` in the order of the samples.',
      'A sample lasts until the next one: times are kept where every weight is the time until then.',
    ],
  },
};

/** V8's own, in microseconds. */
const USUAL_INTERVAL = 1000;

const KEYS = ['nodes', 'head', 'samples', 'timeDeltas', 'timestamps', 'startTime', 'endTime'];

function matches({ bytes }: FileHead): boolean {
  const head = readJsonHead(bytes);
  if (head?.kind !== 'object' || !head.keys.some((key) => KEYS.includes(key))) return false;
  const text = new TextDecoder().decode(bytes);
  if (/"selfSize"\s*:/.test(text)) return false;
  return /"(nodes|head)"\s*:\s*[[{]/.test(text) && /"(functionName|callFrame)"\s*:/.test(text);
}

function importProfile(input: Input): ImportedProfile {
  const builder = new ProfileBuilder({ weights: [ELAPSED] });
  const nodes = new V8Nodes(builder);
  const samples = readFile(input, nodes);
  if (samples.node.length === 0) spreadHits(nodes, samples);
  const timeline = new V8Timeline(samples);
  const longest = timeline.end * 1000;
  if (!Number.isFinite(longest)) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: its length cannot be told.`);
  }
  // Functions are in the builder before the length of the profile, and with it the time unit, is known.
  const timeUnit = chooseTimeUnit(longest);
  builder.mergeFacts({ mode: 'imported', duration: longest });
  const process = builder.addProcess({ pid: 0, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const repairs = addV8Samples(builder, thread, {
    nodes,
    samples,
    timeline,
    origin: 0,
    timeUnit,
    title: TITLE,
  });
  return { profile: withTimeUnit(builder.build(), timeUnit), notes: [...timeline.notes, ...repairs] };
}

function readFile(input: Input, nodes: V8Nodes): V8Samples {
  const json = new JsonReader(input.blocks(), TITLE);
  const samples = new V8Samples();
  const timestamps = doubles();
  let isTree = false;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'nodes') readNodes(json, nodes);
    else if (key === 'samples') samples.node.read(json, Number.NaN);
    else if (key === 'timeDeltas') samples.delta.read(json, 0);
    else if (key === 'timestamps') timestamps.read(json, 0);
    else if (key === 'startTime' && !json.skipNull()) samples.startTime = json.number();
    else if (key === 'endTime' && !json.skipNull()) samples.endTime = json.number();
    else if (key === 'head') {
      isTree = true;
      readTree(json, nodes);
    } else json.skip();
  }
  json.finish();
  if (nodes.length === 0) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: it has no nodes.`);
  }
  if (isTree) convertOldTimes(samples, timestamps.view());
  return samples;
}

/** Old files count start and end in seconds, of a clock that has nothing to do with that of the samples. */
function convertOldTimes(samples: V8Samples, timestamps: Float64Array): void {
  const seconds = samples.endTime - samples.startTime;
  samples.startTime = timestamps.length === 0 ? 0 : timestamps[0];
  samples.endTime = seconds > 0 ? samples.startTime + seconds * 1e6 : 0;
  if (timestamps.length === 0) return;
  samples.delta.push(0);
  for (let row = 1; row < timestamps.length; row++) samples.delta.push(timestamps[row] - timestamps[row - 1]);
}

/** Files without samples count them: what a node counts becomes one sample of that share of the time. */
function spreadHits(nodes: V8Nodes, samples: V8Samples): void {
  const hits = nodes.hits.view();
  let sum = 0;
  for (const count of hits) sum += Math.max(0, count);
  if (sum === 0) return;
  const length = samples.endTime - samples.startTime;
  const interval = length > 0 ? length / sum : USUAL_INTERVAL;
  samples.delta.length = 0;
  samples.delta.push(0);
  for (let row = 0; row < hits.length; row++) {
    if (!(hits[row] > 0)) continue;
    samples.node.push(nodes.id.values[row]);
    samples.delta.push(hits[row] * interval);
  }
  // The last delta leads to the end.
  samples.endTime = samples.startTime + sum * interval;
}
