// What a log of PyPy's JIT compiler holds, in columns. A row is its number; NONE is "no row" and "unknown" inside columns.
// Ids, descriptors and addresses are numbers of 64 bits; those above 2^53 (there are hardly any) are rounded.

/** How a trace began; the position is the value in the column. */
export const TRACE_KINDS = ['loop', 'bridge', 'other'] as const;
/** A trace as it was recorded, optimized, and turned into machine code; the position is the value in the column. */
export const STAGES = ['recorded', 'optimized', 'assembled'] as const;
/** How a trace leads to another; the position is the value in the column. */
export const LINK_KINDS = ['bridge', 'redirect', 'jump'] as const;
/** What was counted; the position is the value in the column. */
export const COUNTER_KINDS = ['entry', 'bridge', 'label', 'other'] as const;

/** A piece of a program that was compiled: a loop, or a bridge from a guard that failed often. */
export interface TraceTable {
  readonly length: number;
  readonly id: Float64Array;
  /** Position in TRACE_KINDS. */
  readonly kind: Uint8Array;
  /** Number of a loop; descriptor of the guard that a bridge begins at. */
  readonly descriptor: Float64Array;
  /** Name of the jit driver, the interpreter's loop; NONE before version 2. StringIndex. */
  readonly driver: Int32Array;
  /** First address of the machine code, and the first one behind it; NONE where there is none. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** How often it was entered. */
  readonly entries: Float64Array;
  /** How often its labels were passed: about the rounds of a loop. */
  readonly passes: Float64Array;
  /** Trace with the guard that a bridge begins at; NONE. */
  readonly parent: Int32Array;
  /** Operation of that guard; NONE. */
  readonly guard: Int32Array;
  /** 1: tracing was given up. */
  readonly aborted: Uint8Array;
}

/** Stages of traces. */
export interface StageTable {
  readonly length: number;
  readonly trace: Int32Array;
  /** Position in STAGES. */
  readonly kind: Uint8Array;
  /** Names of the input arguments, separated by commas; NONE. StringIndex. */
  readonly inputs: Int32Array;
}

/** Operations of stages, in their order. */
export interface OperationTable {
  readonly length: number;
  readonly stage: Int32Array;
  /** StringIndex. */
  readonly name: Int32Array;
  /** Variable that takes the result; may be empty. StringIndex. */
  readonly result: Int32Array;
  /** Separated by commas. StringIndex. */
  readonly arguments: Int32Array;
  /** Descriptor as text; NONE where the operation has none. StringIndex. */
  readonly descriptorText: Int32Array;
  /** NONE where the operation has none. */
  readonly descriptor: Float64Array;
  /** What a guard leaves behind when it fails, separated by commas; NONE before version 2. StringIndex. */
  readonly failArguments: Int32Array;
  /** Position of its machine code in the trace; NONE. */
  readonly codeOffset: Int32Array;
  /** Its machine code: so many bytes of `code` from there on. */
  readonly codeStart: Int32Array;
  readonly codeLength: Int32Array;
}

/** Places of the program that stand before an operation of a stage. */
export interface MergePointTable {
  readonly length: number;
  readonly stage: Int32Array;
  /** Operations of the stage that stand before. */
  readonly position: Int32Array;
  /** StringIndex; NONE. */
  readonly file: Int32Array;
  readonly line: Int32Array;
  /** Function. StringIndex; NONE. */
  readonly scope: Int32Array;
  /** Position in the bytecode; NONE. */
  readonly index: Int32Array;
  /** Bytecode. StringIndex; NONE. */
  readonly opcode: Int32Array;
}

export interface LinkTable {
  readonly length: number;
  /** Position in LINK_KINDS. */
  readonly kind: Uint8Array;
  readonly fromTrace: Int32Array;
  readonly fromOperation: Int32Array;
  readonly toTrace: Int32Array;
}

export interface CounterTable {
  readonly length: number;
  /** Position in COUNTER_KINDS. */
  readonly kind: Uint8Array;
  /** Id of a trace, or descriptor of a guard or label. */
  readonly number: Float64Array;
  readonly count: Float64Array;
  /** The trace that was entered, or has the label; NONE for one that was compiled before the log began. */
  readonly trace: Int32Array;
}

/** Lines of source text that clients of the original's server put behind the log. */
export interface SourceTable {
  readonly length: number;
  /** StringIndex. */
  readonly file: Int32Array;
  readonly line: Int32Array;
  /** Spaces before the text. */
  readonly indent: Int32Array;
  /** StringIndex. */
  readonly text: Int32Array;
}

export interface JitLog {
  readonly version: number;
  readonly is32Bit: boolean;
  /** `x86_64`, `ppc64le`, `s390x` … */
  readonly machine: string;
  readonly strings: readonly string[];
  readonly traces: TraceTable;
  readonly stages: StageTable;
  readonly operations: OperationTable;
  readonly mergePoints: MergePointTable;
  readonly links: LinkTable;
  readonly counters: CounterTable;
  readonly sources: SourceTable;
  /** Machine code of all operations. */
  readonly code: Uint8Array;
}

/** "No row", "unknown". */
export const NONE = -1;
