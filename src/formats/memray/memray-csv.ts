// `memray transform csv`: a line for each stack that allocated, the innermost frame first.
//
//   allocator,num_allocations,size,tid,thread_name,stack_trace
//   MALLOC,1,1340,1,0x1,parse;/srv/app.py;58|main;/srv/app.py;12

import { ProfilerError } from '../../base/errors.ts';
import { ownText } from '../../base/own-text.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import { forEachLine } from '../byte-lines.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';
import { MemrayProfile } from './memray-profile.ts';

export const CSV_HEAD = 'allocator,num_allocations,size,tid,thread_name,stack_trace';

export function importMemrayCsv(input: Input): ImportedProfile {
  const memray = new MemrayProfile();
  const frames = new Map<string, FrameIndex>();
  let lineNumber = 0;
  let refused = 0;
  let firstRefused = '';
  forEachLine(input.blocks(), (line) => {
    if (lineNumber++ === 0 || line === '') return;
    if (!addLine(memray, frames, line) && refused++ === 0) {
      firstRefused = `line ${lineNumber}: ${line.slice(0, 60)}`;
    }
  });
  if (memray.builder.sampleCount === 0) {
    throw new ProfilerError('not-a-recording', 'The file is a CSV table of memray without any allocations.');
  }
  const notes = ['Left out: which allocator gave the memory.'];
  notes.push(
    ...describeRefused(
      refused,
      'line is no allocation and was left out',
      'lines are no allocations and were left out',
      firstRefused,
    ),
  );
  return { profile: memray.builder.build(), notes };
}

function addLine(memray: MemrayProfile, frames: Map<string, FrameIndex>, line: string): boolean {
  const fields = splitFields(line);
  const [, count = '', size = '', tid = '', threadName = '', trace = ''] = fields;
  if (fields.length !== 6 || !/^\d{1,15}$/.test(count) || !/^\d{1,15}$/.test(size)) return false;
  const parts = trace === '' ? [] : trace.split('|');
  let stack: StackIndex | -1 = NONE;
  for (let at = parts.length - 1; at >= 0; at--) {
    let frame = frames.get(parts[at]);
    if (frame === undefined) {
      const kept = ownText(parts[at]);
      const [, name = kept, file = '', number] = /^(.*?);(.*);(\d*)$/.exec(kept) ?? [];
      frame = memray.internFrame(name, file, Number(number ?? 0));
      frames.set(kept, frame);
    }
    stack = memray.builder.internStack(stack, frame);
  }
  const thread = memray.internThread(ownText(threadName === '' ? tid : threadName));
  memray.builder.addSampleWeights(0, thread, stack, 0, [Number(size), Number(count)]);
  return true;
}

/** Fields with a comma or a quotation mark stand in quotation marks, which are doubled inside. */
function splitFields(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
