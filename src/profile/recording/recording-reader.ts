// Reads the sections of data chunks into a builder.

import { ByteReader } from '../../base/byte-reader.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { readFrames, readFunctions, readMappings, readStacks, readStrings } from './code-sections.ts';
import {
  CounterModel,
  readCounters,
  readFacts,
  readProcesses,
  readProcessUpdates,
  readThreads,
  readThreadUpdates,
} from './process-sections.ts';
import { SECTION } from './recording-format.ts';
import type { RecordingHeader } from './recording-header.ts';
import { SampleReader } from './sample-reader.ts';
import { readSources } from './source-section.ts';

export class RecordingReader {
  readonly builder: ProfileBuilder;
  readonly #samples: SampleReader;
  readonly #counters = new CounterModel();

  constructor(header: RecordingHeader, maxSamples: number) {
    this.builder = new ProfileBuilder({ timeUnit: header.timeUnit, weights: header.weights });
    this.builder.mergeFacts(header.facts);
    this.#samples = new SampleReader(this.builder, maxSamples);
  }

  /** Reads the sections of a data chunk. Throws MalformedError; what stood before is in the builder then. */
  readSections(reader: ByteReader): void {
    while (reader.remaining > 0) {
      const kind = reader.readByte();
      const length = reader.readVarint();
      const start = reader.position;
      reader.readBytes(length);
      this.#readSection(kind, new ByteReader(reader.bytes, start, start + length));
    }
  }

  #readSection(kind: number, reader: ByteReader): void {
    const { builder } = this;
    if (kind === SECTION.strings) readStrings(reader, builder);
    else if (kind === SECTION.functions) readFunctions(reader, builder);
    else if (kind === SECTION.mappings) readMappings(reader, builder);
    else if (kind === SECTION.frames) readFrames(reader, builder);
    else if (kind === SECTION.stacks) readStacks(reader, builder);
    else if (kind === SECTION.processes) readProcesses(reader, builder);
    else if (kind === SECTION.threads) readThreads(reader, builder);
    else if (kind === SECTION.processUpdates) readProcessUpdates(reader, builder);
    else if (kind === SECTION.threadUpdates) readThreadUpdates(reader, builder);
    else if (kind === SECTION.samples) this.#samples.read(reader);
    else if (kind === SECTION.counters) readCounters(reader, builder, this.#counters);
    else if (kind === SECTION.facts) readFacts(reader, builder);
    else if (kind === SECTION.sources) readSources(reader, builder);
    // Others are of a newer version, and by its promise nothing that these depend on.
  }
}
