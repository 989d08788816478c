import type { ProfileBuilder } from './profile-builder.ts';
import type { Profile } from './tables.ts';

/** Writes a recording while it grows: what is new in a builder since the last time. */
export class RecordingEncoder {
  readonly #builder: ProfileBuilder;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** The first bytes of the file: once, before anything else. */
  encodeHeader(): Uint8Array {
    return new Uint8Array(0);
  }

  /** Chunks with all that is new; empty when nothing is. Samples and counters leave the builder. */
  encodeNew(): Uint8Array {
    this.#builder.dropSamples();
    return new Uint8Array(0);
  }

  /** All that is new, and the mark that the recording is complete. */
  encodeEnd(): Uint8Array {
    return this.encodeNew();
  }
}

/** A whole profile as a recording. */
export function encodeRecording(_profile: Profile): Uint8Array {
  return new Uint8Array(0);
}
