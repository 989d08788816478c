// `memray transform gprof2dot`: JSON whose events have the functions of a stack, the innermost first, and their costs.
//
//   { version: 0, costs: [{ description, unit }], events: [{ callchain: [function …], cost: [n …] }], functions: [{ name, module }] }

import { ProfilerError } from '../../base/errors.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { MemrayProfile } from './memray-profile.ts';

const TITLE = 'gprof2dot JSON of memray';

export function importMemrayGprof2dot(input: Input): ImportedProfile {
  const memray = new MemrayProfile();
  // Functions stand behind what refers to them.
  const frames = readFunctions(input, memray);
  const thread = memray.internThread('');
  const json = new JsonReader(input.blocks(), TITLE);
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key !== 'events') {
      json.skip();
      continue;
    }
    for (json.enterArray(); json.nextItem(); ) {
      const { stack, cost } = readEvent(json, memray, frames);
      memray.builder.addSampleWeights(0, thread, stack, 0, [cost, 0]);
    }
  }
  json.finish();
  if (memray.builder.sampleCount === 0) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: it has no events.`);
  }
  return { profile: withoutCounts(memray), notes: [] };
}

/** The format has no numbers of allocations. */
function withoutCounts(memray: MemrayProfile) {
  const profile = memray.builder.build();
  return { ...profile, samples: { ...profile.samples, weights: profile.samples.weights.slice(0, 1) } };
}

function readFunctions(input: Input, memray: MemrayProfile): FrameIndex[] {
  const frames: FrameIndex[] = [];
  const json = new JsonReader(input.blocks(), TITLE);
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key !== 'functions') {
      json.skip();
      continue;
    }
    for (json.enterArray(); json.nextItem(); ) {
      let name = '';
      let file = '';
      json.enterObject();
      for (let field = json.nextKey(); field !== undefined; field = json.nextKey()) {
        if (field === 'name') name = json.string();
        else if (field === 'module') file = json.skipNull() ? '' : json.string();
        else json.skip();
      }
      frames.push(memray.internFrame(name, file, 0));
    }
  }
  return frames;
}

function readEvent(
  json: JsonReader,
  memray: MemrayProfile,
  frames: readonly FrameIndex[],
): { stack: StackIndex | -1; cost: number } {
  const chain: FrameIndex[] = [];
  let cost = 0;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'callchain')
      for (json.enterArray(); json.nextItem(); ) chain.push(frames[json.index(frames.length)]);
    else if (key === 'cost') for (json.enterArray(); json.nextItem(); ) cost += Math.max(0, json.number());
    else json.skip();
  }
  let stack: StackIndex | -1 = NONE;
  for (let at = chain.length - 1; at >= 0; at--) stack = memray.builder.internStack(stack, chain[at]);
  return { stack, cost };
}
