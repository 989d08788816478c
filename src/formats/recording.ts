// vmprof's own recordings, which carry everything: docs/recording-format.md.

import { isRecording, parseRecording } from '../profile/recording-decoder.ts';
import { encodeRecording } from '../profile/recording-encoder.ts';
import type { Format, ImportedProfile } from './format.ts';

export const RECORDING_FORMAT: Format = {
  name: 'vmprof',
  title: 'vmprof recording',
  extensions: ['.vmprof'],
  matches: ({ bytes }) => isRecording(bytes),
  importProfile: importRecording,
  exportProfile: (profile) => ({ bytes: encodeRecording(profile), notes: [] }),
};

function importRecording(bytes: Uint8Array): ImportedProfile {
  const { profile, damage, isComplete } = parseRecording(bytes);
  if (damage !== undefined) {
    const lost = bytes.length - damage.offset;
    const share = ((lost / bytes.length) * 100).toFixed(1);
    return {
      profile,
      notes: [
        `The recording cannot be read from byte ${damage.offset} on: ${damage.reason}. ` +
          `All that stands before is shown; the last ${lost} bytes (${share} %) are lost.`,
      ],
    };
  }
  if (!isComplete) {
    return {
      profile,
      notes: [
        'The recording has no end: the recorder was killed, or is still at work. All that it wrote is shown.',
      ],
    };
  }
  return { profile, notes: [] };
}
