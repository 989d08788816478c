// Profiles of the Firefox Profiler: what Firefox itself writes (Gecko's format) and what samply and the profiler's page write
// (the processed format), of all versions that hold columns or rows. We write version 48 of the processed format, which the
// Firefox Profiler upgrades. https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md

import type { FileHead, Format } from '../format.ts';
import { readJsonHead } from '../json/json-head.ts';
import { exportFirefox, FIREFOX_CARRIED } from './firefox-export.ts';
import { importFirefox } from './firefox-import.ts';

export const FIREFOX_FORMAT: Format = {
  name: 'firefox',
  title: 'Firefox profile',
  extensions: ['.firefox.json', '.profile.json'],
  matches,
  importProfile: importFirefox,
  exportProfile: exportFirefox,
  carries: FIREFOX_CARRIED,
  remarks: {
    usedBy: 'Firefox, the Firefox Profiler, samply',
    losses: ['States of threads are written as CPU time only.'],
    limits: [
      'Read: what Firefox writes (with its processes, 4 levels deep) and the processed format, of all versions that hold columns or rows. Markers and allocations are left out.',
      'Written: version 48 of the processed format, which newer ones upgrade.',
    ],
  },
};

function matches({ bytes }: FileHead): boolean {
  const head = readJsonHead(bytes);
  if (head?.kind !== 'object' || !head.keys.some((key) => KEYS.includes(key))) return false;
  const text = new TextDecoder().decode(bytes);
  return MARKS.test(text);
}

/** Which one comes first differs from writer to writer. */
const KEYS = [
  'meta',
  'libs',
  'threads',
  'shared',
  'profileGatheringLog',
  'profilerOverhead',
  'pages',
  'counters',
];
const MARKS = /"(preprocessedProfileVersion|stackwalk|processType|stackTable|frameTable|breakpadId)"\s*:/;
