import { ProfilerError } from '../../base/errors.ts';
import { SliceIndex } from '../../base/slice-index.ts';
import { ByteLines, isBlank } from '../byte-lines.ts';
import type { Input } from '../input.ts';
import { CallEntries } from './callgrind-entries.ts';

/** What stands in a file; all its parts and threads are added up. */
export interface CallgrindFile {
  readonly entries: CallEntries;
  readonly events: readonly string[];
  readonly functions: readonly CallgrindFunction[];
  readonly command: string;
  readonly creator: string;
  readonly pid: number;
  readonly notes: readonly string[];
}

/** As written: the name has its recursion level (`f'2`) and escapes. Empty where unknown. */
export interface CallgrindFunction {
  readonly name: string;
  readonly file: string;
  readonly object: string;
}

/** callgrind itself knows some twenty. */
export const MAX_EVENTS = 64;
const MAX_LINE_NUMBER = 2 ** 31 - 1;

/** Reads the lines of a file into entries of a call graph. What is not understood is passed over and told. */
export function readCallgrind(input: Input): CallgrindFile {
  const reader = new Reader();
  const lines = new ByteLines(input.blocks());
  while (lines.next()) reader.readLine(lines);
  return reader.finish();
}

class Reader {
  #entries: CallEntries | undefined;
  #events: string[] = [];
  readonly #functions: CallgrindFunction[] = [];
  /** Numbers of functions by object, file and name. */
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();
  readonly #lines = new SliceIndex();
  /** Of each different line; undefined where it is none. */
  readonly #specifications: (Specification | undefined)[] = [];
  /** Names by their number with its brackets, of functions, files and objects. */
  readonly #names = {
    fn: new Map<string, string>(),
    file: new Map<string, string>(),
    ob: new Map<string, string>(),
  };
  readonly #facts = new Map<string, string>();
  #lineColumn = 0;
  #positions = [0];
  #costs = new Float64Array(0);
  /** Of the current function. */
  #object = '';
  #file = '';
  #function = -1;
  /** Lines come from another file at the moment (`fi=`). */
  #isElsewhere = false;
  #calleeObject: string | undefined;
  #calleeFile: string | undefined;
  #callee = -1;
  #isCall = false;
  #refused = 0;
  #firstRefused = '';

  readLine(lines: ByteLines): void {
    lines.trimEnd();
    let first = lines.start;
    while (first < lines.end && isBlank(lines.bytes[first])) first++;
    if (first === lines.end || lines.bytes[first] === 0x23) return;
    const byte = lines.bytes[first];
    const isCost = (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2a;
    const isUnderstood = isCost ? this.#readCosts(lines, first) : this.#readSpecification(lines, first);
    if (!isUnderstood && this.#refused++ === 0) {
      this.#firstRefused = `line ${lines.number}: ${lines.text().slice(0, 60)}`;
    }
  }

  finish(): CallgrindFile {
    const notes =
      this.#refused === 0
        ? []
        : [`${this.#refused} lines were not understood, the first of them ${this.#firstRefused}`];
    const pid = Number(this.#facts.get('pid') ?? 0);
    return {
      entries: this.#entries ?? new CallEntries(1),
      events: this.#events,
      functions: this.#functions,
      command: this.#facts.get('cmd') ?? '',
      creator: this.#facts.get('creator') ?? '',
      pid: Number.isInteger(pid) && pid >= 0 && pid < 2 ** 31 ? pid : 0,
      notes,
    };
  }

  /** Most of these lines come again and again: `fn=(7)`. */
  #readSpecification({ bytes, end }: ByteLines, first: number): boolean {
    if (startsWithCalls(bytes, first, end)) {
      this.#isCall = this.#callee >= 0;
      return this.#isCall;
    }
    const known = this.#lines.length;
    const row = this.#lines.intern(bytes, first, end);
    if (row === known)
      this.#specifications.push(parseSpecification(decoder.decode(bytes.subarray(first, end))));
    const specification = this.#specifications[row];
    return specification !== undefined && this.#apply(specification);
  }

  #apply({ key, isHeader, value }: Specification): boolean {
    if (isHeader) {
      if (key === 'events') this.#setEvents(value.trim().split(/\s+/));
      else if (key === 'positions') {
        const columns = value.trim().split(/\s+/).slice(0, 4);
        this.#positions = columns.map(() => 0);
        this.#lineColumn = columns.indexOf('line');
      } else if (!this.#facts.has(key)) this.#facts.set(key, value.trim());
      return true;
    }
    switch (key) {
      case 'ob':
        this.#object = this.#resolve(this.#names.ob, value);
        return true;
      case 'fl':
        this.#file = this.#resolve(this.#names.file, value);
        this.#isElsewhere = false;
        return true;
      case 'fi':
      case 'fe':
        this.#isElsewhere = this.#resolve(this.#names.file, value) !== this.#file;
        return true;
      case 'fn':
        this.#isElsewhere = false;
        this.#function = this.#internFunction(this.#resolve(this.#names.fn, value), this.#file, this.#object);
        return true;
      case 'cob':
        this.#calleeObject = this.#resolve(this.#names.ob, value);
        return true;
      case 'cfi':
      case 'cfl':
        this.#calleeFile = value === '' ? undefined : this.#resolve(this.#names.file, value);
        return true;
      case 'cfn':
        this.#callee = this.#internFunction(
          this.#resolve(this.#names.fn, value),
          this.#calleeFile ?? this.#file,
          this.#calleeObject ?? this.#object,
        );
        return true;
      default:
        // Jumps have no cost: the line behind them has a place only.
        return key === 'jump' || key === 'jcnd';
    }
  }

  #setEvents(names: readonly string[]): void {
    const events = names.filter((name) => name !== '');
    if (this.#entries !== undefined && events.join(' ') !== this.#events.join(' ')) {
      throw new ProfilerError('not-a-recording', 'The file counts other events in a later part.');
    }
    if (events.length === 0 || events.length > MAX_EVENTS) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is no callgrind output: it counts ${events.length} events, and 1 to ${MAX_EVENTS} are possible.`,
      );
    }
    this.#events = events;
    this.#entries ??= new CallEntries(events.length);
    this.#costs = new Float64Array(events.length);
  }

  /** `(7) name` gives the number a name, `(7)` stands for it. */
  #resolve(names: Map<string, string>, value: string): string {
    if (value.charCodeAt(0) !== 0x28) return value === '???' ? '' : value;
    const known = names.get(value);
    if (known !== undefined) return known;
    const [, number, name] = /^(\(\d+\))(?: (.*))?$/.exec(value) ?? [];
    if (number === undefined) return value === '???' ? '' : value;
    if (name === undefined) return number;
    const text = name === '???' ? '' : name;
    names.set(number, text);
    return text;
  }

  #internFunction(name: string, file: string, object: string): number {
    // Three look-ups of texts whose hashes are known take less time than one of a text put together.
    let files = this.#numbers.get(object);
    if (files === undefined) {
      files = new Map();
      this.#numbers.set(object, files);
    }
    let numbers = files.get(file);
    if (numbers === undefined) {
      numbers = new Map();
      files.set(file, numbers);
    }
    let number = numbers.get(name);
    if (number === undefined) {
      number = this.#functions.length;
      this.#functions.push({ name: name === '' ? '???' : name, file, object });
      numbers.set(name, number);
    }
    return number;
  }

  #readCosts({ bytes, end }: ByteLines, first: number): boolean {
    if (this.#entries === undefined) this.#setEvents(['Cost']);
    const entries = this.#entries;
    if (entries === undefined || this.#function < 0) return false;
    const isCall = this.#isCall;
    this.#isCall = false;
    let at = first;
    let column = 0;
    let given = 0;
    const positions = this.#positions;
    while (at < end) {
      // A number: decimal, 0x and hexadecimal, or relative to the one before in its column.
      const isPosition = column < positions.length;
      const before = isPosition ? positions[column] : this.#costs[column - positions.length];
      const mark = bytes[at];
      let value = 0;
      if (mark === 0x2a) {
        at++;
        value = before;
      } else {
        const isRelative = mark === 0x2b || mark === 0x2d;
        if (isRelative) at++;
        const isHex = bytes[at] === 0x30 && (bytes[at + 1] | 0x20) === 0x78 && at + 1 < end;
        if (isHex) at += 2;
        const start = at;
        for (; at < end; at++) {
          const digit = hexDigit(bytes[at]);
          if (digit < 0 || (digit > 9 && !isHex)) break;
          value = value * (isHex ? 16 : 10) + digit;
        }
        if (at === start || !Number.isFinite(value)) return false;
        if (isRelative) value = mark === 0x2b ? before + value : before - value;
      }
      if (at < end && !isBlank(bytes[at])) return false;
      while (at < end && isBlank(bytes[at])) at++;
      if (isPosition) positions[column] = value;
      else if (column - positions.length < this.#costs.length) this.#costs[column - positions.length] = value;
      column++;
    }
    given = column - positions.length;
    const line = this.#isElsewhere || this.#lineColumn < 0 ? 0 : positions[this.#lineColumn];
    const isLine = line > 0 && line <= MAX_LINE_NUMBER;
    const row = entries.intern(this.#function, isCall ? this.#callee : -1, isLine ? line : 0);
    // Costs that are left out are zero.
    for (let event = 0; event < entries.costs.length && event < given; event++) {
      entries.costs[event][row] += this.#costs[event];
    }
    if (isCall) {
      this.#callee = -1;
      this.#calleeFile = undefined;
      this.#calleeObject = undefined;
    }
    return true;
  }
}

/** `key=value`, or `key: value` in the header of a part. */
interface Specification {
  readonly key: string;
  readonly isHeader: boolean;
  readonly value: string;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function parseSpecification(text: string): Specification | undefined {
  const [, key, mark, value] = /^([a-z]+)([:=])\s?(.*)$/.exec(text) ?? [];
  return key === undefined ? undefined : { key, isHeader: mark === ':', value };
}

const CALLS = 'calls=';

function startsWithCalls(bytes: Uint8Array, first: number, end: number): boolean {
  if (end - first < CALLS.length) return false;
  for (let i = 0; i < CALLS.length; i++) if (bytes[first + i] !== CALLS.charCodeAt(i)) return false;
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
