// The formats that are as old as vmprof's own: recordings, collapsed stacks, speedscope. For formats.mjs.

import { writeFileSync } from 'node:fs';
import { withInput } from '../dist/cli/open-input.js';
import { exportProfile, getFormatByName, importProfile } from '../dist/formats/formats.js';
import { ProfileBuilder } from '../dist/profile/index.js';
import { makeLargeProfile } from './synthetic.mjs';

/** A file of a format that vmprof writes, made of so many samples for each megabyte. */
function makeCase(format, samplesPerMegabyte, stacksPerMegabyte) {
  return {
    name: format,
    makeFile(path, { megabytes }) {
      const profile = makeLargeProfile(
        ProfileBuilder,
        Math.ceil(samplesPerMegabyte * megabytes),
        Math.ceil(stacksPerMegabyte * megabytes),
      );
      const { bytes } = exportProfile(profile, getFormatByName(format), {
        measure: 'wall',
        title: 'made up',
        fileName: path,
      });
      writeFileSync(path, bytes);
      return bytes.length;
    },
    async read(path) {
      const { profile } = await withInput(path, (input) => importProfile(input));
      return profile;
    },
  };
}

export const cases = [
  makeCase('vmprof', 450_000, 3600),
  makeCase('collapsed', 1000, 1000),
  makeCase('speedscope', 5700, 1400),
];
