import { type JitLog, NONE, STAGES, TRACE_KINDS } from './tables.ts';

/** A trace in short. */
export interface TraceSummary {
  /** Row of the trace. */
  readonly trace: number;
  readonly id: number;
  readonly kind: (typeof TRACE_KINDS)[number];
  readonly driver: string | undefined;
  /** How often it was entered, and how often its labels were passed. */
  readonly entries: number;
  readonly passes: number;
  /** Operations of each stage, in the order of STAGES; undefined where the stage is missing. */
  readonly operations: readonly (number | undefined)[];
  /** Bytes of machine code. */
  readonly codeBytes: number | undefined;
  /** Ids of the trace that a bridge begins in, and of traces that this one leads to. */
  readonly parentId: number | undefined;
  readonly linkedIds: readonly number[];
  /** Operation that a bridge takes over when it fails. */
  readonly guard: string | undefined;
  readonly isAborted: boolean;
  /** Where the trace begins in the program, and the lines that it comes by. */
  readonly scope: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** All traces, those that ran most often first. */
export function summarizeTraces(log: JitLog): TraceSummary[] {
  const { traces, strings } = log;
  const counts = countOperations(log);
  const places = findPlaces(log);
  const linked = Array.from({ length: traces.length }, () => new Set<number>());
  for (let row = 0; row < log.links.length; row++) {
    const to = log.links.toTrace[row];
    if (to !== log.links.fromTrace[row]) linked[log.links.fromTrace[row]].add(traces.id[to]);
  }
  const text = (row: number) => (row === NONE ? undefined : strings[row]);
  const summaries = Array.from({ length: traces.length }, (_, trace): TraceSummary => {
    const place = places[trace];
    const guard = traces.guard[trace];
    const isAssembled = traces.start[trace] !== NONE && traces.end[trace] >= traces.start[trace];
    return {
      trace,
      id: traces.id[trace],
      kind: TRACE_KINDS[traces.kind[trace]] ?? 'other',
      driver: text(traces.driver[trace]),
      entries: traces.entries[trace],
      passes: traces.passes[trace],
      operations: STAGES.map((_stage, kind) => counts[trace * STAGES.length + kind]),
      codeBytes: isAssembled ? traces.end[trace] - traces.start[trace] : undefined,
      parentId: traces.parent[trace] === NONE ? undefined : traces.id[traces.parent[trace]],
      linkedIds: [...linked[trace]],
      guard: guard === NONE ? undefined : strings[log.operations.name[guard]],
      isAborted: traces.aborted[trace] === 1,
      scope: place === NONE ? undefined : text(log.mergePoints.scope[place]),
      file: place === NONE ? undefined : text(log.mergePoints.file[place]),
      line: place === NONE || log.mergePoints.line[place] <= 0 ? undefined : log.mergePoints.line[place],
    };
  });
  return summaries.sort(
    (a, b) => Math.max(b.entries, b.passes) - Math.max(a.entries, a.passes) || a.trace - b.trace,
  );
}

/** By trace and stage; undefined where the trace has no such stage. */
function countOperations({ stages, operations, traces }: JitLog): (number | undefined)[] {
  const ofStage = new Uint32Array(stages.length);
  for (const stage of operations.stage) ofStage[stage]++;
  const counts: (number | undefined)[] = new Array(traces.length * STAGES.length).fill(undefined);
  for (let row = 0; row < stages.length; row++) {
    const slot = stages.trace[row] * STAGES.length + stages.kind[row];
    counts[slot] = (counts[slot] ?? 0) + ofStage[row];
  }
  return counts;
}

/** The first merge point of each trace that tells a place, of the optimized stage where it has one; NONE. */
function findPlaces({ traces, stages, mergePoints }: JitLog): Int32Array {
  const places = new Int32Array(traces.length).fill(NONE);
  const optimized = new Uint8Array(traces.length);
  for (let row = 0; row < mergePoints.length; row++) {
    const stage = mergePoints.stage[row];
    if (stage === NONE || (mergePoints.file[row] === NONE && mergePoints.scope[row] === NONE)) continue;
    const trace = stages.trace[stage];
    const isOptimized = STAGES[stages.kind[stage]] === 'optimized';
    if (places[trace] !== NONE && !(isOptimized && optimized[trace] === 0)) continue;
    places[trace] = row;
    if (isOptimized) optimized[trace] = 1;
  }
  return places;
}
