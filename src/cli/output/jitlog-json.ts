import { summarizeTraces } from '../../formats/jitlog/summarize.ts';
import { type JitLog, LINK_KINDS, STAGES } from '../../formats/jitlog/tables.ts';
import { JSON_SCHEMA_VERSION } from './json.ts';

/** The traces of a log of the JIT as a value for `--json`. `limit` 0: all of them. */
export function describeJitLog(file: string, log: JitLog, limit: number, notes: readonly string[]) {
  const all = summarizeTraces(log);
  const shown = limit === 0 ? all : all.slice(0, limit);
  return {
    schema: JSON_SCHEMA_VERSION,
    view: 'jitlog',
    file,
    notes,
    version: log.version,
    machine: log.machine,
    wordSize: log.is32Bit ? 4 : 8,
    operations: log.operations.length,
    mergePoints: log.mergePoints.length,
    codeBytes: log.code.length,
    sourceLines: log.sources.length,
    links: LINK_KINDS.map((kind, value) => ({
      kind,
      count: log.links.kind.reduce((sum: number, each) => sum + (each === value ? 1 : 0), 0),
    })),
    traces: shown.map((summary) => ({
      id: summary.id,
      kind: summary.kind,
      driver: summary.driver ?? null,
      entries: summary.entries,
      passes: summary.passes,
      operations: Object.fromEntries(STAGES.map((stage, i) => [stage, summary.operations[i] ?? null])),
      codeBytes: summary.codeBytes ?? null,
      parent: summary.parentId ?? null,
      guard: summary.guard ?? null,
      leadsTo: summary.linkedIds,
      aborted: summary.isAborted,
      scope: summary.scope ?? null,
      file: summary.file ?? null,
      line: summary.line ?? null,
    })),
    left: { traces: all.length - shown.length },
  };
}
