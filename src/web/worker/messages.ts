// What the page and its worker say to each other: questions about a view, and answers mostly as columns.
//
// The worker holds the profiles; the page holds what it draws. Functions are told by their row within a recording and, for
// URLs and other recordings, by a key (function-keys.ts).

import type { Pairs } from '../../profile/describe-recording.ts';
import type { Measure } from '../../profile/measure.ts';
import type { FunctionKind, SampleState, WeightUnit } from '../../profile/tables.ts';
import type { FlameChart } from '../../profile/trees/flame-chart.ts';
import type { FlameBoxes } from '../../profile/trees/flame-layout.ts';

/** Functions across recordings and page loads: `qualified name@file`. */
export type FunctionKey = string;

/** A transform as users choose it; transforms.ts of the profile has the meaning. */
export type TransformSpec =
  | { readonly type: 'focus'; readonly key: FunctionKey }
  | { readonly type: 'path'; readonly keys: readonly FunctionKey[] }
  | { readonly type: 'merge'; readonly key: FunctionKey }
  | { readonly type: 'drop'; readonly key: FunctionKey }
  | { readonly type: 'recursion'; readonly key: FunctionKey }
  | { readonly type: 'file'; readonly file: string }
  /** Takes out the standard library and the import machinery. */
  | { readonly type: 'hide-library' }
  /** Takes out installed packages: site-packages, node_modules. */
  | { readonly type: 'hide-packages' }
  /** Keeps the samples that a search finds something in. */
  | { readonly type: 'filter'; readonly text: string };

/** Which part of a recording a view is about, and how it counts. */
export interface ViewSpec {
  readonly recording: number;
  /** Of the summary: a live recording has a new one each time it has grown. */
  readonly revision: number;
  readonly measure: Measure;
  /** In nanoseconds since the start. */
  readonly time: { readonly start: number; readonly end: number } | undefined;
  /** Rows; none: all. */
  readonly threads: readonly number[];
  readonly states: readonly SampleState[];
  readonly transforms: readonly TransformSpec[];
}

export interface FunctionLabel {
  /** Row in the function table. */
  readonly row: number;
  readonly key: FunctionKey;
  readonly name: string;
  /** Empty where unknown. */
  readonly file: string;
  /** First line; 0 where unknown. */
  readonly line: number;
  readonly kind: FunctionKind;
}

/** What shares are shares of, in every answer about weights. */
export interface Totals {
  readonly unit: WeightUnit;
  readonly sum: number;
  readonly samples: number;
  readonly effectiveSamples: number;
}

export interface ThreadSummary {
  readonly row: number;
  readonly process: number;
  readonly name: string;
  readonly tid: number;
  readonly samples: number;
}

export interface ProcessSummary {
  readonly row: number;
  readonly pid: number;
  readonly command: string;
  readonly runtime: string;
  /** In nanoseconds. */
  readonly start: number;
}

export interface RecordingSummary {
  /** Counts how often it has grown. */
  readonly revision: number;
  /** It is still being made. */
  readonly isLive: boolean;
  readonly name: string;
  readonly format: string;
  readonly command: string;
  /** What is damaged, was left out or had to be guessed. */
  readonly notes: readonly string[];
  /** In nanoseconds; 0 when nothing has a time. */
  readonly duration: number;
  readonly samples: number;
  readonly measures: readonly { readonly measure: Measure; readonly title: string }[];
  readonly usualMeasure: Measure;
  readonly threads: readonly ThreadSummary[];
  readonly processes: readonly ProcessSummary[];
  readonly hasStates: boolean;
  readonly hasMemory: boolean;
  readonly hasCpu: boolean;
  readonly hasLines: boolean;
}

export interface InfoAnswer {
  readonly sections: readonly { readonly title: string; readonly pairs: Pairs }[];
}

export interface TotalsAnswer {
  readonly totals: Totals;
  /** Of the whole recording, in the same measure. */
  readonly whole: Totals;
}

export interface FlameRequest {
  readonly view: ViewSpec;
  readonly inverted: boolean;
  /** Path of the zoomed node, outermost first (inverted: innermost first); as far as it exists. */
  readonly zoom: readonly FunctionKey[];
  /** Narrower boxes, in parts of the width, are not needed. */
  readonly minWidth: number;
  readonly search: string;
}

export interface FlameAnswer {
  readonly totals: Totals;
  readonly boxes: FlameBoxes;
  /** By box: place in `labels`; -1 for the root and for what is too narrow. */
  readonly label: Int32Array;
  readonly labels: readonly FunctionLabel[];
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  /** By label: 1 where the search finds it. */
  readonly matches: Uint8Array;
  readonly matched: { readonly weight: number; readonly samples: number } | undefined;
  /** The zoomed path as far as it was found. */
  readonly zoom: readonly FunctionLabel[];
  /** Why the search means nothing. */
  readonly searchProblem: string | undefined;
}

export type FunctionSort = 'self' | 'total' | 'samples' | 'name' | 'file';

export interface FunctionsRequest {
  readonly view: ViewSpec;
  readonly sort: FunctionSort;
  readonly ascending: boolean;
  readonly search: string;
  readonly from: number;
  readonly count: number;
}

/** A row with what it costs. */
export interface CostRow {
  /** Undefined: the samples without a stack. */
  readonly label: FunctionLabel | undefined;
  readonly self: number;
  readonly total: number;
  readonly selfSamples: number;
  readonly totalSamples: number;
}

export interface FunctionsAnswer {
  readonly totals: Totals;
  /** All rows that pass the search. */
  readonly length: number;
  readonly from: number;
  readonly rows: readonly CostRow[];
  readonly searchProblem: string | undefined;
}

export interface NeighbourRow {
  /** Undefined: no caller, or the function's own code. */
  readonly label: FunctionLabel | undefined;
  readonly weight: number;
  readonly samples: number;
}

export interface NeighboursAnswer {
  readonly totals: Totals;
  readonly chosen: CostRow | undefined;
  readonly callers: readonly NeighbourRow[];
  readonly callees: readonly NeighbourRow[];
}

export interface TreeRequest {
  readonly view: ViewSpec;
  readonly inverted: boolean;
  /** Hashes of functions from the root, joined by `/`: the nodes whose children are shown. */
  readonly expanded: readonly string[];
  readonly from: number;
  readonly count: number;
}

export interface TreeRow extends CostRow {
  /** Function rows from the root, joined by `/`: no other row has the same. */
  readonly path: string;
  /** As in `expanded`. Functions of the same key, such as lambdas of a file, have the same. */
  readonly hashes: string;
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly isExpanded: boolean;
}

export interface TreeAnswer {
  readonly totals: Totals;
  readonly length: number;
  readonly from: number;
  readonly rows: readonly TreeRow[];
}

export interface TimelineRequest {
  readonly recording: number;
  readonly revision: number;
  /** In nanoseconds. */
  readonly start: number;
  readonly end: number;
  readonly buckets: number;
  readonly threads: readonly number[];
}

export interface TimelineAnswer {
  readonly start: number;
  readonly end: number;
  readonly buckets: number;
  readonly threads: readonly number[];
  /** As in ThreadActivity. */
  readonly states: Float32Array;
  readonly cpus: Float32Array;
}

export interface MemoryRequest {
  readonly recording: number;
  readonly revision: number;
  readonly start: number;
  readonly end: number;
  /** Most points of a curve; peaks are kept. */
  readonly points: number;
}

export interface MemoryCurveAnswer {
  readonly process: number;
  /** In nanoseconds. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly peak: { readonly time: number; readonly value: number };
  /** What each thread was doing at the peak. */
  readonly stacks: readonly { readonly thread: string; readonly frames: readonly FunctionLabel[] }[];
}

export interface MemoryAnswer {
  readonly curves: readonly MemoryCurveAnswer[];
}

export interface SourceRequest {
  readonly view: ViewSpec;
  readonly file: string;
}

export interface SourceAnswer {
  readonly totals: Totals;
  /** Ascending. */
  readonly line: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
}

export interface FilesAnswer {
  readonly totals: Totals;
  /** By descending self. */
  readonly files: readonly { readonly file: string; readonly self: number; readonly total: number }[];
}

export interface ChartRequest {
  readonly view: ViewSpec;
  readonly thread: number;
  /** In nanoseconds. */
  readonly start: number;
  readonly end: number;
  readonly columns: number;
  readonly maxDepth: number;
  readonly search: string;
}

export interface ChartAnswer {
  /** Times in nanoseconds. */
  readonly chart: FlameChart;
  readonly label: Int32Array;
  readonly labels: readonly FunctionLabel[];
  readonly matches: Uint8Array;
}

/** What changed from one view to another; of the same measure. */
export interface CompareRequest {
  /** After the change. */
  readonly view: ViewSpec;
  readonly before: ViewSpec;
  /** Shares of each view, or amounts as they are. */
  readonly normalisation: 'samples' | 'none';
  /** Whose totals the boxes are as wide as. */
  readonly widths: 'before' | 'after';
  /** As in FlameRequest. */
  readonly inverted: boolean;
  readonly zoom: readonly FunctionKey[];
  readonly minWidth: number;
  readonly search: string;
  readonly from: number;
  readonly count: number;
}

/** A function, or a box, with its cost on both sides. */
export interface ChangeRow {
  /** Undefined: all samples, those without a stack, or smaller boxes. */
  readonly label: FunctionLabel | undefined;
  readonly before: number;
  readonly after: number;
  /** After minus before: of shares (1 is all), or of amounts. */
  readonly change: number;
  readonly error: number;
  readonly isSignificant: boolean;
}

export interface CompareAnswer {
  readonly before: Totals;
  readonly after: Totals;
  readonly boxes: FlameBoxes;
  /** By box. */
  readonly changes: readonly ChangeRow[];
  /** The zoomed path as far as it was found. */
  readonly zoom: readonly FunctionLabel[];
  /** Functions whose self changed most, first. */
  readonly length: number;
  readonly from: number;
  readonly rows: readonly ChangeRow[];
  /** The largest change of a total, for colours. */
  readonly largest: number;
  readonly searchProblem: string | undefined;
}

export interface ExportRequest {
  readonly view: ViewSpec;
  readonly format: 'collapsed' | 'csv' | 'recording';
}

/** Every question, with its answer. */
export interface Queries {
  compare: { request: CompareRequest; answer: CompareAnswer };
  info: { request: { readonly recording: number; readonly revision: number }; answer: InfoAnswer };
  totals: { request: { readonly view: ViewSpec }; answer: TotalsAnswer };
  flame: { request: FlameRequest; answer: FlameAnswer };
  functions: { request: FunctionsRequest; answer: FunctionsAnswer };
  neighbours: { request: { readonly view: ViewSpec; readonly key: FunctionKey }; answer: NeighboursAnswer };
  tree: { request: TreeRequest; answer: TreeAnswer };
  timeline: { request: TimelineRequest; answer: TimelineAnswer };
  memory: { request: MemoryRequest; answer: MemoryAnswer };
  source: { request: SourceRequest; answer: SourceAnswer };
  files: { request: { readonly view: ViewSpec }; answer: FilesAnswer };
  /** The text of a file, where the recording carries it. */
  text: { request: { readonly recording: number; readonly file: string }; answer: string | undefined };
  chart: { request: ChartRequest; answer: ChartAnswer };
  export: { request: ExportRequest; answer: Uint8Array };
}

export type QueryName = keyof Queries;
