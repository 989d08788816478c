// Bytes to a profile, in any format that the project reads. The only file of the page that knows src/formats.

import { exportProfile, getFormatByName, importProfile } from '../../formats/formats.ts';
import { finishRecording, RECORDING_FORMAT } from '../../formats/recording.ts';
import { compactSamples } from '../../profile/costs/compact-samples.ts';
import type { Measure } from '../../profile/measure.ts';
import { isRecording, RecordingDecoder } from '../../profile/recording/recording-decoder.ts';
import type { Profile } from '../../profile/tables.ts';
import type { RecordingSource } from './conversation.ts';

export interface DecodedProfile {
  readonly profile: Profile;
  /** What is damaged, was left out or had to be guessed. */
  readonly notes: readonly string[];
  /** What the format is called. */
  readonly format: string;
}

export interface DecodeOptions {
  /** For formats without a mark of their own. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** `size` is 0 while it is not known. */
  readonly onProgress: (read: number, size: number) => void;
}

/** A source that has an end. */
export type StoredSource = Exclude<RecordingSource, { readonly type: 'live' }>;

/** Reads all of a source. Throws ProfilerErrors, and an AbortError when it was cancelled. */
export async function decodeSource(source: StoredSource, options: DecodeOptions): Promise<DecodedProfile> {
  const { stream, size } = await openSource(source, options.signal);
  const reader = stream.getReader();
  const blocks: Uint8Array[] = [];
  let decoder: RecordingDecoder | undefined;
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    options.signal.throwIfAborted();
    if (done) break;
    // Recordings are decoded while more of them comes; other formats may need to see all of it first.
    if (read === 0 && isRecording(value)) decoder = new RecordingDecoder({ expectedLength: size });
    read += value.length;
    if (decoder === undefined) blocks.push(value);
    else decoder.push(value);
    options.onProgress(read, size);
  }
  const { profile, notes, format } =
    decoder === undefined
      ? importProfile({ fileName: options.name, length: read, blocks: () => blocks })
      : { ...finishRecording(decoder), format: RECORDING_FORMAT };
  return {
    profile: { ...profile, samples: compactSamples(profile.samples) },
    notes,
    format: format.title,
  };
}

async function openSource(
  source: StoredSource,
  signal: AbortSignal,
): Promise<{ readonly stream: ReadableStream<Uint8Array>; readonly size: number }> {
  if (source.type === 'blob') return { stream: source.blob.stream(), size: source.blob.size };
  const response = await fetch(source.url, { signal });
  if (!response.ok || response.body === null) {
    throw new Error(`The server does not give it: ${await response.text()}`);
  }
  return { stream: response.body, size: Number(response.headers.get('content-length') ?? 0) };
}

/** The profile as a file of a format. */
export function encodeProfile(
  profile: Profile,
  formatName: 'collapsed' | 'recording',
  measure: Measure,
): Uint8Array {
  const format = getFormatByName(formatName === 'recording' ? 'vmprof' : formatName);
  return exportProfile(profile, format, { measure, title: 'vmprof', fileName: '' }).bytes;
}
