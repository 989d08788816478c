// Functions and locations of pprof and OTLP, which know code alike: a location is an address with the functions that were inlined
// there, the innermost first. They are gathered as they come, because names and functions may come after what uses them,
// and become frames of a profile when all is known.

import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FunctionIndex,
  type FunctionKind,
  type MappingIndex,
  NONE,
} from '../../profile/tables.ts';
import type { CountedNote } from '../counted-notes.ts';
import { IdTable } from './id-table.ts';
import { assertRoom, MAX_LINES } from './limits.ts';

/** The largest line number that the tables hold. */
const MAX_LINE = 0x7fff_ffff;
/** The deepest inlining that the tables hold. */
const MAX_INLINE_DEPTH = 0xffff;

/** Functions with the rows of their texts; -1 where there is none. */
export class FunctionList {
  readonly ids = new IdTable();
  name = new Int32Array(64);
  systemName = new Int32Array(64);
  file = new Int32Array(64);
  firstLine = new Int32Array(64);
  /** Some function has an id other than 0. */
  hasIds = false;

  get length(): number {
    return this.ids.length;
  }

  add(
    idLow: number,
    idHigh: number,
    f: { name: number; systemName: number; file: number; line: number },
  ): void {
    const row = this.ids.add(idLow, idHigh);
    this.hasIds ||= idLow !== 0 || idHigh !== 0;
    if (row === this.name.length) {
      const capacity = grownCapacity(row);
      this.name = resizeColumn(this.name, capacity);
      this.systemName = resizeColumn(this.systemName, capacity);
      this.file = resizeColumn(this.file, capacity);
      this.firstLine = resizeColumn(this.firstLine, capacity);
    }
    this.name[row] = f.name;
    this.systemName[row] = f.systemName;
    this.file[row] = f.file;
    this.firstLine[row] = toLine(f.line);
  }
}

/** Locations and their lines, which refer to functions and mappings by id. */
export class LocationList {
  readonly ids = new IdTable();
  mappingLow = new Int32Array(64);
  mappingHigh = new Int32Array(64);
  address = new Float64Array(64);
  /** Lines before the first one of each location. */
  firstLine = new Int32Array(64);
  lineCount = 0;
  functionLow = new Int32Array(64);
  functionHigh = new Int32Array(64);
  line = new Int32Array(64);
  column = new Int32Array(64);

  get length(): number {
    return this.ids.length;
  }

  /** Adds a line to the location that is being read: it is added behind its lines. */
  addLine(functionLow: number, functionHigh: number, line: number, column: number): void {
    assertRoom(this.lineCount, MAX_LINES, 'lines of code');
    if (this.lineCount === this.line.length) {
      const capacity = grownCapacity(this.lineCount);
      this.functionLow = resizeColumn(this.functionLow, capacity);
      this.functionHigh = resizeColumn(this.functionHigh, capacity);
      this.line = resizeColumn(this.line, capacity);
      this.column = resizeColumn(this.column, capacity);
    }
    const row = this.lineCount++;
    this.functionLow[row] = functionLow;
    this.functionHigh[row] = functionHigh;
    this.line[row] = toLine(line);
    this.column[row] = toLine(column);
  }

  /** Adds the location that the lines from `firstLine` on are of. */
  add(
    idLow: number,
    idHigh: number,
    l: { mappingLow: number; mappingHigh: number; address: number; firstLine: number },
  ): void {
    const row = this.ids.add(idLow, idHigh);
    if (row === this.address.length) {
      const capacity = grownCapacity(row);
      this.mappingLow = resizeColumn(this.mappingLow, capacity);
      this.mappingHigh = resizeColumn(this.mappingHigh, capacity);
      this.address = resizeColumn(this.address, capacity);
      this.firstLine = resizeColumn(this.firstLine, capacity);
    }
    this.mappingLow[row] = l.mappingLow;
    this.mappingHigh[row] = l.mappingHigh;
    this.address[row] = l.address;
    this.firstLine[row] = l.firstLine;
  }

  /** Behind the last line of a location. */
  lineEnd(row: number): number {
    return row + 1 < this.length ? this.firstLine[row + 1] : this.lineCount;
  }
}

/** The frames of each location, the outermost first: those of location i are `frames` from `start[i]` to `start[i + 1]`. */
export interface LocationFrames {
  readonly start: Int32Array;
  readonly frames: Int32Array;
}

/** All frames, and how much of what they refer to is not in the file: it is shown as UNKNOWN_NAME. */
export interface BuiltFrames extends LocationFrames {
  /** Lines of locations whose function is not there. */
  readonly missingFunctions: number;
  /** Functions whose name is not there, nor another one. */
  readonly missingNames: number;
}

/** What the formats do differently. */
export interface CodeNames {
  /** Row 0 of the locations stands for none. */
  readonly hasNullLocation: boolean;
  /** Number of the texts in the file. */
  readonly textCount: number;
  /** Text of a row; undefined where there is none, or an empty one. */
  text(row: number): string | undefined;
  /** Row in the list of functions, by id; -1 when there is none. */
  functionRow(low: number, high: number): number;
  /** The mapping of a location, by id. */
  mapping(low: number, high: number): MappingIndex | undefined;
  /** What the file says about a location's kind of code. */
  kind(location: number): FunctionKind | undefined;
}

/** What cannot be told at all. */
export const UNKNOWN_NAME = '(unknown)';

/** Makes frames of all locations. What refers to nothing becomes a frame of a function without a name. */
export function buildLocationFrames(
  builder: ProfileBuilder,
  functions: FunctionList,
  locations: LocationList,
  names: CodeNames,
): BuiltFrames {
  const functionRows = new Int32Array(functions.length).fill(NONE);
  const start = new Int32Array(locations.length + 1);
  // A location without lines has one frame.
  const frames = new Int32Array(locations.lineCount + locations.length);
  let count = 0;
  let missingFunctions = 0;
  let missingNames = 0;
  for (let row = 0; row < locations.length; row++) {
    start[row] = count;
    const mapping = names.mapping(locations.mappingLow[row], locations.mappingHigh[row]);
    const address = locations.address[row];
    const place = {
      ...(address > 0 ? { address } : {}),
      ...(mapping === undefined ? {} : { mapping }),
    };
    const mappedFile = mapping === undefined ? '' : builder.strings.rows[builder.mappings.file[mapping]];
    const kind = names.kind(row) ?? guessMappedKind(mappedFile, address);
    const first = locations.firstLine[row];
    for (let line = locations.lineEnd(row) - 1; line >= first; line--) {
      const found = names.functionRow(locations.functionLow[line], locations.functionHigh[line]);
      if (found !== -1 && functionRows[found] === NONE) {
        functionRows[found] = internFunction(builder, functions, found, kind, names);
        if (lacksName(functions, found, names)) missingNames++;
      }
      const isKnown = found !== -1;
      // Number 0 stands for no function.
      if (!isKnown && (locations.functionLow[line] !== 0 || locations.functionHigh[line] !== 0)) {
        missingFunctions++;
      }
      const functionIndex = isKnown
        ? (functionRows[found] as FunctionIndex)
        : builder.internFunction({ name: UNKNOWN_NAME, kind });
      frames[count] = builder.internFrame({
        function: functionIndex,
        ...place,
        ...(locations.line[line] === NONE ? {} : { line: locations.line[line] }),
        ...(locations.column[line] === NONE ? {} : { column: locations.column[line] }),
        inlineDepth: Math.min(count - start[row], MAX_INLINE_DEPTH),
        tier: isNative(kind) ? 'native' : 'interpreted',
      });
      count++;
    }
    const isNull = row === 0 && names.hasNullLocation && address === 0;
    if (count === start[row] && !isNull)
      frames[count++] = internAddress(builder, address, mappedFile, kind, place);
  }
  start[locations.length] = count;
  return { start, frames: frames.subarray(0, count), missingFunctions, missingNames };
}

/** A frame of code whose function is not known: it is named by its address. */
function internAddress(
  builder: ProfileBuilder,
  address: number,
  mappedFile: string,
  kind: FunctionKind,
  place: { address?: number; mapping?: MappingIndex },
): FrameIndex {
  const name = address > 0 ? `0x${address.toString(16)}` : UNKNOWN_NAME;
  const functionIndex = builder.internFunction({
    name,
    ...(mappedFile === '' ? {} : { file: mappedFile }),
    kind,
  });
  return builder.internFrame({
    function: functionIndex,
    ...place,
    tier: isNative(kind) ? 'native' : 'interpreted',
  });
}

function internFunction(
  builder: ProfileBuilder,
  functions: FunctionList,
  row: number,
  kind: FunctionKind,
  names: CodeNames,
): FunctionIndex {
  const systemName = names.text(functions.systemName[row]);
  const name = names.text(functions.name[row]) ?? systemName ?? UNKNOWN_NAME;
  const file = names.text(functions.file[row]);
  const firstLine = functions.firstLine[row];
  return builder.internFunction({
    name,
    ...(systemName === undefined ? {} : { systemName }),
    ...(file === undefined ? {} : { file }),
    ...(firstLine === NONE ? {} : { firstLine }),
    kind: (file === undefined ? undefined : guessKindOfFile(file)) ?? kind,
  });
}

/** It refers to a text that is not in the file, and is called by no other. */
function lacksName({ name, systemName }: FunctionList, row: number, names: CodeNames): boolean {
  if (names.text(name[row]) !== undefined || names.text(systemName[row]) !== undefined) return false;
  return isMissing(name[row], names) || isMissing(systemName[row], names);
}

function isMissing(text: number, { textCount }: CodeNames): boolean {
  return text < 0 || text >= textCount;
}

/** What the code of a file refers to in vain. */
export function noteMissing({ missingFunctions, missingNames }: BuiltFrames): readonly CountedNote[] {
  return [
    [
      missingFunctions,
      'line of code is of a function',
      'lines of code are of functions',
      `that the file does not describe; shown as ${UNKNOWN_NAME}`,
    ],
    [
      missingNames,
      'function has a name that the file does not hold; it is',
      'functions have names that the file does not hold; they are',
      `shown as ${UNKNOWN_NAME}`,
    ],
  ];
}

function isNative(kind: FunctionKind): boolean {
  return kind === 'native' || kind === 'kernel';
}

/** Only interpreted languages' files tell: a `.c` may be part of the kernel. */
function guessKindOfFile(file: string): FunctionKind | undefined {
  if (/\.pyw?$|^<frozen /.test(file)) return 'python';
  if (/\.[cm]?[jt]sx?$|^node:/.test(file)) return 'javascript';
  return undefined;
}

function guessMappedKind(file: string, address: number): FunctionKind {
  if (/^\[kernel|\bvmlinux\b|\.ko(\.\w+)?$/.test(file)) return 'kernel';
  return address > 0 ? 'native' : 'other';
}

function toLine(line: number): number {
  return line >= 1 && line <= MAX_LINE ? line : NONE;
}
