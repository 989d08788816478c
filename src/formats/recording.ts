// vmprof's own recordings, which carry everything: docs/recording-format.md.

import { isRecording, RecordingDecoder } from '../profile/recording/recording-decoder.ts';
import { encodeRecording } from '../profile/recording/recording-encoder.ts';
import type { Format, ImportedProfile } from './format.ts';
import type { Input } from './input.ts';

export const RECORDING_FORMAT: Format = {
  name: 'vmprof',
  title: 'vmprof recording',
  extensions: ['.vmprof'],
  matches: ({ bytes }) => isRecording(bytes),
  importProfile: importRecording,
  exportProfile: (profile) => ({ bytes: encodeRecording(profile), notes: [] }),
  carries: { threads: true, times: true, lines: true, weights: true, states: true, memory: true },
  remarks: {
    usedBy: 'vmprof itself; it keeps everything',
    limits: ['[Specified byte by byte](recording-format.md), with all its bounds.'],
  },
};

function importRecording(input: Input): ImportedProfile {
  const decoder = new RecordingDecoder(input.length === undefined ? {} : { expectedLength: input.length });
  for (const block of input.blocks()) decoder.push(block);
  return finishRecording(decoder);
}

/** What was read, when all bytes of the file have been pushed. Throws as the decoder does. */
export function finishRecording(decoder: RecordingDecoder): ImportedProfile {
  decoder.finish();
  const profile = decoder.builder.build();
  const { damage } = decoder;
  if (damage !== undefined) {
    const lost = decoder.length - damage.offset;
    const share = ((lost / decoder.length) * 100).toFixed(1);
    return {
      profile,
      notes: [
        `The recording cannot be read from byte ${damage.offset} on: ${damage.reason}. ` +
          `All that stands before is shown; the last ${lost} bytes (${share} %) are lost.`,
      ],
    };
  }
  if (!decoder.isComplete) {
    return {
      profile,
      notes: [
        'The recording has no end: the recorder was killed, or is still at work. All that it wrote is shown.',
      ],
    };
  }
  return { profile, notes: [] };
}
