// The data model: what every recorder and importer produces, and every view, store and exporter reads.
//
// Tables are columns of equal length; a row is its number. Rows refer to rows of other tables by number, and parents
// stand before their children. A built profile is never changed; builders (profile-builder.ts) make new ones.
//
//   strings ◄── functions ◄── frames ◄── stacks ◄── samples ──► threads ──► processes ◄── counters
//                  mappings ◄──┘    └── parent

import type { Brand } from '../base/brand.ts';

export type StringIndex = Brand<number, 'StringIndex'>;
export type FunctionIndex = Brand<number, 'FunctionIndex'>;
export type MappingIndex = Brand<number, 'MappingIndex'>;
export type FrameIndex = Brand<number, 'FrameIndex'>;
export type StackIndex = Brand<number, 'StackIndex'>;
export type ProcessIndex = Brand<number, 'ProcessIndex'>;
export type ThreadIndex = Brand<number, 'ThreadIndex'>;
export type SampleIndex = Brand<number, 'SampleIndex'>;

/** "No row", "no line", "unknown" inside Int32 columns. Outside of columns use `undefined`. */
export const NONE = -1;

/** What a function is made of; the position in this list is the value in the column. New kinds are appended. */
export const FUNCTION_KINDS = ['python', 'native', 'kernel', 'jit', 'javascript', 'gc', 'other'] as const;
export type FunctionKind = (typeof FUNCTION_KINDS)[number];

/** How a frame was executed; the position in this list is the value in the column. */
export const FRAME_TIERS = ['interpreted', 'jit', 'native', 'gc'] as const;
export type FrameTier = (typeof FRAME_TIERS)[number];

/**
 * What a thread was doing when it was sampled; the position in this list is the value in the column.
 *
 * - `unknown`: not measured, as in most imported profiles
 * - `running`: on a CPU
 * - `runnable`: ready, but waiting for a CPU
 * - `waiting`: blocked in a system call or by a page fault
 * - `waiting-gil`: blocked until another thread gives the interpreter lock away
 */
export const SAMPLE_STATES = ['unknown', 'running', 'runnable', 'waiting', 'waiting-gil'] as const;
export type SampleState = (typeof SAMPLE_STATES)[number];

/** Bits of `samples.state`: the low bits hold the position in SAMPLE_STATES, one flag says who held the lock. */
export const STATE_MASK = 0x0f;
/** The thread held the interpreter lock (GIL) of its interpreter. */
export const STATE_HOLDS_GIL = 0x10;

/** Functions: one row for each distinct function of a program. */
export interface FunctionTable {
  readonly length: number;
  /** Name as its own code object or symbol has it, for example `run`. StringIndex. */
  readonly name: Int32Array;
  /** Name with its enclosing scopes, for example `Server.run.<locals>.step`; NONE where unknown. StringIndex. */
  readonly qualifiedName: Int32Array;
  /** Mangled or otherwise internal name; NONE where it equals `name`. StringIndex. */
  readonly systemName: Int32Array;
  /** Source file, or the mapped file for native code without line information; NONE where unknown. StringIndex. */
  readonly file: Int32Array;
  /** Line the function begins at, from 1; NONE where unknown. */
  readonly firstLine: Int32Array;
  /** Position in FUNCTION_KINDS. */
  readonly kind: Uint8Array;
}

/** Mappings: files that were mapped into a process and held code. */
export interface MappingTable {
  readonly length: number;
  /** StringIndex. */
  readonly file: Int32Array;
  /** Lower-case hexadecimal of the build id; NONE where unknown. StringIndex. */
  readonly buildId: Int32Array;
  /** First address in the process. */
  readonly start: Float64Array;
  /** First address behind the mapping. */
  readonly end: Float64Array;
  /** Position in the file of the byte at `start`, in bytes. */
  readonly offset: Float64Array;
}

/** Frames: places in functions. */
export interface FrameTable {
  readonly length: number;
  /** FunctionIndex. */
  readonly function: Int32Array;
  /** Line being executed, from 1; NONE where unknown. */
  readonly line: Int32Array;
  /** Column, from 1; NONE where unknown. */
  readonly column: Int32Array;
  /** Address in the process; NONE where unknown. */
  readonly address: Float64Array;
  /** MappingIndex; NONE where unknown. */
  readonly mapping: Int32Array;
  /** 0 for a real frame; n for a function inlined n levels deep at the same address. */
  readonly inlineDepth: Uint16Array;
  /** Position in FRAME_TIERS. */
  readonly tier: Uint8Array;
}

/** Stacks: a prefix tree. A row is a call stack: its frame is the innermost, its parent is the stack of the caller. */
export interface StackTable {
  readonly length: number;
  /** StackIndex of the caller; NONE for an outermost frame. Always smaller than the row itself. */
  readonly parent: Int32Array;
  /** FrameIndex. */
  readonly frame: Int32Array;
}

/** Processes of the recorded tree; parents before children. */
export interface ProcessTable {
  readonly length: number;
  /** Process id as the recorder saw it. */
  readonly pid: Int32Array;
  /** ProcessIndex; NONE for the root. */
  readonly parent: Int32Array;
  /** Command line, arguments separated by spaces. StringIndex. */
  readonly command: Int32Array;
  /** Runtime and version, for example `CPython 3.11.7`; NONE for a plain native program. StringIndex. */
  readonly runtime: Int32Array;
  /** When it was first seen, in time units. */
  readonly start: Float64Array;
  /** When it ended, in time units; NONE while it runs and at the end of the recording. */
  readonly end: Float64Array;
}

/** Threads of the recorded processes. */
export interface ThreadTable {
  readonly length: number;
  /** ProcessIndex. */
  readonly process: Int32Array;
  /** Thread id as the recorder saw it. */
  readonly tid: Int32Array;
  /** Name: the runtime's own where it has one, else the system's; NONE where unknown. StringIndex. */
  readonly name: Int32Array;
  /** When it was first seen, in time units. */
  readonly start: Float64Array;
  /** When it ended, in time units; NONE while it runs and at the end of the recording. */
  readonly end: Float64Array;
}

/** A column of as few bytes a row as its values need. */
export type WholeNumbers = Uint8Array | Uint16Array | Uint32Array;

/** What a sample counts for. One column for each kind of weight. */
export interface WeightColumn {
  /** What is measured: `elapsed` (wall time), `cpu`, `samples`, `allocated` … */
  readonly type: string;
  readonly unit: WeightUnit;
  /** A sample's weight is `values[i] * scale`, in `unit`. */
  readonly scale: number;
  readonly values: WholeNumbers | Float64Array;
}

export type WeightUnit = 'nanoseconds' | 'bytes' | 'count';

/** Samples: observations of one thread each, in order of time. */
export interface SampleTable {
  readonly length: number;
  /** When it was taken, in time units since the start of the recording. */
  readonly time: Uint32Array;
  /** ThreadIndex. */
  readonly thread: WholeNumbers;
  /** StackIndex; NONE where the thread had no stack that could be told. */
  readonly stack: Int32Array;
  /** STATE_MASK and STATE_HOLDS_GIL. */
  readonly state: Uint8Array;
  /** At least one. Recordings hold `elapsed` and `cpu`, in this order. */
  readonly weights: readonly WeightColumn[];
}

/** Values measured over time. A value holds until the next one of the same process and name. */
export interface CounterTable {
  readonly length: number;
  /** ProcessIndex. */
  readonly process: Int32Array;
  /** What is measured, for example `resident` (bytes). StringIndex. */
  readonly name: Int32Array;
  /** In time units. */
  readonly time: Float64Array;
  readonly value: Float64Array;
}

/** What was recorded and how sure it is. Grows by merging: later values replace earlier ones, key by key. */
export interface RecordingFacts {
  /** Program that made the recording, with its version. */
  readonly producer?: string;
  /** Host, system and architecture, for example `web-1, Linux 6.1 x86_64, 8 CPUs`. */
  readonly host?: string;
  /** Command line of the root process. */
  readonly command?: string;
  /** Wall clock at time 0, in milliseconds since 1970. */
  readonly startedAt?: number;
  /** Length of the recording, in nanoseconds of the monotonic clock. */
  readonly duration?: number;
  /** Samples asked for, per second and thread; 0 means as fast as possible. */
  readonly askedRate?: number;
  /** Rounds of sampling made, per second. */
  readonly realRate?: number;
  /** `regular` deadlines or `exponential` gaps. */
  readonly schedule?: 'regular' | 'exponential';
  /** `launched` by us or `attached` to. */
  readonly mode?: 'launched' | 'attached' | 'imported';
  /** Exit code of the root process, or the name of the signal that ended it. */
  readonly exit?: number | string;
  /** Rounds that began more than half a period late, and rounds left out because an earlier one took too long. */
  readonly lateRounds?: number;
  readonly missedRounds?: number;
  readonly rounds?: number;
  /** Samples that needed another snapshot, that needed the thread to be stopped, and that were given up: cause → count. */
  readonly retriedSamples?: number;
  readonly stoppedSamples?: number;
  readonly lostSamples?: Readonly<Record<string, number>>;
  /** Native stacks: how each could be read, and put together with the one of Python → count. */
  readonly nativeStacks?: Readonly<Record<string, number>>;
  /** How long threads were stopped: `count`, and in nanoseconds `median`, `p99` and `longest`. */
  readonly stopTimes?: Readonly<Record<string, number>>;
  /** CPU time of the profiler itself, in nanoseconds. */
  readonly profilerCpu?: number;
  /** Anything else worth telling: key → text. */
  readonly notes?: Readonly<Record<string, string>>;
}

export interface Profile {
  /** Length of one time unit, in nanoseconds. */
  readonly timeUnit: number;
  readonly strings: readonly string[];
  readonly functions: FunctionTable;
  readonly mappings: MappingTable;
  readonly frames: FrameTable;
  readonly stacks: StackTable;
  readonly processes: ProcessTable;
  readonly threads: ThreadTable;
  readonly samples: SampleTable;
  readonly counters: CounterTable;
  readonly facts: RecordingFacts;
  /** Texts of source files, by the name that functions have for the file; lines end with `\n`. Absent: it carries none. */
  readonly sources?: ReadonlyMap<string, string>;
}
