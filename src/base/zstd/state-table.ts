// Tables of finite state entropy: each state stands for a symbol, and says which bits lead to the next state.
// https://www.rfc-editor.org/rfc/rfc8878#name-fse-table-description

import { MalformedError } from '../malformed.ts';

/** Columns by state. The next state is `base` plus the number that `bits` bits make. */
export interface StateTable {
  /** Bits of the first state. */
  readonly log: number;
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

export interface StateTableLimits {
  readonly maxLog: number;
  readonly maxSymbol: number;
}

/** A table, and the offset behind its description. Throws MalformedError when it is none. */
export function parseStateTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  { maxLog, maxSymbol }: StateTableLimits,
): { readonly table: StateTable; readonly end: number } {
  let place = 0;
  const read = (count: number): number => {
    const at = start + (place >> 3);
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    place += count;
    if (start + place / 8 > end) throw new MalformedError('a table of states is cut');
    return (word >>> ((place - count) & 7)) & ((1 << count) - 1);
  };
  const log = read(4) + 5;
  if (log > maxLog) throw new MalformedError(`a table has 2^${log} states, and may have 2^${maxLog}`);
  const shares: number[] = [];
  for (let left = 1 << log; left > 0; ) {
    if (shares.length > maxSymbol) throw new MalformedError('a table of states has too many symbols');
    const share = readShare(read, left);
    left -= Math.abs(share);
    shares.push(share);
    // Zeros in a row are counted, two bits at a time.
    for (let more = share === 0 ? 3 : 0; more === 3; ) {
      more = read(2);
      for (let i = 0; i < more; i++) shares.push(0);
      if (shares.length > maxSymbol + 1) throw new MalformedError('a table of states has too many symbols');
    }
  }
  return { table: buildStateTable(shares, log), end: start + Math.ceil(place / 8) };
}

/** A number from -1 to what is left. The smaller half of what could stand there takes a bit less. */
function readShare(read: (count: number) => number, left: number): number {
  const length = 32 - Math.clz32(left + 1);
  const short = (1 << length) - 2 - left;
  const low = read(length - 1);
  if (low < short) return low - 1;
  const value = low + (read(1) << (length - 1));
  return (value >= 1 << (length - 1) ? value - short : value) - 1;
}

/** The table of shares that add up to 2^log; -1 is less than one, and gets a state that all bits lead to. */
export function buildStateTable(shares: readonly number[], log: number): StateTable {
  const size = 1 << log;
  const symbol = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  const next = shares.map(Math.abs);
  let high = size;
  for (let i = 0; i < shares.length; i++) if (shares[i] === -1) symbol[--high] = i;
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let i = 0; i < shares.length; i++) {
    for (let count = shares[i]; count > 0; count--) {
      symbol[at] = i;
      // There are as many places below `high` as symbols to be placed, so one is found.
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const number = next[symbol[state]]++;
    bits[state] = log - (31 - Math.clz32(number));
    base[state] = (number << bits[state]) - size;
  }
  return { log, symbol, bits, base };
}

/** One state, which takes no bits. */
export function constantTable(symbol: number): StateTable {
  return { log: 0, symbol: Uint8Array.of(symbol), bits: new Uint8Array(1), base: new Uint16Array(1) };
}
