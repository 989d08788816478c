// Recordings of vmprof itself, for formats.mjs.

import { ProfileBuilder } from '../dist/profile/index.js';
import { makeCase, writeProfile } from './made-files.mjs';
import { makeLargeProfile } from './synthetic.mjs';

function writeRecording(path, bytes) {
  const profile = makeLargeProfile(ProfileBuilder, Math.ceil(bytes * 0.45), Math.ceil(bytes * 0.0036));
  return writeProfile(path, profile, 'vmprof');
}

export const cases = [makeCase('vmprof', writeRecording)];
