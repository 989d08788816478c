// Events of a trace as columns, and what their names mean: they are sorted and matched only when all of them were read.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, FUNCTION_KINDS, type FunctionKind } from '../../profile/tables.ts';
import { CompactNumbers, integers } from '../number-list.ts';
import { toLine } from '../v8/v8-functions.ts';

/** What an event does to the stack of its thread. */
export const [BEGIN, END, COMPLETE] = [0, 1, 2];
const TYPES = 3;

/** The category of events that we write: their names are exact, and their arguments say file, line and kind. */
export const OWN_CATEGORY = 'vmprof';
/** Ours, too: time without a stack. */
export const NO_STACK_CATEGORY = 'vmprof.none';
export const NO_STACK_NAME = '(no stack)';
/** In the columns: such time, and an end that does not say of what. */
export const [NO_STACK, UNNAMED] = [-2, -1];

/** What not every event has. */
export interface EventRow {
  readonly duration: number;
  readonly frame: number;
  readonly name: number;
}

export class TraceEvents {
  /** Microseconds. */
  readonly time = new CompactNumbers();
  /** Of complete events, in microseconds. */
  readonly duration = new CompactNumbers();
  /** FrameIndex, of what begins; else NONE. */
  readonly frame = integers();
  /** Number of the name, by which ends find their beginnings; NO_STACK or UNNAMED. */
  readonly name = integers();
  /** Thread and type in one. */
  readonly #kind = integers();

  get length(): number {
    return this.#kind.length;
  }

  push(type: number, thread: number, time: number, { duration, frame, name }: EventRow): void {
    this.#kind.push(thread * TYPES + type);
    this.time.push(time);
    this.duration.push(duration);
    this.frame.push(frame);
    this.name.push(name);
  }

  /** BEGIN, END or COMPLETE. */
  type(row: number): number {
    return this.#kind.values[row] % TYPES;
  }

  /** Position in the list of threads. */
  thread(row: number): number {
    return Math.floor(this.#kind.values[row] / TYPES);
  }
}

/** The place of a function in events of our own. */
export interface OwnPlace {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

/** Frames by the names of events. */
export class EventFrames {
  readonly #builder: ProfileBuilder;
  readonly #frames = new Map<string, FrameIndex>();
  /** An end of ours does not repeat where the function stands: ends are matched by name. */
  readonly #nameKeys = new Map<string, number>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  intern(name: string): FrameIndex {
    const known = this.#frames.get(name);
    if (known !== undefined) return known;
    const { name: text, file, line } = parseEventName(name);
    const frame = this.#internFrame(text, file, line, undefined);
    this.#frames.set(name, frame);
    return frame;
  }

  /** Of an event that we wrote. */
  internOwn(name: string, { file, line, kind }: OwnPlace): FrameIndex {
    const known = FUNCTION_KINDS.find((candidate) => candidate === kind);
    return this.#internFrame(name, file === '' ? undefined : file, toLine(line), known);
  }

  /** A number for each name, by which ends find their beginnings. */
  keyOf(name: string): number {
    const known = this.#nameKeys.get(name);
    if (known !== undefined) return known;
    const key = this.#nameKeys.size;
    this.#nameKeys.set(name, key);
    return key;
  }

  #internFrame(
    name: string,
    file: string | undefined,
    firstLine: number | undefined,
    kind: FunctionKind | undefined,
  ): FrameIndex {
    return this.#builder.internFrame({
      function: this.#builder.internFunction({
        name: name === '' ? '(unnamed)' : name,
        ...(file === undefined ? {} : { file }),
        ...(firstLine === undefined ? {} : { firstLine }),
        kind:
          kind ?? (file === undefined ? 'other' : /\.pyw?$|^<frozen /.test(file) ? 'python' : 'javascript'),
      }),
    });
  }
}

/** `fib (/app/fib.py:12)` of viztracer and `fib(http://host/a.js:1:12)` of Hermes; other names are what they are. */
function parseEventName(text: string): { name: string; file?: string; line?: number } {
  const [, name, file, line] = /^(.+?) ?\(([^()]*[/\\.][^()]*?):(\d{1,9})(?::\d{1,9})?\)$/s.exec(text) ?? [];
  const firstLine = toLine(Number(line));
  return name === undefined || firstLine === undefined ? { name: text } : { name, file, line: firstLine };
}
