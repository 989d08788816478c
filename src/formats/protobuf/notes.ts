// Sentences that pprof and OTLP have in common.

import { type CountedNote, describeCounted } from '../counted-notes.ts';

/** Weights that were rounded when they were written. */
export function describeRounded(count: number): string[] {
  return describeCounted([
    [
      count,
      'value is no whole number of this format and was',
      'values are no whole numbers of this format and were',
      'rounded',
    ],
  ]);
}

/** Texts with bytes that are none. */
export function noteReplacedTexts(count: number): CountedNote {
  return [
    count,
    'name is not valid UTF-8: what cannot be read in it',
    'names are not valid UTF-8: what cannot be read in them',
    'was replaced',
  ];
}
