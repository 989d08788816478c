import { ProfileBuilder } from './profile-builder.ts';
import type { Profile } from './tables.ts';

/** Where a recording stops being readable: everything before is kept. */
export interface RecordingDamage {
  /** Of the chunk that could not be read, in bytes from the start of the recording. */
  readonly offset: number;
  readonly reason: string;
}

/** Reads a recording piece by piece, as it arrives. */
export class RecordingDecoder {
  #builder = new ProfileBuilder();

  /** Takes the next bytes, however they are split. Throws a ProfilerError when this is no recording. */
  push(_bytes: Uint8Array): void {}

  /** Says that no more bytes come: what is left over is a cut tail. */
  finish(): void {}

  /** What was read so far. It has its time unit and weights as soon as the header was read. */
  get builder(): ProfileBuilder {
    return this.#builder;
  }

  get damage(): RecordingDamage | undefined {
    return undefined;
  }

  /** Whether the recorder came to its end. */
  get isComplete(): boolean {
    return false;
  }
}

/** Reads a whole recording. Throws a ProfilerError when it is none; damage is told, not thrown. */
export function parseRecording(bytes: Uint8Array): {
  profile: Profile;
  damage: RecordingDamage | undefined;
  isComplete: boolean;
} {
  const decoder = new RecordingDecoder();
  decoder.push(bytes);
  decoder.finish();
  return { profile: decoder.builder.build(), damage: decoder.damage, isComplete: decoder.isComplete };
}
