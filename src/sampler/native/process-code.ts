// Where code lies in one process: the files that are mapped, and memory with code that was made at run time.

import type { CodeRange } from '../../symbols/unwind/unwinder.ts';
import { type MappedFile, readMaps } from '../process/maps.ts';
import type { ProcessMemory } from '../process/memory.ts';
import { type BinaryFile, type BinaryFiles, biasOfMapping, findBinaryFile } from './binary-file.ts';

/** Addresses that lie nowhere are looked up anew this often at the most: JIT compilers map memory all the time. */
const REFRESH_INTERVAL = 20_000_000;
/** Files may take the place of others, which no address tells: looked for this often. */
const REFRESH_ANYWAY = 2_000_000_000;

/** A mapping with code. */
export interface MappedCode extends CodeRange {
  readonly mapping: MappedFile;
  /** Undefined for memory that no ELF file is behind. */
  readonly file: BinaryFile | undefined;
}

/** The code of one process. */
export class ProcessCode {
  readonly #memory: ProcessMemory;
  readonly #files: BinaryFiles;
  #ranges: readonly MappedCode[] = [];
  #refreshedAt = Number.NEGATIVE_INFINITY;
  /** Counts changes, so that others notice them. */
  generation = 0;
  /** Of all files together. */
  #editions = 0;
  #now = 0;

  constructor(memory: ProcessMemory, files: BinaryFiles) {
    this.#memory = memory;
    this.#files = files;
  }

  /** Time of the current samples, by monotonicNow. */
  get now(): number {
    return this.#now;
  }

  set now(now: number) {
    this.#now = now;
    if (now - this.#refreshedAt > REFRESH_ANYWAY && this.#ranges.length > 0) {
      this.refresh();
      this.#noticeDebugFiles();
    }
  }

  /** The mapping that an address lies in. One that lies in none makes the list be read again. */
  readonly find = (address: number): MappedCode | undefined => {
    const found = findRange(this.#ranges, address);
    if (found !== undefined || this.#now - this.#refreshedAt < REFRESH_INTERVAL) return found;
    this.refresh();
    return findRange(this.#ranges, address);
  };

  /** Mappings that have files, in order of address. */
  get ranges(): readonly MappedCode[] {
    return this.#ranges;
  }

  /** Reads the list of mappings. */
  refresh(): void {
    this.#refreshedAt = this.#now;
    const mappings = readMaps(this.#memory.pid).filter(({ executable }) => executable);
    if (mappings.length === 0) return;
    if (isSame(mappings, this.#ranges)) return;
    this.#ranges = mappings.map((mapping) => this.#open(mapping));
    this.generation++;
  }

  /** Code whose debug information has come has other names from now on. */
  #noticeDebugFiles(): void {
    let editions = 0;
    for (const { file } of this.#ranges) {
      file?.noticeDebugFile();
      editions += file?.edition ?? 0;
    }
    if (editions === this.#editions) return;
    this.#editions = editions;
    this.generation++;
  }

  #open(mapping: MappedFile): MappedCode {
    const { start, end } = mapping;
    const file = findBinaryFile(this.#memory, mapping, this.#files);
    const bias = file && biasOfMapping(file, mapping);
    if (file === undefined || bias === undefined) {
      return { start, end, mapping, bias: 0, table: undefined, file: undefined };
    }
    return {
      start,
      end,
      mapping,
      bias,
      file,
      // Most of the files that are mapped never have a frame in a stack.
      get table() {
        return file.table;
      },
    };
  }
}

function isSame(mappings: readonly MappedFile[], ranges: readonly MappedCode[]): boolean {
  return (
    mappings.length === ranges.length &&
    mappings.every(({ start, end, path, inode }, index) => {
      const { mapping } = ranges[index];
      return (
        mapping.start === start && mapping.end === end && mapping.path === path && mapping.inode === inode
      );
    })
  );
}

function findRange(ranges: readonly MappedCode[], address: number): MappedCode | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && address < range.end ? range : undefined;
}
