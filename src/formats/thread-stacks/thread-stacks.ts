// Collapsed stacks whose first parts say which process and thread they are of: what the dialects in this folder have in common.

import { ProfilerError } from '../../base/errors.ts';
import { ownText } from '../../base/own-text.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FunctionKind,
  NONE,
  type ProcessIndex,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { forEachLine } from '../byte-lines.ts';
import type { ImportedProfile } from '../format.ts';
import type { FrameLabel } from '../frame-label.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';

/** What a part of a stack says that is no frame. */
export type Owner =
  | { readonly type: 'process'; readonly pid: number; readonly command: string }
  | { readonly type: 'thread'; readonly id: string; readonly name: string | undefined };

/** How a tool writes. */
export interface Dialect {
  readonly producer: string;
  /** A line, for messages. */
  readonly example: string;
  /** Undefined for frames, where the stack begins. */
  parseOwner(part: string): Owner | undefined;
  parseFrame(part: string): FrameLabel & { readonly kind: FunctionKind };
  /** Whether this is the beginning of an owner, whose text goes on behind a `;` or a line end. */
  isCut(part: string): boolean;
}

/** The largest id that columns can hold. */
const MAX_ID = 0x7fff_ffff;
/** Characters of a command line that goes over several lines. */
export const MAX_COMMAND = 1 << 16;

export function importThreadStacks(input: Input, dialect: Dialect): ImportedProfile {
  const reader = new StackReader(dialect);
  let lineNumber = 0;
  let refused = 0;
  let firstRefused = '';
  let begun = '';
  forEachLine(input.blocks(), (part) => {
    lineNumber++;
    if (begun === '' && (part.trim() === '' || part.startsWith('#'))) return;
    const line = begun + part;
    begun = '';
    if (line.length <= MAX_COMMAND && reader.isCut(line)) begun = `${line}\n`;
    else if (!reader.add(line) && refused++ === 0) firstRefused = `line ${lineNumber}: ${line.slice(0, 60)}`;
  });
  if (reader.builder.sampleCount === 0) {
    throw new ProfilerError(
      'not-a-recording',
      `The file holds no stacks of ${dialect.producer}, lines such as "${dialect.example}".`,
    );
  }
  const notes = describeRefused(
    refused,
    'line is no stack and was left out',
    'lines are no stacks and were left out',
    firstRefused,
  );
  return { profile: reader.builder.build(), notes };
}

class StackReader {
  readonly builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'samples', unit: 'count', scale: 1, storage: 'float64' }],
  });
  readonly #dialect: Dialect;
  readonly #frames = new Map<string, FrameIndex>();
  readonly #processes = new Map<string, ProcessIndex>();
  readonly #threads = new Map<string, ThreadIndex>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.builder.mergeFacts({ mode: 'imported', producer: dialect.producer });
  }

  /** Whether the stack goes on in the next line, within the command of a process. */
  isCut(line: string): boolean {
    const parts = this.#split(line.replace(/ \d+$/, ''));
    return this.#dialect.isCut(parts[parts.length - 1]);
  }

  /** False when the line is no stack. */
  add(line: string): boolean {
    const gap = line.lastIndexOf(' ');
    const count = line.slice(gap + 1).trimEnd();
    if (gap < 0 || !/^\d{1,15}$/.test(count)) return false;
    const parts = this.#split(line.slice(0, gap));
    let process: ProcessIndex | undefined;
    let thread: ThreadIndex | undefined;
    let at = 0;
    for (; at < parts.length; at++) {
      const owner = this.#dialect.parseOwner(parts[at]);
      if (owner === undefined) break;
      if (owner.type === 'process') process = this.#internProcess(parts[at], owner, process);
      else thread = this.#internThread(owner, process ?? this.#internUnknown());
    }
    const owned =
      thread ??
      this.#internThread({ type: 'thread', id: '', name: undefined }, process ?? this.#internUnknown());
    let stack: StackIndex | -1 = NONE;
    for (; at < parts.length; at++) stack = this.builder.internStack(stack, this.#internFrame(parts[at]));
    this.builder.addSampleWeights(0, owned, stack, 0, [Number(count)]);
    return true;
  }

  /** At semicolons, but not at those of command lines. */
  #split(text: string): string[] {
    const parts: string[] = [];
    let owner = '';
    for (const part of text.split(';')) {
      const joined = owner + part;
      if (this.#dialect.isCut(joined)) owner = `${joined};`;
      else {
        parts.push(joined);
        owner = '';
      }
    }
    return owner === '' ? parts : [...parts, owner];
  }

  #internUnknown(): ProcessIndex {
    return this.#internProcess('', { type: 'process', pid: 0, command: '' }, undefined);
  }

  #internProcess(
    part: string,
    { pid, command }: Owner & { type: 'process' },
    parent: ProcessIndex | undefined,
  ): ProcessIndex {
    const known = this.#processes.get(part);
    if (known !== undefined) return known;
    const row = this.builder.addProcess({
      pid: pid <= MAX_ID ? pid : 0,
      command: ownText(command),
      start: 0,
      ...(parent === undefined ? {} : { parent }),
    });
    this.#processes.set(ownText(part), row);
    return row;
  }

  #internThread({ id, name }: Owner & { type: 'thread' }, process: ProcessIndex): ThreadIndex {
    const key = `${process} ${id}`;
    const known = this.#threads.get(key);
    if (known !== undefined) {
      // A thread may get its name later.
      if (name !== undefined) this.builder.updateThread(known, { name: ownText(name) });
      return known;
    }
    const number = Number(id);
    const isId = Number.isInteger(number) && number >= 0 && number <= MAX_ID;
    const shown = name ?? (isId ? undefined : `thread ${id}`);
    const row = this.builder.addThread({
      process,
      tid: isId ? number : 0,
      start: 0,
      ...(shown === undefined ? {} : { name: ownText(shown) }),
    });
    this.#threads.set(key, row);
    return row;
  }

  #internFrame(part: string): FrameIndex {
    const known = this.#frames.get(part);
    if (known !== undefined) return known;
    const kept = ownText(part);
    const { name, file, line, kind } = this.#dialect.parseFrame(kept);
    const func = this.builder.internFunction({ name, kind, ...(file === undefined ? {} : { file }) });
    const frame = this.builder.internFrame({ function: func, ...(line === undefined ? {} : { line }) });
    this.#frames.set(kept, frame);
    return frame;
  }
}
