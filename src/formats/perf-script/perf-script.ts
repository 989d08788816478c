// What `perf script` prints: for each sample a line with its thread, time and event, then its stack, innermost frame first.
// https://github.com/torvalds/linux/blob/master/tools/perf/builtin-script.c
//
//   python3  6731/6732 [002]  6546.023820:   10101010 cpu-clock:
//              1af861 _PyObject_Malloc+0x41 (/usr/lib/libpython3.11.so.1.0)
//                obmalloc.c:1470
//
// Nearly every part of it can be switched off or on (`-F`); pid, CPU, time, period and stack may be missing.

import { ProfilerError } from '../../base/errors.ts';
import { formatCount } from '../../base/quantities.ts';
import { ByteLines, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';
import { PerfFrames } from './perf-script-frames.ts';
import { parsePerfHeader } from './perf-script-header.ts';
import { MAX_EVENTS, PerfSamples } from './perf-script-samples.ts';

export const PERF_SCRIPT_FORMAT: Format = {
  name: 'perf-script',
  title: 'perf script text',
  extensions: ['.perf', '.perf.txt'],
  matches,
  importProfile,
  carries: { threads: true, times: true, lines: true, weights: true },
  remarks: {
    usedBy: '`perf script` of Linux, flamegraph.pl, speedscope, the Firefox Profiler',
    limits: [
      'Output of any `-F`, as long as samples have a line of their own. Samples out of order are sorted.',
      `The ${formatCount(MAX_EVENTS)} most frequent events are weights of their own; the others share one.`,
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
    ],
  },
};

const HASH = 0x23;

/** A sample's first line with a time, and no more lines that are something else than lines that are understood. */
function matches(file: FileHead): boolean {
  if (file.bytes.includes(0)) return false;
  const lines = new ByteLines([file.bytes]);
  let headers = 0;
  let understood = 0;
  let others = 0;
  while (lines.next()) {
    lines.trimEnd();
    if (lines.start === lines.end || lines.bytes[lines.start] === HASH) continue;
    const isFrame = headers > 0 && isFrameLine(lines);
    const header = isFrame ? undefined : parsePerfHeader(lines);
    if (header?.time !== undefined) headers++;
    if (isFrame || header !== undefined) understood++;
    else others++;
  }
  return headers > 0 && understood >= others;
}

function importProfile(input: Input): ImportedProfile {
  const samples = new PerfSamples();
  const frames = new PerfFrames(samples.builder);
  const lines = new ByteLines(input.blocks());
  let refused = 0;
  let firstRefused = '';
  let isOpen = false;
  const close = () => {
    if (isOpen) samples.finish(frames.takeStack());
    isOpen = false;
  };
  while (lines.next()) {
    lines.trimEnd();
    if (lines.start === lines.end) close();
    else if (isOpen && isFrameLine(lines)) frames.addLine(lines.bytes, lines.start, lines.end);
    else if (lines.bytes[lines.start] !== HASH || isOpen) {
      const header = parsePerfHeader(lines);
      if (header !== undefined) {
        close();
        samples.start(header);
        isOpen = true;
        if (header.frame !== undefined) frames.addText(header.frame);
      } else if (!isOpen || !frames.addSourceLine(lines.text().trim())) {
        if (refused++ === 0) firstRefused = `line ${lines.number}: ${lines.text().slice(0, 60)}`;
      }
    }
  }
  close();
  if (samples.count === 0) {
    throw new ProfilerError('not-a-recording', 'The file holds no samples as "perf script" prints them.');
  }
  const notes = samples.describeGaps();
  notes.push(
    ...describeRefused(refused, 'line was not understood', 'lines were not understood', firstRefused),
  );
  return { profile: samples.build(), notes };
}

/** White space, a hexadecimal number, white space. */
function isFrameLine({ bytes, start, end }: ByteLines): boolean {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  if (at === start) return false;
  const first = at;
  while (at < end && isHexDigit(bytes[at])) at++;
  return at > first && (at === end || bytes[at] === 0x20) && at - first <= 16;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}
