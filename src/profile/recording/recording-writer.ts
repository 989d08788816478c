// What a growing recording has written so far, and the chunks with what is new.

import { ByteWriter } from '../../base/byte-writer.ts';
import { joinBytes } from '../../base/join-bytes.ts';
import type { WeightSpec } from '../builder/sample-table-builder.ts';
import type { Profile, RecordingFacts } from '../tables.ts';
import { writeFrames, writeFunctions, writeMappings, writeStacks, writeStrings } from './code-sections.ts';
import {
  CounterModel,
  writeCounters,
  writeFacts,
  writeProcesses,
  writeProcessUpdates,
  writeThreads,
  writeThreadUpdates,
} from './process-sections.ts';
import { ChunkWriter } from './recording-chunks.ts';
import {
  CHUNK_DATA,
  CHUNK_END,
  CHUNK_HEADER,
  MAX_SECTION_ROWS,
  MAX_TEXT_LENGTH,
  SECTION,
  USUAL_BODY_LENGTH,
} from './recording-format.ts';
import { encodeHeaderText } from './recording-header.ts';
import { SampleWriter } from './sample-writer.ts';
import type { RowRange } from './section-columns.ts';
import { writeSources } from './source-section.ts';

/** Samples in one section: enough to make its overhead vanish, few enough for its codes to fit. */
const USUAL_SECTION_ROWS = 1 << 14;

export class RecordingWriter {
  readonly #timeUnit: number;
  readonly #weights: readonly WeightSpec[];
  readonly #chunks = new ChunkWriter();
  readonly #samples: SampleWriter;
  readonly #counters = new CounterModel();
  /** Rows of each table that were written. */
  readonly #written = { strings: 0, functions: 0, mappings: 0, frames: 0, stacks: 0 };
  /** What was last written of what can change. */
  readonly #processes: { command: number; runtime: number; end: number }[] = [];
  readonly #threads: { name: number; end: number }[] = [];
  #facts: RecordingFacts = {};
  /** Files whose texts were written. */
  readonly #sources = new Set<string>();
  /** Finished chunks, and the sections of the next one. */
  #output: Uint8Array[] = [];
  readonly #body = new ByteWriter();
  readonly #section = new ByteWriter();

  constructor(timeUnit: number, weights: readonly WeightSpec[]) {
    this.#timeUnit = timeUnit;
    this.#weights = weights;
    this.#samples = new SampleWriter(weights);
  }

  /** The first bytes of the file. */
  encodeHeader(facts: RecordingFacts): Uint8Array {
    const body = new ByteWriter();
    body.writeText(encodeHeaderText({ timeUnit: this.#timeUnit, weights: this.#weights, facts }));
    this.#facts = facts;
    return joinBytes([this.#chunks.encodePreamble(), this.#chunks.encodeChunk(CHUNK_HEADER, body.view())]);
  }

  /** Everything in the profile that was not written yet; all of its samples and counters are new. */
  encodeNew(profile: Profile): Uint8Array {
    this.#addStrings(profile.strings);
    this.#addCode(profile);
    this.#addProcesses(profile);
    this.#addThreads(profile);
    const samples = { start: 0, end: profile.samples.length };
    this.#addRows(SECTION.samples, samples, USUAL_SECTION_ROWS, (writer, rows) =>
      this.#samples.write(writer, profile, rows),
    );
    const counters = { start: 0, end: profile.counters.length };
    this.#addRows(SECTION.counters, counters, USUAL_SECTION_ROWS, (writer, rows) =>
      writeCounters(writer, profile.counters, rows, this.#counters),
    );
    this.#addFacts(profile.facts);
    this.#addSources(profile.sources);
    this.#endChunk();
    const bytes = joinBytes(this.#output);
    this.#output = [];
    return bytes;
  }

  /** The last chunk: nothing was lost at the end. */
  encodeEnd(): Uint8Array {
    return this.#chunks.encodeChunk(CHUNK_END, new Uint8Array(0));
  }

  #addStrings(strings: readonly string[]): void {
    // Sections of a limited number of characters, too.
    let start = this.#written.strings;
    while (start < strings.length) {
      let end = start;
      for (let size = 0; end < strings.length && end - start < MAX_SECTION_ROWS; end++) {
        size += strings[end].length;
        if (size > USUAL_BODY_LENGTH && end > start) break;
      }
      const rows = { start, end };
      this.#addSection(SECTION.strings, (writer) => writeStrings(writer, strings, rows));
      start = end;
    }
    this.#written.strings = start;
  }

  #addCode(profile: Profile): void {
    const tables = [
      ['functions', SECTION.functions, writeFunctions],
      ['mappings', SECTION.mappings, writeMappings],
      ['frames', SECTION.frames, writeFrames],
      ['stacks', SECTION.stacks, writeStacks],
    ] as const;
    for (const [table, kind, write] of tables) {
      const rows = { start: this.#written[table], end: profile[table].length };
      this.#addRows(kind, rows, MAX_SECTION_ROWS, (writer, part) => write(writer, profile, part));
      this.#written[table] = rows.end;
    }
  }

  #addProcesses(profile: Profile): void {
    const { command, runtime, end, length } = profile.processes;
    const before = this.#processes.length;
    const changed: number[] = [];
    for (let row = 0; row < length; row++) {
      const now = { command: command[row], runtime: runtime[row], end: end[row] };
      const last = this.#processes[row];
      if (row >= before) {
        this.#processes.push(now);
      } else if (last.command !== now.command || last.runtime !== now.runtime || last.end !== now.end) {
        this.#processes[row] = now;
        changed.push(row);
      }
    }
    this.#addRows(SECTION.processes, { start: before, end: length }, MAX_SECTION_ROWS, (writer, rows) =>
      writeProcesses(writer, profile, rows),
    );
    this.#addRows(
      SECTION.processUpdates,
      { start: 0, end: changed.length },
      MAX_SECTION_ROWS,
      (writer, rows) => writeProcessUpdates(writer, profile, changed.slice(rows.start, rows.end)),
    );
  }

  #addThreads(profile: Profile): void {
    const { name, end, length } = profile.threads;
    const before = this.#threads.length;
    const changed: number[] = [];
    for (let row = 0; row < length; row++) {
      const now = { name: name[row], end: end[row] };
      const last = this.#threads[row];
      if (row >= before) {
        this.#threads.push(now);
      } else if (last.name !== now.name || last.end !== now.end) {
        this.#threads[row] = now;
        changed.push(row);
      }
    }
    this.#addRows(SECTION.threads, { start: before, end: length }, MAX_SECTION_ROWS, (writer, rows) =>
      writeThreads(writer, profile, rows),
    );
    this.#addRows(
      SECTION.threadUpdates,
      { start: 0, end: changed.length },
      MAX_SECTION_ROWS,
      (writer, rows) => writeThreadUpdates(writer, profile, changed.slice(rows.start, rows.end)),
    );
  }

  /** Only the facts that changed. */
  #addFacts(facts: RecordingFacts): void {
    const written: Readonly<Record<string, unknown>> = { ...this.#facts };
    const changed = Object.entries(facts).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(written[key]),
    );
    this.#facts = facts;
    if (changed.length === 0) return;
    this.#addSection(SECTION.facts, (writer) => writeFacts(writer, Object.fromEntries(changed)));
  }

  /** A section for each file. What would not fit into a chunk is left out: half a source helps nobody. */
  #addSources(sources: Profile['sources']): void {
    for (const source of sources ?? []) {
      if (this.#sources.has(source[0]) || source[1].length > MAX_TEXT_LENGTH) continue;
      this.#sources.add(source[0]);
      this.#addSection(SECTION.sources, (writer) => writeSources(writer, [source]));
    }
  }

  /** A section for each so many rows. */
  #addRows(
    kind: number,
    rows: RowRange,
    limit: number,
    write: (writer: ByteWriter, rows: RowRange) => void,
  ): void {
    for (let start = rows.start; start < rows.end; start += limit) {
      this.#addSection(kind, (writer) => write(writer, { start, end: Math.min(start + limit, rows.end) }));
    }
  }

  #addSection(kind: number, write: (writer: ByteWriter) => void): void {
    this.#section.clear();
    write(this.#section);
    this.#body.writeByte(kind);
    this.#body.writeVarint(this.#section.length);
    this.#body.writeBytes(this.#section.view());
    if (this.#body.length >= USUAL_BODY_LENGTH) this.#endChunk();
  }

  #endChunk(): void {
    if (this.#body.length === 0) return;
    this.#output.push(this.#chunks.encodeChunk(CHUNK_DATA, this.#body.view()));
    this.#body.clear();
  }
}
