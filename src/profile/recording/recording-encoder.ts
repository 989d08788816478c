// Recordings as files (docs/recording-format.md): written piece by piece while they grow, or from a whole profile.

import { joinBytes } from '../../base/join-bytes.ts';
import type { ProfileBuilder } from '../builder/profile-builder.ts';
import type { WeightSpec } from '../builder/sample-table-builder.ts';
import type { Profile } from '../tables.ts';
import { RecordingWriter } from './recording-writer.ts';

/** Writes a recording while it grows: what is new in a builder since the last time. */
export class RecordingEncoder {
  readonly #builder: ProfileBuilder;
  readonly #writer: RecordingWriter;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.#writer = new RecordingWriter(builder.timeUnit, builder.samples.specs);
  }

  /** The first bytes of the file: once, before anything else. */
  encodeHeader(): Uint8Array {
    return this.#writer.encodeHeader(this.#builder.facts);
  }

  /** Chunks with all that is new; empty when nothing is. Samples and counters leave the builder. */
  encodeNew(): Uint8Array {
    const bytes = this.#writer.encodeNew(this.#builder.view());
    this.#builder.dropSamples();
    return bytes;
  }

  /** All that is new, and the mark that the recording is complete. */
  encodeEnd(): Uint8Array {
    return joinBytes([this.encodeNew(), this.#writer.encodeEnd()]);
  }
}

/** A whole profile as a recording. */
export function encodeRecording(profile: Profile): Uint8Array {
  const weights = profile.samples.weights.map(
    ({ type, unit, scale, values }): WeightSpec => ({
      type,
      unit,
      scale,
      storage: values instanceof Float64Array ? 'float64' : 'uint32',
    }),
  );
  const writer = new RecordingWriter(profile.timeUnit, weights);
  return joinBytes([writer.encodeHeader(profile.facts), writer.encodeNew(profile), writer.encodeEnd()]);
}
