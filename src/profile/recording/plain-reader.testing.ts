// A second reader of recordings, written from docs/recording-format.md alone. It shares no code with the real one: slow,
// obvious, and without checks. The names in quotes are the headings of that page.

import { crc32, inflateRawSync } from 'node:zlib';

/** What both readers are compared by: the columns of a profile as plain lists, samples and counters by time. */
export interface Columns {
  timeUnit: number;
  strings: string[];
  tables: Record<string, number[][]>;
  samples: number[][];
  counters: number[][];
  facts: unknown;
  /** File → text. */
  sources: Record<string, string>;
}

const fold = { sign: (c: number, p: number) => (c % 2 === 0 ? p + c / 2 : p - (c + 1) / 2) };
const toUint32 = (value: number) => ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
const toInt32 = (value: number) => (toUint32(value) < 2 ** 31 ? toUint32(value) : toUint32(value) - 2 ** 32);
const unfold = (c: number, p: number) => toUint32(fold.sign(c, p));

/** "Notation", "Columns" and "Number columns". */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer would give views where a Uint8Array gives copies.
    this.bytes = Uint8Array.from(bytes);
  }

  u8(): number {
    return this.bytes[this.at++];
  }

  varint(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.u8();
      value += (byte % 128) * place;
      if (byte < 128) return value;
    }
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  text(length: number): string {
    // Code point by code point, because TextDecoder knows no lone surrogates.
    const bytes = [...this.take(length)];
    let text = '';
    while (bytes.length > 0) {
      const first = bytes.shift() ?? 0;
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more === 0 ? first : first & (0x3f >> more);
      for (let i = 0; i < more; i++) code = code * 64 + ((bytes.shift() ?? 0) & 0x3f);
      text += String.fromCodePoint(code);
    }
    return text;
  }

  column(n: number): number[] {
    if (n === 0) return [];
    const first = this.u8();
    const p = first % 32;
    if (first >> 5 === 0) {
      const value = p === 31 ? this.varint() : p;
      return Array<number>(n).fill(value);
    }
    if (first >> 5 === 3) {
      const palette = Array.from({ length: p }, () => this.varint());
      return this.column(n).map((place) => palette[place]);
    }
    let bit = this.at * 8;
    const bits = (count: number) => {
      let value = 0;
      for (let i = 0; i < count; i++, bit++)
        value = value * 2 + ((this.bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
      return value;
    };
    const golomb = () => {
      let zeros = 0;
      while (bits(1) === 0) zeros++;
      const q = 2 ** zeros + bits(zeros);
      return (q - 1) * 2 ** p + bits(p);
    };
    const octave = () => {
      const length = bits(p);
      return length === 0 ? 0 : 2 ** (length - 1) + bits(length - 1);
    };
    const values = Array.from({ length: n }, () => (first >> 5 === 1 ? golomb() : octave()));
    this.at = Math.ceil(bit / 8);
    return values;
  }

  differences(n: number): number[] {
    let last = 0;
    return this.column(n).map((code) => {
      last = toInt32(unfold(code, last));
      return last;
    });
  }

  number(previous: { value: number }): number {
    const c = this.varint();
    let number: number;
    if (c === 1) number = new DataView(this.take(8).buffer).getFloat64(0, true);
    else number = c % 4 === 0 ? previous.value + c / 4 : previous.value - (c + 2) / 4;
    if (Number.isInteger(number) && Math.abs(number) < 2 ** 53) previous.value = number;
    return number;
  }

  numbers(n: number): number[] {
    if (n === 0) return [];
    const previous = { value: 0 };
    if (this.u8() === 1) return Array.from({ length: n }, () => this.number(previous));
    const number = this.number(previous);
    return Array<number>(n).fill(number);
  }
}

/** Reads a whole recording. */
export class PlainReader {
  readonly #bytes: Uint8Array;
  readonly #columns: Columns = {
    timeUnit: 0,
    strings: [],
    tables: { functions: [], mappings: [], frames: [], stacks: [], processes: [], threads: [] },
    samples: [],
    counters: [],
    facts: {},
    sources: {},
  };
  #weights: { type: string; storage: string }[] = [];
  // "Samples": the state.
  readonly #next = new Map<number, number>();
  #lastThread = -1;
  #round = new Set<number>();
  readonly #list: number[] = [];
  readonly #lastItem = new Map<number, number>();
  #lastFirstUse = 0;
  readonly #itemState = new Map<number, number>();
  #lastTime = 0;
  #roundTime = 0;
  readonly #threadTime = new Map<number, number>();
  #lastWeights: { value: number }[] = [];
  // "Counters".
  readonly #counterTime = { value: 0 };
  readonly #counterValues = new Map<string, { value: number }>();

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  /** "File" and "Chunks". */
  read(): Columns {
    const file = new Cursor(this.#bytes);
    let checksum = crc32(file.take(12));
    checkEqual(u32(file), checksum);
    while (file.at < this.#bytes.length) {
      const start = file.at;
      const kind = file.u8();
      const length = file.varint();
      const rawLength = kind >= 128 ? file.varint() : length;
      const head = this.#bytes.slice(start, file.at);
      const expected = u32(file);
      const stored = file.take(length);
      checksum = crc32(stored, crc32(head, checksum));
      checkEqual(checksum, expected);
      const body = kind >= 128 ? inflateRawSync(stored) : stored;
      checkEqual(body.length, rawLength);
      if (kind % 128 === 1) this.#header(new Cursor(body));
      if (kind % 128 === 2) this.#sections(new Cursor(body));
    }
    const columns = this.#columns;
    columns.samples.sort((a, b) => a[0] - b[0]);
    columns.counters.sort((a, b) => a[2] - b[2]);
    return columns;
  }

  #header(cursor: Cursor): void {
    const header = JSON.parse(cursor.text(cursor.bytes.length));
    this.#columns.timeUnit = header.timeUnit;
    this.#columns.facts = header.facts ?? {};
    this.#weights = header.weights;
    this.#lastWeights = this.#weights.map(() => ({ value: 0 }));
  }

  #sections(body: Cursor): void {
    while (body.at < body.bytes.length) {
      const kind = body.u8();
      this.#section(kind, new Cursor(body.take(body.varint())));
    }
  }

  /** "Tables". */
  #section(kind: number, c: Cursor): void {
    const { strings, tables } = this.#columns;
    if (kind === 12) {
      Object.assign(this.#columns.facts as object, JSON.parse(c.text(c.bytes.length)));
      return;
    }
    const n = c.varint();
    const add = (table: string, ...columns: number[][]) => {
      for (let i = 0; i < n; i++) tables[table].push(columns.map((column) => column[i]));
    };
    const parents = (table: string) => c.column(n).map((code, i) => tables[table].length + i - 1 - code);
    const optional = () => c.column(n).map((code) => code - 1);
    if (kind === 1) {
      for (const length of c.column(n)) strings.push(c.text(length));
    } else if (kind === 2) {
      const [name, qualified, system, file, line] = [0, 1, 2, 3, 4].map(() => c.differences(n));
      add('functions', name, qualified, system, file, line, c.column(n));
    } else if (kind === 3) {
      add('mappings', c.differences(n), c.differences(n), c.numbers(n), c.numbers(n), c.numbers(n));
    } else if (kind === 4) {
      const functions = c.differences(n);
      const lines = c.column(n).map((code, i) => toInt32(unfold(code, tables.functions[functions[i]][4])));
      add('frames', functions, lines, optional(), c.numbers(n), optional(), c.column(n), c.column(n));
    } else if (kind === 5) {
      add('stacks', parents('stacks'), c.differences(n));
    } else if (kind === 6) {
      const pid = c.differences(n);
      add(
        'processes',
        pid,
        parents('processes'),
        c.differences(n),
        c.differences(n),
        c.numbers(n),
        c.numbers(n),
      );
    } else if (kind === 7) {
      add('threads', c.differences(n), c.differences(n), c.differences(n), c.numbers(n), c.numbers(n));
    } else if (kind === 8) {
      const [rows, command, runtime, end] = [c.column(n), c.column(n), optional(), c.numbers(n)];
      rows.forEach((row, i) => {
        tables.processes[row].splice(2, 2, command[i], runtime[i]);
        tables.processes[row][5] = end[i];
      });
    } else if (kind === 9) {
      const [rows, name, end] = [c.column(n), optional(), c.numbers(n)];
      rows.forEach((row, i) => {
        tables.threads[row][2] = name[i];
        tables.threads[row][4] = end[i];
      });
    } else if (kind === 10) {
      this.#samples(n, c);
    } else if (kind === 11) {
      this.#counters(n, c);
    } else if (kind === 13) {
      const names = c.column(n).map((length) => c.text(length));
      const texts = c.column(n).map((length) => c.text(length));
      names.forEach((name, i) => {
        this.#columns.sources[name] ??= texts[i];
      });
    }
  }

  /** "Samples". */
  #samples(n: number, c: Cursor): void {
    const gap = c.varint();
    const beginsRound: boolean[] = [];
    const threads = c.column(n).map((code) => {
      const thread = code === 0 ? (this.#next.get(this.#lastThread) ?? 0) : code - 1;
      this.#next.set(this.#lastThread, thread);
      this.#lastThread = thread;
      const isFirst = this.#round.size === 0;
      beginsRound.push(isFirst || this.#round.has(thread));
      if (this.#round.has(thread)) this.#round = new Set();
      this.#round.add(thread);
      return thread;
    });
    const stackCodes = c.column(n);
    let length = this.#list.length;
    for (const code of stackCodes) if (code === length + 1) length++;
    const firstUses = c.column(length - this.#list.length);
    const items = stackCodes.map((code, i) => {
      let item = this.#lastItem.get(threads[i]) ?? 0;
      if (code > this.#list.length) {
        item = unfold(firstUses.shift() ?? 0, this.#lastFirstUse);
        this.#lastFirstUse = item;
        this.#list.push(item);
      } else if (code > 0) {
        item = this.#list[code - 1];
        const place = Math.floor((3 * (code - 1)) / 4);
        this.#list[code - 1] = this.#list[place];
        this.#list[place] = item;
      }
      this.#lastItem.set(threads[i], item);
      return item;
    });
    const states = c.column(n).map((code, i) => {
      const state = ((this.#itemState.get(items[i]) ?? 0) ^ code) & 0xff;
      this.#itemState.set(items[i], state);
      return state;
    });
    const elapsed: number[] = [];
    const times = c.column(n).map((code, i) => {
      const time = unfold(code, beginsRound[i] ? this.#roundTime + gap : this.#lastTime);
      if (beginsRound[i]) this.#roundTime = time;
      this.#lastTime = time;
      const before = this.#threadTime.get(threads[i]);
      elapsed.push(before === undefined ? gap : toUint32(time - before));
      this.#threadTime.set(threads[i], time);
      return time;
    });
    const weights: number[][] = [];
    this.#weights.forEach(({ type, storage }, w) => {
      const last = this.#lastWeights[w];
      if (storage === 'float64') {
        weights.push(times.map(() => c.number(last)));
        return;
      }
      const follows = this.#weights[0].storage === 'uint32';
      weights.push(
        c.column(n).map((code, i) => {
          let expected = last.value;
          if (w === 0 && type === 'elapsed') expected = elapsed[i];
          else if (w === 1 && type === 'cpu' && follows) expected = states[i] % 16 === 1 ? weights[0][i] : 0;
          last.value = unfold(code, expected);
          return last.value;
        }),
      );
    });
    times.forEach((time, i) => {
      const values = weights.map((column) => column[i]);
      this.#columns.samples.push([time, threads[i], items[i] - 1, states[i], ...values]);
    });
  }

  /** "Counters". */
  #counters(n: number, c: Cursor): void {
    const [processes, names] = [c.column(n), c.column(n)];
    const times = processes.map(() => c.number(this.#counterTime));
    for (let i = 0; i < n; i++) {
      const key = `${processes[i]} ${names[i]}`;
      const previous = this.#counterValues.get(key) ?? { value: 0 };
      this.#counterValues.set(key, previous);
      this.#columns.counters.push([processes[i], names[i], times[i], c.number(previous)]);
    }
  }
}

function u32(cursor: Cursor): number {
  return [0, 8, 16, 24].reduce((value, shift) => value + cursor.u8() * 2 ** shift, 0);
}

function checkEqual(value: number, expected: number): void {
  if (value !== expected) throw new Error(`${value} stands where ${expected} is expected`);
}
