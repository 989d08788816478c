// The sequences of a compressed block: copy so many literals, then so many bytes from so far back.
// https://www.rfc-editor.org/rfc/rfc8878#name-sequences-section

import { MalformedError } from '../malformed.ts';
import { BackwardBits } from './backward-bits.ts';
import {
  buildStateTable,
  constantTable,
  parseStateTable,
  type StateTable,
  type StateTableLimits,
} from './state-table.ts';

/** One table each, kept from block to block; undefined before the first one. */
export interface SequenceTables {
  literals: StateTable | undefined;
  offsets: StateTable | undefined;
  matches: StateTable | undefined;
}

/** A code stands for a range of numbers; bits tell which one. Ranges follow each other. */
interface Codes extends StateTableLimits {
  readonly bits: readonly number[];
  readonly base: readonly number[];
  /** Where the block does not bring a table. */
  readonly usual: StateTable;
}

const ONES = (count: number) => new Array<number>(count).fill(1);
const RARE = (count: number) => new Array<number>(count).fill(-1);
const ZEROS = (count: number) => new Array<number>(count).fill(0);

const LITERALS = makeCodes({
  bits: [...ZEROS(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  first: 0,
  maxLog: 9,
  shares: [
    4,
    3,
    ...new Array<number>(11).fill(2),
    1,
    1,
    1,
    ...new Array<number>(9).fill(2),
    3,
    2,
    ...ONES(5),
    ...RARE(4),
  ],
  log: 6,
});
const MATCHES = makeCodes({
  bits: [...ZEROS(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  first: 3,
  maxLog: 9,
  shares: [1, 4, 3, 2, 2, 2, 2, 2, 2, ...ONES(37), ...RARE(7)],
  log: 6,
});
const OFFSETS = makeCodes({
  bits: Array.from({ length: 31 }, (_, code) => code),
  first: 1,
  maxLog: 8,
  shares: [...ONES(6), 2, 2, 2, ...ONES(15), ...RARE(5)],
  log: 5,
});

/** What the last sequences had, the newest first; the same at the beginning of each frame. */
export type RecentOffsets = [number, number, number];
export const FIRST_OFFSETS: Readonly<RecentOffsets> = [1, 4, 8];

/** The history that sequences copy from, and where they write to. */
export interface Output {
  readonly bytes: Uint8Array;
  /** Behind the last byte. */
  end: number;
  /** Behind the last byte that may be written. */
  readonly limit: number;
}

/** Executes the sequences at `start`, then copies the literals that are left. Throws MalformedError. */
export function executeSequences(
  block: Uint8Array,
  start: number,
  limit: number,
  literals: Uint8Array,
  tables: SequenceTables,
  recent: RecentOffsets,
  output: Output,
): void {
  const header = parseHeader(block, start, limit);
  let literal = 0;
  if (header.count > 0) {
    const at = readTables(block, header.end, limit, tables);
    literal = execute(new BackwardBits(block, at, limit), header.count, literals, tables, recent, output);
  } else if (header.end !== limit) throw new MalformedError('a block does not end where it should');
  const rest = literals.length - literal;
  if (output.end + rest > output.limit) throw new MalformedError('a block becomes too large');
  output.bytes.set(literals.subarray(literal), output.end);
  output.end += rest;
}

function parseHeader(
  block: Uint8Array,
  start: number,
  limit: number,
): { readonly count: number; readonly end: number } {
  const first = block[start];
  const size = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (start + size > limit) throw new MalformedError('a block is cut');
  const second = block[start + 1];
  if (size === 1) return { count: first, end: start + 1 };
  if (size === 2) return { count: ((first - 128) << 8) + second, end: start + 2 };
  return { count: second + (block[start + 2] << 8) + 0x7f00, end: start + 3 };
}

/** Reads what the block brings; gives the offset behind it. */
function readTables(block: Uint8Array, start: number, limit: number, tables: SequenceTables): number {
  const modes = start < limit ? block[start] : 3;
  if ((modes & 3) !== 0) throw new MalformedError('a block is made in an unknown way');
  let at = start + 1;
  const read = (mode: number, codes: Codes, before: StateTable | undefined): StateTable => {
    if (mode === 0) return codes.usual;
    if (mode === 1) {
      if (at >= limit || block[at] > codes.maxSymbol) throw new MalformedError('a block has an unknown code');
      return constantTable(block[at++]);
    }
    if (mode === 2) {
      const parsed = parseStateTable(block, at, limit, codes);
      at = parsed.end;
      return parsed.table;
    }
    if (before === undefined) throw new MalformedError('a block needs a table that there is not');
    return before;
  };
  tables.literals = read(modes >> 6, LITERALS, tables.literals);
  tables.offsets = read((modes >> 4) & 3, OFFSETS, tables.offsets);
  tables.matches = read((modes >> 2) & 3, MATCHES, tables.matches);
  return at;
}

/** Gives how many literals were used. */
function execute(
  bits: BackwardBits,
  count: number,
  literals: Uint8Array,
  { literals: literalStates, offsets: offsetStates, matches: matchStates }: SequenceTables,
  recent: RecentOffsets,
  output: Output,
): number {
  if (literalStates === undefined || offsetStates === undefined || matchStates === undefined) {
    throw new MalformedError('a block needs tables that there are not');
  }
  const { bytes, limit } = output;
  let { end } = output;
  let literal = 0;
  let literalState = bits.read(literalStates.log);
  let offsetState = bits.read(offsetStates.log);
  let matchState = bits.read(matchStates.log);
  for (let i = 0; ; ) {
    const offsetCode = offsetStates.symbol[offsetState];
    const matchCode = matchStates.symbol[matchState];
    const literalCode = literalStates.symbol[literalState];
    const offsetValue = OFFSETS.base[offsetCode] + bits.read(offsetCode);
    const matchLength = MATCHES.base[matchCode] + bits.read(MATCHES.bits[matchCode]);
    const literalLength = LITERALS.base[literalCode] + bits.read(LITERALS.bits[literalCode]);
    if (bits.left < 0) throw new MalformedError('sequences are cut');
    const offset = nextOffset(recent, offsetValue, literalLength);
    const from = end + literalLength;
    const to = from + matchLength;
    if (literal + literalLength > literals.length) throw new MalformedError('a block has too few literals');
    if (to > limit) throw new MalformedError('a block becomes too large');
    if (offset > from || offset < 1)
      throw new MalformedError(`bytes from ${offset} bytes back are asked for`);
    while (end < from) bytes[end++] = literals[literal++];
    // Bytes that are copied may be copied again by the same sequence.
    while (end < to) {
      bytes[end] = bytes[end - offset];
      end++;
    }
    if (++i === count) break;
    literalState = literalStates.base[literalState] + bits.read(literalStates.bits[literalState]);
    matchState = matchStates.base[matchState] + bits.read(matchStates.bits[matchState]);
    offsetState = offsetStates.base[offsetState] + bits.read(offsetStates.bits[offsetState]);
  }
  if (bits.left !== 0) throw new MalformedError('sequences do not end where their bits end');
  output.end = end;
  return literal;
}

/** Values up to 3 are one of the recent offsets, or, without literals, the next older one, or the newest less one. */
function nextOffset(recent: RecentOffsets, value: number, literalLength: number): number {
  if (value > 3) {
    recent[2] = recent[1];
    recent[1] = recent[0];
    recent[0] = value - 3;
    return recent[0];
  }
  const place = value - (literalLength === 0 ? 0 : 1);
  if (place === 0) return recent[0];
  const offset = place === 3 ? recent[0] - 1 : recent[place];
  if (place > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  recent[0] = offset;
  return offset;
}

function makeCodes(options: {
  readonly bits: readonly number[];
  readonly first: number;
  readonly maxLog: number;
  readonly shares: readonly number[];
  readonly log: number;
}): Codes {
  const { bits, first, maxLog, shares, log } = options;
  const base = [first];
  for (const count of bits.slice(0, -1)) base.push(base[base.length - 1] + 2 ** count);
  return { bits, base, maxLog, maxSymbol: bits.length - 1, usual: buildStateTable(shares, log) };
}
