// Functions as V8 names them in `callFrame`: shared by .cpuprofile, .heapprofile and the CPU profiles inside of trace events.
// https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-CallFrame

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameTier, FunctionIndex, FunctionKind } from '../../profile/tables.ts';
import type { JsonReader } from '../json/json-reader.ts';

/** A function without a name. */
export const ANONYMOUS = '(anonymous)';
export const ROOT = '(root)';
export const IDLE = '(idle)';
export const PROGRAM = '(program)';
export const GARBAGE_COLLECTOR = '(garbage collector)';

/** What stands in a `callFrame`; lines and columns count from 0 there, and are -1 where unknown. */
export interface CallFrame {
  functionName: string;
  url: string;
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}

export function emptyCallFrame(): CallFrame {
  return { functionName: '', url: '', scriptId: '0', lineNumber: -1, columnNumber: -1 };
}

/** Reads a member of a call frame; false when `key` is none. Old files have these in the node itself. */
export function readCallFrameMember(json: JsonReader, key: string, into: CallFrame): boolean {
  if (key === 'functionName') into.functionName = readText(json);
  else if (key === 'url') into.url = readText(json);
  else if (key === 'scriptId') into.scriptId = readText(json);
  else if (key === 'lineNumber') into.lineNumber = readNumber(json);
  else if (key === 'columnNumber') into.columnNumber = readNumber(json);
  else return false;
  return true;
}

export function readCallFrame(json: JsonReader): CallFrame {
  const frame = emptyCallFrame();
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (!readCallFrameMember(json, key, frame)) json.skip();
  }
  return frame;
}

/** Interns functions, and keeps those apart that stand in one line of a minified file. */
export class V8Functions {
  readonly #builder: ProfileBuilder;
  /** Name, file and line → column of the first function there. */
  readonly #columns = new Map<string, number>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  intern(frame: CallFrame): FunctionIndex {
    const name = frame.functionName === '' ? ANONYMOUS : frame.functionName;
    const file = toPath(frame.url);
    const firstLine = toLine(frame.lineNumber + 1);
    const place = `${name}\n${file}\n${firstLine}`;
    const first = this.#columns.get(place);
    if (first === undefined) this.#columns.set(place, frame.columnNumber);
    const isOther = first !== undefined && first !== frame.columnNumber && firstLine !== undefined;
    return this.#builder.internFunction({
      name,
      // The table of functions has no columns, and one line of a minified file has a thousand functions called `t`.
      ...(isOther ? { systemName: `${name}:${firstLine}:${frame.columnNumber + 1}` } : {}),
      ...(file === '' ? {} : { file }),
      ...(firstLine === undefined ? {} : { firstLine }),
      kind: kindOf(frame, file),
    });
  }
}

/** The tier of a function's frames. V8 does not tell whether code was compiled. */
export function tierOf(frame: CallFrame): FrameTier {
  if (isPseudo(frame, GARBAGE_COLLECTOR)) return 'gc';
  return frame.url === '' && frame.scriptId === '0' ? 'native' : 'interpreted';
}

/** Whether it is one of V8's own entries, such as `(idle)`, rather than a function of that name. */
export function isPseudo(frame: CallFrame, name: string): boolean {
  return frame.functionName === name && frame.url === '' && frame.scriptId === '0';
}

/**
 * Garbage collection that interrupted nothing, as we write it: V8 knows both line and column, or neither. It stays where
 * it is, where V8's own goes on top of the sample before.
 */
export function isPlacedCollector({ lineNumber, columnNumber }: CallFrame): boolean {
  return lineNumber === -1 && columnNumber === 0;
}

/** Lines and columns as the tables hold them; undefined for what is none. */
export function toLine(line: number): number | undefined {
  return Number.isInteger(line) && line > 0 && line < 2 ** 31 ? line : undefined;
}

function kindOf(frame: CallFrame, file: string): FunctionKind {
  if (isPseudo(frame, GARBAGE_COLLECTOR)) return 'gc';
  if (/\.pyw?$|^<frozen /.test(file)) return 'python';
  return file === '' && frame.scriptId === '0' ? 'native' : 'javascript';
}

/** Modules have URLs where scripts have paths; both are files. */
function toPath(url: string): string {
  if (!url.startsWith('file:///')) return url;
  const path = url.slice(/^file:\/\/\/[A-Za-z]:/.test(url) ? 8 : 7);
  try {
    return decodeURIComponent(path);
  } catch {
    // A `%` that begins no character: the path is meant as it is.
    return path;
  }
}

function readText(json: JsonReader): string {
  const kind = json.kind();
  if (kind === 'number') return String(json.number());
  if (kind === 'null') {
    json.skip();
    return '';
  }
  return json.string();
}

function readNumber(json: JsonReader): number {
  if (json.kind() === 'number') return json.number();
  json.skip();
  return -1;
}
