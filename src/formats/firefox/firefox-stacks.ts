// From the tables of a Firefox profile to stacks of ours.

import { ProfilerError } from '../../base/errors.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FunctionKind,
  type MappingIndex,
  NONE,
  type StackIndex,
} from '../../profile/tables.ts';
import { toLine } from '../v8/v8-functions.ts';
import type { FirefoxLib, FirefoxMeta } from './firefox-meta.ts';
import type { RawTables } from './firefox-tables.ts';

export const FIREFOX_TITLE = 'Firefox profile';

/** Our stack of every row of the stack table. Throws `not-a-recording` where a table refers to what is not there. */
export function internStacks(
  builder: ProfileBuilder,
  tables: RawTables,
  meta: FirefoxMeta,
  libs: readonly FirefoxLib[],
): Int32Array {
  const frames = internFrames(builder, tables, meta, libs);
  const { prefix, prefixOffset, frame } = tables.stacks;
  const stacks = new Int32Array(frame.length);
  for (let row = 0; row < stacks.length; row++) {
    const offset = row < prefixOffset.length ? prefixOffset.values[row] : 0;
    const parent = row < prefix.length ? prefix.values[row] : offset === 0 ? NONE : row - offset;
    if (parent < NONE || parent >= row) throw tableError(`stackTable.prefix[${row}]`, 'an earlier stack');
    const own = getRow(frames, frame.values[row], `stackTable.frame[${row}]`, 'frame');
    stacks[row] = builder.internStack(
      (parent === NONE ? NONE : stacks[parent]) as StackIndex | -1,
      own as FrameIndex,
    );
  }
  return stacks;
}

export function tableError(place: string, expected: string): ProfilerError {
  return new ProfilerError(
    'not-a-recording',
    `The file is no valid ${FIREFOX_TITLE}: "${place}" is not ${expected}.`,
  );
}

function getRow<T>(rows: ArrayLike<T>, row: number, place: string, what: string): T {
  if (!(row >= 0 && row < rows.length)) throw tableError(place, `the number of a ${what}`);
  return rows[row];
}

interface RawFrame {
  readonly name: string;
  readonly file: string | undefined;
  readonly firstLine: number | undefined;
  readonly isJavaScript: boolean;
  readonly lib: FirefoxLib | undefined;
  readonly address: number;
}

function internFrames(
  builder: ProfileBuilder,
  tables: RawTables,
  meta: FirefoxMeta,
  libs: readonly FirefoxLib[],
): Int32Array {
  const { frames, strings } = tables;
  const readFrame = meta.isProcessed ? readProcessedFrame : readGeckoFrame;
  const length = meta.isProcessed ? frames.func.length : frames.location.length;
  const interned = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const { name, file, firstLine, isJavaScript, lib, address } = readFrame(tables, libs, row);
    const category = optional(meta.categories, frames.category, row) ?? '';
    const path = file ?? (lib === undefined || lib.path === '' ? undefined : lib.path);
    const implementation = optional(strings, frames.implementation, row);
    const line = toLine(valueAt(frames.line, row));
    const column = toLine(valueAt(frames.column, row));
    const kind = kindOf(category, path, isJavaScript, lib !== undefined || address >= 0);
    const depth = valueAt(frames.inlineDepth, row);
    interned[row] = builder.internFrame({
      function: builder.internFunction({
        name,
        ...(path === undefined ? {} : { file: path }),
        ...(firstLine === undefined || meta.isOfSampling ? {} : { firstLine }),
        kind,
      }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      ...(address >= 0 ? { address } : {}),
      ...(lib === undefined ? {} : { mapping: internLib(builder, lib) }),
      ...(depth > 0 && depth < 0x1_0000 ? { inlineDepth: depth } : {}),
      tier:
        implementation !== undefined && JIT.test(implementation)
          ? 'jit'
          : kind === 'native' || kind === 'kernel'
            ? 'native'
            : kind === 'gc'
              ? 'gc'
              : 'interpreted',
    });
  }
  return interned;
}

/** How Firefox calls its compilers. */
const JIT = /^(ion|baseline|jit)$/;

function readProcessedFrame(tables: RawTables, libs: readonly FirefoxLib[], row: number): RawFrame {
  const { frames, functions, resources, sources, strings } = tables;
  const func = frames.func.values[row];
  const nameRow = getRow(functions.name.view(), func, `frameTable.func[${row}]`, 'function');
  const name = getRow(strings, nameRow, `funcTable.name[${func}]`, 'text');
  const source = valueAt(functions.source, func);
  const fileRow = source >= 0 ? valueAt(sources.filename, source) : valueAt(functions.fileName, func);
  const resource = valueAt(functions.resource, func);
  const lib = valueAt(resources.lib, resource);
  return {
    name,
    file: fileRow < 0 ? undefined : getRow(strings, fileRow, `funcTable.fileName[${func}]`, 'text'),
    firstLine: toLine(valueAt(functions.lineNumber, func)),
    isJavaScript: valueAt(functions.isJS, func) === 1,
    lib: lib < 0 ? undefined : libs[lib],
    address: row < frames.address.length ? frames.address.values[row] : NONE,
  };
}

/** `name (file:line:column)` for JavaScript, `0x12ab` for native code, anything else is a label of Firefox's own. */
function readGeckoFrame(tables: RawTables, libs: readonly FirefoxLib[], row: number): RawFrame {
  const { frames, strings } = tables;
  const location = getRow(strings, frames.location.values[row], `frameTable.data[${row}][0]`, 'text');
  const none = { file: undefined, firstLine: undefined, isJavaScript: false, lib: undefined, address: NONE };
  if (/^0x[0-9a-f]{1,16}$/i.test(location)) {
    const address = Number(location);
    const lib = libs.find(({ start, end }) => address >= start && address < end);
    return { ...none, name: location, lib, address };
  }
  const script = /^(?:(.*) \((.+?)\)|([^\s()]+:\d+(?::\d+)?))$/s.exec(location);
  const place = /^(.+?)(?::(\d{1,9}))?(?::(\d{1,9}))?$/s.exec(script?.[2] ?? script?.[3] ?? '');
  // C++ names end in brackets, too; scripts have a line, or are a URL.
  if (place === null || (place[2] === undefined && !place[1].includes('://')))
    return { ...none, name: location };
  const firstLine = place[2] === undefined ? undefined : toLine(Number(place[2]));
  return { ...none, name: script?.[1] ?? '(anonymous)', file: place[1], firstLine, isJavaScript: true };
}

function internLib(builder: ProfileBuilder, lib: FirefoxLib): MappingIndex {
  const isRelative = Number.isNaN(lib.start);
  return builder.internMapping({
    file: lib.path,
    ...(lib.buildId === '' ? {} : { buildId: lib.buildId }),
    start: isRelative ? 0 : lib.start,
    // Addresses that are relative to a file have 32 bits.
    end: isRelative ? 2 ** 32 : lib.end,
    offset: isRelative ? 0 : lib.offset,
  });
}

function kindOf(
  category: string,
  path: string | undefined,
  isJavaScript: boolean,
  isNative: boolean,
): FunctionKind {
  if (path !== undefined && /\.pyw?$|^<frozen /.test(path)) return 'python';
  if (isJavaScript) return 'javascript';
  const named = KINDS_BY_CATEGORY[category.toLowerCase()];
  if (named !== undefined) return named;
  if (path !== undefined && /^\[kernel|\.ko(\.[xg]z)?$/.test(path)) return 'kernel';
  return isNative ? 'native' : 'other';
}

/** Categories of vmprof's own files, and of samply's. Firefox's say what code is for, not what it is. */
const KINDS_BY_CATEGORY: Readonly<Record<string, FunctionKind | undefined>> = {
  python: 'python',
  native: 'native',
  kernel: 'kernel',
  jit: 'jit',
  gc: 'gc',
};

function valueAt(column: { length: number; values: ArrayLike<number> }, row: number): number {
  return row >= 0 && row < column.length ? column.values[row] : NONE;
}

function optional(
  texts: readonly string[],
  column: { length: number; values: ArrayLike<number> },
  row: number,
): string | undefined {
  const value = valueAt(column, row);
  return value < 0 ? undefined : texts[value];
}
