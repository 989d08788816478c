// py-spy's `--format raw` with `--threads` or `--subprocesses`: collapsed stacks that begin with
// `process 42:"python app.py"` and `thread (43): MainThread`. Without these they are plain collapsed stacks, read by
// collapsed.ts. https://github.com/benfred/py-spy

import { formatCount } from '../../base/quantities.ts';
import type { FunctionKind } from '../../profile/tables.ts';
import { forEachLine, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format } from '../format.ts';
import { type FrameLabel, parseFrameLabel } from '../frame-label.ts';
import { type Dialect, importThreadStacks, MAX_COMMAND, type Owner } from './thread-stacks.ts';

export const PY_SPY_FORMAT: Format = {
  name: 'py-spy',
  title: 'py-spy raw',
  extensions: [],
  matches,
  importProfile: (input) => importThreadStacks(input, PY_SPY),
  carries: { threads: true, times: false, lines: true },
  remarks: {
    usedBy:
      '`py-spy record --format raw` with `--threads` or `--subprocesses`; without them it is [`collapsed`](#collapsed)',
    limits: [
      `Numbers are samples. A command line has at most ${formatCount(MAX_COMMAND)} characters where it goes over several lines.`,
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
    ],
  },
};

const PY_SPY: Dialect = {
  producer: 'py-spy',
  example: 'thread (43): MainThread;main (app.py:12) 3',
  parseOwner,
  parseFrame,
  isCut: (part) => /^process \d+:"/.test(part) && !/^process \d+:".*"$/s.test(part),
};

function matches(file: FileHead): boolean {
  let isFound: boolean | undefined;
  forEachLine([file.bytes], (line) => {
    if (line.trim() !== '')
      isFound ??= /^process \d+:"./.test(line) || /^thread \((\d+|0x[0-9A-F]+)\)[:; ]/.test(line);
  });
  return isFound === true;
}

function parseOwner(part: string): Owner | undefined {
  const [, pid, command] = /^process (\d+):"(.*)"$/s.exec(part) ?? [];
  if (pid !== undefined && command !== undefined) {
    return { type: 'process', pid: Number(pid), command };
  }
  const [, id, name] = /^thread \((\d+|0x[0-9A-Fa-f]+)\)(?:: (.*))?$/.exec(part) ?? [];
  return id === undefined ? undefined : { type: 'thread', id, name };
}

function parseFrame(part: string): FrameLabel & { kind: FunctionKind } {
  const label = parseFrameLabel(part);
  const isPython = label.file !== undefined && /\.pyw?$|^<.*>$/.test(label.file);
  return { ...label, kind: isPython ? 'python' : label.file === undefined ? 'other' : 'native' };
}
