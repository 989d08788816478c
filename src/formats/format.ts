// What all foreign formats have in common. One file for each format; formats.ts is the table of them.

import type { Measure } from '../profile/measure.ts';
import type { Profile } from '../profile/tables.ts';
import type { Input } from './input.ts';
import type { Carried } from './losses.ts';

/** A file format for profiles. A new one is a value of this type and a line in formats.ts. */
export interface Format {
  /** What users write behind `--to` and `--from`. */
  readonly name: string;
  /** What it is called in sentences. */
  readonly title: string;
  /** Ends of file names, each with its dot, the usual one first. The longest match of all formats decides. */
  readonly extensions: readonly string[];
  /** Whether it is this format, by its content. The name is a hint for formats that have no mark of their own. */
  matches(file: FileHead): boolean;
  /** Throws `not-a-recording` when the input cannot be this format. What can be read in spite of damage is read. */
  readonly importProfile?: (input: Input) => ImportedProfile;
  readonly exportProfile?: (profile: Profile, options: ExportOptions) => ExportedProfile;
  /** What it has a place for besides functions and one weight: for docs/formats.md, and for describeLosses. */
  readonly carries: Carried;
  /** For docs/formats.md and the help. */
  readonly remarks: FormatRemarks;
}

/** What there is to know about a format that follows from nothing else. Sentences. */
export interface FormatRemarks {
  /** Who reads or writes it, or what it is good for: a few words, no sentence. */
  readonly usedBy: string;
  /** What else it has no place for, or changes on the way. */
  readonly losses?: readonly string[];
  /** Bounds of reading and writing, and how the values are meant. */
  readonly limits?: readonly string[];
}

/** What detection sees of a file: its beginning (decompressed, at least 64 KiB unless it is shorter) and its name. */
export interface FileHead {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** All of the file is in `bytes`. */
  readonly isWhole: boolean;
}

export interface ImportedProfile {
  readonly profile: Profile;
  /** Sentences about what is damaged, was left out, or had to be guessed. */
  readonly notes: readonly string[];
}

export interface ExportOptions {
  /** Which weight to write, in formats that hold only one. */
  readonly measure: Measure;
  /** What viewers show as the name of the profile. */
  readonly title: string;
}

export interface ExportedProfile {
  readonly bytes: Uint8Array;
  /** Sentences about what the format cannot carry. */
  readonly notes: readonly string[];
}
