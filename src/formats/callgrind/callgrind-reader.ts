import { ProfilerError } from '../../base/errors.ts';
import { hashPair, RowIndex } from '../../base/row-index.ts';
import { SliceIndex } from '../../base/slice-index.ts';
import { ByteLines, isBlank } from '../byte-lines.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';
import { type CostGraphs, makeCostGraphs } from './cost-graphs.ts';
import { CostLines } from './cost-lines.ts';

/** What stands in a file; all its parts and threads are added up. */
export interface CallgrindFile extends CostGraphs {
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

/**
 * Reads the lines of a file, and adds up the costs of equal ones. What is not understood is passed over and told. Throws
 * `not-a-recording` where there are none.
 */
export function readCallgrind(input: Input): CallgrindFile {
  const reader = new Reader();
  const lines = new ByteLines(input.blocks());
  while (lines.next()) reader.readLine(lines);
  return reader.finish();
}

class Reader {
  #costLines: CostLines | undefined;
  #events: string[] = [];
  readonly #functions: CallgrindFunction[] = [];
  readonly #texts = new TextNumbers();
  /** Of each function, the numbers of its texts: name, file, object. */
  readonly #functionTexts: number[] = [];
  readonly #functionIndex = new RowIndex();
  readonly #lines = new SliceIndex();
  /** Of each different line; undefined where it is none. */
  readonly #specifications: (Specification | undefined)[] = [];
  /** The number of a text for each name in brackets, of functions, files and objects. */
  readonly #names = {
    fn: new Map<string, Name>(),
    file: new Map<string, Name>(),
    ob: new Map<string, Name>(),
  };
  readonly #facts = new Map<string, string>();
  #lineColumn = 0;
  #positions = [0];
  #costs = new Float64Array(0);
  /** Of the current function. */
  #object = NO_TEXT;
  #file = NO_TEXT;
  #function = -1;
  /** Where lines come from at the moment: that of the function, or another (`fi=`). */
  #lineFile = NO_TEXT;
  /** NONE: those of the caller. */
  #calleeObject = NONE;
  #calleeFile = NONE;
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
    const notes = describeRefused(
      this.#refused,
      'line was not understood',
      'lines were not understood',
      this.#firstRefused,
    );
    const lines = this.#costLines;
    if (lines === undefined || lines.length === 0) {
      throw new ProfilerError('not-a-recording', 'The file holds no costs as callgrind writes them.');
    }
    lines.finish(this.#functions.length);
    const pid = Number(this.#facts.get('pid') ?? 0);
    return {
      ...makeCostGraphs(lines, this.#functions.length),
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
      this.#specifications.push(this.#parseSpecification(decoder.decode(bytes.subarray(first, end))));
    const specification = this.#specifications[row];
    return specification !== undefined && this.#apply(specification);
  }

  #apply(specification: Specification): boolean {
    const { key } = specification;
    if (specification.isHeader) {
      const { value } = specification;
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
        this.#object = resolve(specification);
        return true;
      case 'fl':
        this.#file = resolve(specification);
        this.#lineFile = this.#file;
        return true;
      case 'fi':
      case 'fe':
        this.#lineFile = resolve(specification);
        return true;
      case 'fn':
        this.#lineFile = this.#file;
        this.#function = this.#internFunction(resolve(specification), this.#file, this.#object);
        return true;
      case 'cob':
        this.#calleeObject = resolve(specification);
        return true;
      case 'cfi':
      case 'cfl':
        this.#calleeFile = specification.value === '' ? NONE : resolve(specification);
        return true;
      case 'cfn':
        // What is not said of the callee is as it was said last: the file of the lines, which need not be the caller's.
        this.#callee = this.#internFunction(
          resolve(specification),
          this.#calleeFile === NONE ? this.#lineFile : this.#calleeFile,
          this.#calleeObject === NONE ? this.#object : this.#calleeObject,
        );
        return true;
      case 'jfi':
      case 'jfn':
        // Where a jump leads is of no use, but a name may be told there for the first time.
        resolve(specification);
        return true;
      default:
        // Jumps have no cost: the line behind them has a place only.
        return key === 'jump' || key === 'jcnd';
    }
  }

  #setEvents(names: readonly string[]): void {
    const events = names.filter((name) => name !== '');
    if (this.#costLines !== undefined && events.join(' ') !== this.#events.join(' ')) {
      throw new ProfilerError('not-a-recording', 'The file counts other events in a later part.');
    }
    if (events.length === 0 || events.length > MAX_EVENTS) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is no callgrind output: it counts ${events.length} events, and 1 to ${MAX_EVENTS} are possible.`,
      );
    }
    this.#events = events;
    this.#costLines ??= new CostLines(events.length);
    this.#costs = new Float64Array(events.length);
  }

  #parseSpecification(line: string): Specification | undefined {
    const [, written, mark, value] = /^([a-z]+)([:=])\s?(.*)$/s.exec(line) ?? [];
    if (written === undefined) return undefined;
    const key = NAME_KEYS.find((known) => known === written);
    if (mark === ':' || key === undefined) {
      return { key: written, isHeader: mark === ':', value, text: NO_TEXT, name: undefined };
    }
    const names = key.endsWith('fn')
      ? this.#names.fn
      : key.endsWith('ob')
        ? this.#names.ob
        : this.#names.file;
    const [, number, given] = /^(\(\d+\))(?: (.*))?$/s.exec(value) ?? [];
    const text = number === undefined ? value : given;
    let name = number === undefined ? undefined : names.get(number);
    if (number !== undefined && name === undefined) {
      // A number that never gets a name stands for itself.
      name = { text: this.#texts.intern(number) };
      names.set(number, name);
    }
    return { key, isHeader: false, value, name, text: text === undefined ? NONE : this.#texts.intern(text) };
  }

  #internFunction(name: number, file: number, object: number): number {
    const index = this.#functionIndex;
    const known = this.#functionTexts;
    const hash = hashPair(hashPair(name, file), object);
    let slot = index.firstSlot(hash);
    for (let row = index.rowAt(slot); row !== -1; row = index.rowAt(slot)) {
      const at = row * 3;
      if (known[at] === name && known[at + 1] === file && known[at + 2] === object) return row;
      slot = index.nextSlot(slot);
    }
    const row = known.length / 3;
    known.push(name, file, object);
    index.insert(slot, hash, row);
    const { texts } = this.#texts;
    this.#functions.push({
      name: name === NO_TEXT ? '???' : texts[name],
      file: texts[file],
      object: texts[object],
    });
    return row;
  }

  #readCosts({ bytes, end }: ByteLines, first: number): boolean {
    if (this.#costLines === undefined) this.#setEvents(['Cost']);
    const lines = this.#costLines;
    if (lines === undefined || this.#function < 0) return false;
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
        if (isHex) {
          for (let digit = hexDigit(bytes[at]); at < end && digit >= 0; digit = hexDigit(bytes[++at])) {
            value = value * 16 + digit;
          }
        } else {
          for (
            let digit = bytes[at] - 0x30;
            at < end && digit >= 0 && digit <= 9;
            digit = bytes[++at] - 0x30
          ) {
            value = value * 10 + digit;
          }
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
    const line = this.#lineFile !== this.#file || this.#lineColumn < 0 ? 0 : positions[this.#lineColumn];
    const isLine = line > 0 && line <= MAX_LINE_NUMBER;
    const callee = isCall ? this.#callee : -1;
    const row = lines.intern(this.#function, callee, isLine ? line : 0, this.#functions.length);
    // Costs that are left out are zero.
    const events = Math.min(given, lines.costs.length);
    for (let event = 0; event < events; event++) lines.costs[event][row] += this.#costs[event];
    if (isCall) {
      this.#callee = -1;
      this.#calleeFile = NONE;
      this.#calleeObject = NONE;
    }
    return true;
  }
}

/** `key=value`, or `key: value` in the header of a part. */
interface Specification {
  readonly key: string;
  readonly isHeader: boolean;
  readonly value: string;
  /** `(7) name` gives the name a text, `(7)` stands for it; undefined where there is no such number. */
  readonly name: Name | undefined;
  /** The number of the text that is given; NONE where none is. */
  readonly text: number;
}

interface Name {
  text: number;
}

const NONE = -1;
/** The number of the empty text, which is what is unknown. */
const NO_TEXT = 0;

/** Keys of lines that say a name. */
const NAME_KEYS = ['ob', 'fl', 'fi', 'fe', 'fn', 'cob', 'cfi', 'cfl', 'cfn', 'jfi', 'jfn'];

/** The number of the text that a line says. */
function resolve({ name, text }: Specification): number {
  if (name === undefined) return text;
  if (text !== NONE) name.text = text;
  return name.text;
}

/** Gives texts numbers, which are compared faster. */
class TextNumbers {
  readonly texts = [''];
  readonly #numbers = new Map([
    ['', NO_TEXT],
    ['???', NO_TEXT],
  ]);

  intern(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

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
