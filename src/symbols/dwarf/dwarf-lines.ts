// Line number programs: which address belongs to which line. DWARF 5 section 6.2, versions 2 to 5.

import { MalformedError } from '../../base/malformed.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import { type FormContext, readNumberForm, readTextForm } from './dwarf-forms.ts';

/** The lines of one unit, in order of address. */
export interface LineTable {
  readonly length: number;
  readonly addresses: Float64Array;
  /** Position in `files`. */
  readonly files: Uint32Array;
  /** 0 where an address belongs to no line, or behind the end of a sequence. */
  readonly lines: Uint32Array;
  /** Paths. Its numbering is that of the attributes that name files. */
  readonly paths: readonly string[];
}

const MAX_UNIT = 64 << 20;
const CONTENT_PATH = 1;
const CONTENT_DIRECTORY = 2;

/** The line table at an offset of .debug_line; undefined when there is none. MalformedError when it is damaged. */
export function readLineTable(unit: FormContext, offset: number, folder: string): LineTable | undefined {
  const section = unit.sections.lines;
  if (section === undefined) return undefined;
  const head = new DwarfCursor(section.read(offset, 12));
  let length = head.u32();
  const offsetSize = length === 0xffff_ffff ? 8 : 4;
  if (offsetSize === 8) length = head.u64();
  if (length > MAX_UNIT) throw new MalformedError('a line table is too large');
  const cursor = new DwarfCursor(section.read(offset + head.at, length));
  return parseLineTable(cursor, { ...unit, offsetSize }, folder);
}

/** The row of an address; -1 when no line covers it. */
export function findLineRow(table: LineTable, address: number): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.addresses[middle] <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && table.lines[low - 1] > 0 ? low - 1 : -1;
}

function parseLineTable(cursor: DwarfCursor, unit: FormContext, folder: string): LineTable {
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new MalformedError(`a line table has version ${version}`);
  if (version === 5) cursor.skip(2);
  const headerLength = cursor.unsigned(unit.offsetSize);
  const program = cursor.at + headerLength;
  const instructionLength = cursor.u8();
  if (version >= 4) cursor.skip(1);
  cursor.skip(1);
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0) throw new MalformedError('a line table has no range of lines');
  const operands = [0];
  for (let opcode = 1; opcode < opcodeBase; opcode++) operands.push(cursor.u8());
  const paths =
    version === 5 ? readEntries(cursor, { ...unit, version }, folder) : readOldPaths(cursor, folder);
  cursor.at = program;
  const rows = new RowCollector();
  runProgram(cursor, { instructionLength, lineBase, lineRange, opcodeBase, operands }, rows);
  return rows.build(paths);
}

/** Directories, then files: names, with NUL at the end of each list. Files count from 1. */
function readOldPaths(cursor: DwarfCursor, folder: string): string[] {
  const folders = [folder];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) folders.push(joinPath(folder, name));
  const paths = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    paths.push(joinPath(folders[cursor.uleb()] ?? folder, name));
    cursor.uleb();
    cursor.uleb();
  }
  return paths;
}

/** DWARF 5: both lists say themselves what they hold. Files count from 0. */
function readEntries(cursor: DwarfCursor, unit: FormContext, folder: string): string[] {
  const folders: string[] = [];
  const paths: string[] = [];
  for (const list of [folders, paths]) {
    const formats: number[] = [];
    const formatCount = cursor.u8();
    for (let index = 0; index < formatCount * 2; index++) formats.push(cursor.uleb());
    const count = cursor.uleb();
    if (count > cursor.end) throw new MalformedError('a line table has too many files');
    for (let entry = 0; entry < count; entry++) {
      let path = '';
      let directory = 0;
      for (let index = 0; index < formats.length; index += 2) {
        const [content, form] = [formats[index], formats[index + 1]];
        if (content === CONTENT_PATH) path = readTextForm(cursor, form, unit);
        else if (content === CONTENT_DIRECTORY) directory = readNumberForm(cursor, form, 0, unit);
        else readNumberForm(cursor, form, 0, unit);
      }
      if (formats.length === 0) break;
      list.push(joinPath(list === folders ? (folders[0] ?? folder) : (folders[directory] ?? folder), path));
    }
  }
  return paths;
}

function joinPath(folder: string, name: string): string {
  return name.startsWith('/') || folder === '' ? name : `${folder}/${name}`;
}

interface ProgramHeader {
  readonly instructionLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operands: readonly number[];
}

function runProgram(cursor: DwarfCursor, header: ProgramHeader, rows: RowCollector): void {
  const { instructionLength, lineBase, lineRange, opcodeBase, operands } = header;
  let address = 0;
  let file = 1;
  let line = 1;
  const reset = (): void => {
    address = 0;
    file = 1;
    line = 1;
  };
  while (!cursor.isAtEnd) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const step = opcode - opcodeBase;
      address += Math.floor(step / lineRange) * instructionLength;
      line += lineBase + (step % lineRange);
      rows.add(address, file, line);
      continue;
    }
    switch (opcode) {
      case 0: {
        const length = cursor.uleb();
        const next = cursor.at + length;
        const extended = length === 0 ? 0 : cursor.u8();
        if (extended === 1) {
          rows.add(address, 0, 0);
          rows.endSequence();
          reset();
        } else if (extended === 2) {
          address = cursor.unsigned(length === 9 ? 8 : 4);
        }
        if (next > cursor.end) throw new MalformedError('a line table ends too early');
        cursor.at = next;
        break;
      }
      case 1: // copy
        rows.add(address, file, line);
        break;
      case 2:
        address += cursor.uleb() * instructionLength;
        break;
      case 3:
        line += cursor.sleb();
        break;
      case 4:
        file = cursor.uleb();
        break;
      case 8: // const_add_pc
        address += Math.floor((255 - opcodeBase) / lineRange) * instructionLength;
        break;
      case 9: // fixed_advance_pc
        address += cursor.u16();
        break;
      default:
        // set_column, negate_stmt, set_basic_block, prologue and epilogue, set_isa, and what comes after them.
        for (let count = operands[opcode]; count > 0; count--) cursor.uleb();
    }
  }
}

/** Collects rows of sequences: these come in any order, their rows in that of their addresses. */
class RowCollector {
  #addresses = new Float64Array(256);
  #files = new Uint32Array(256);
  #lines = new Uint32Array(256);
  #length = 0;
  #sequenceAt = 0;
  readonly #sequences: { readonly begin: number; readonly end: number }[] = [];

  add(address: number, file: number, line: number): void {
    if (this.#length === this.#addresses.length) {
      const capacity = grownCapacity(this.#length);
      this.#addresses = resizeColumn(this.#addresses, capacity);
      this.#files = resizeColumn(this.#files, capacity);
      this.#lines = resizeColumn(this.#lines, capacity);
    }
    this.#addresses[this.#length] = address;
    this.#files[this.#length] = file;
    this.#lines[this.#length] = Math.max(0, line);
    this.#length++;
  }

  endSequence(): void {
    const begin = this.#sequenceAt;
    // Address 0: of functions that the linker threw away.
    if (this.#addresses[begin] === 0) this.#length = begin;
    else this.#sequences.push({ begin, end: this.#length });
    this.#sequenceAt = this.#length;
  }

  build(paths: readonly string[]): LineTable {
    const sequences = this.#sequences.sort(
      (a, b) => this.#addresses[a.begin] - this.#addresses[b.begin] || a.begin - b.begin,
    );
    const length = this.#sequenceAt;
    const addresses = new Float64Array(length);
    const files = new Uint32Array(length);
    const lines = new Uint32Array(length);
    let to = 0;
    for (const { begin, end } of sequences) {
      addresses.set(this.#addresses.subarray(begin, end), to);
      files.set(this.#files.subarray(begin, end), to);
      lines.set(this.#lines.subarray(begin, end), to);
      to += end - begin;
    }
    return { length, addresses, files, lines, paths };
  }
}
