// speedscope's JSON: written as one sampled profile for each thread, read in both of its forms.
// https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources

import { formatCount } from '../../base/quantities.ts';
import type { Format } from '../format.ts';
import { MAX_TOKEN } from '../json/json-source.ts';
import { exportSpeedscope, SPEEDSCOPE_CARRIED } from './speedscope-export.ts';
import { importSpeedscope } from './speedscope-import.ts';
import { MAX_REOPENED } from './speedscope-stacks.ts';

export const SPEEDSCOPE_FORMAT: Format = {
  name: 'speedscope',
  title: 'speedscope JSON',
  extensions: ['.speedscope.json', '.speedscope'],
  matches({ bytes }) {
    const text = new TextDecoder().decode(bytes);
    if (!/^\s*\{/.test(text)) return false;
    return text.includes('speedscope.app/file-format-schema') || /"exporter"\s*:\s*"speedscope/.test(text);
  },
  importProfile: importSpeedscope,
  exportProfile: exportSpeedscope,
  carries: SPEEDSCOPE_CARRIED,
  remarks: {
    usedBy: 'speedscope.app, py-spy, rbspy, memray and others',
    losses: ['What a function is made of. Samples keep their order, and no more of their times.'],
    limits: [
      'Read in both of its forms, sampled and evented; written sampled, a profile for each thread.',
      `A text has at most ${formatCount(MAX_TOKEN)} bytes. Evented, at most ${formatCount(MAX_REOPENED)} frames may be closed in the wrong order.`,
    ],
  },
};
