// What reading the headers and the symbols of ELF files has in common.

/** Gives up to `length` bytes at `offset`: fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** A section header with its name. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  /** Its bytes begin with a header that says how: see elf-section-data.ts. */
  readonly isCompressed: boolean;
  /** Link-time address, 0 when the section is not loaded. */
  readonly address: number;
  /** Position in the file. */
  readonly offset: number;
  readonly size: number;
  /** The section this one refers to: the string table of a symbol table. */
  readonly link: number;
}

/** A symbol that this file defines. */
export interface ElfSymbol {
  /** Link-time address. */
  readonly address: number;
  readonly size: number;
}
