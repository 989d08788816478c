// Finding functions by what people type: a part of the name or the file, `file:line`, or a /regular expression/.

import { ProfilerError } from '../../base/errors.ts';
import { getFunctionFile, getFunctionName } from '../stack-text.ts';
import { type FunctionIndex, NONE, type Profile } from '../tables.ts';
import type { StackWeights } from './stack-weights.ts';

/**
 * One slot a function: 1 where it is meant. Several words all have to match, a word that begins with `-` must not.
 * Capitals count only when the text has some. Throws `bad-usage` for a broken regular expression.
 */
export function searchFunctions(profile: Profile, text: string): Uint8Array {
  const isMeant = parseSearch(text);
  const marks = new Uint8Array(profile.functions.length);
  for (let row = 0; row < marks.length; row++) {
    const file = getFunctionFile(profile, row as FunctionIndex);
    const line = profile.functions.firstLine[row];
    const place = file === undefined ? '' : line === NONE ? ` ${file}` : ` ${file}:${line}`;
    marks[row] = isMeant(getFunctionName(profile, row as FunctionIndex) + place) ? 1 : 0;
  }
  return marks;
}

/** Weight and number of the samples that have at least one of the marked functions in their stack. */
export function computeMatchedWeight(
  profile: Profile,
  weights: StackWeights,
  marks: Uint8Array,
): { readonly weight: number; readonly samples: number } {
  const { stacks, frames } = profile;
  const isMatched = new Uint8Array(stacks.length);
  let weight = 0;
  let samples = 0;
  for (let row = 0; row < stacks.length; row++) {
    const above = stacks.parent[row];
    isMatched[row] = marks[frames.function[stacks.frame[row]]] | (above === NONE ? 0 : isMatched[above]);
    if (isMatched[row] === 0) continue;
    weight += weights.self[row];
    samples += weights.selfSamples[row];
  }
  return { weight, samples };
}

/** What a text means, as a test of names. */
export function parseSearch(text: string): (name: string) => boolean {
  const expression = /^\/(.+)\/(i?)$/.exec(text.trim());
  if (expression !== null) {
    const pattern = compile(text, expression[1], expression[2]);
    return (name) => pattern.test(name);
  }
  const hasCapitals = text !== text.toLowerCase();
  const words = text.split(/\s+/).filter((word) => word !== '' && word !== '-');
  const wanted = words.filter((word) => !word.startsWith('-'));
  const unwanted = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  return (name) => {
    const compared = hasCapitals ? name : name.toLowerCase();
    return (
      wanted.every((word) => compared.includes(word)) && !unwanted.some((word) => compared.includes(word))
    );
  };
}

function compile(text: string, source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `u${flags}`);
  } catch (error) {
    throw new ProfilerError('bad-usage', `${text} is no regular expression.`, {
      facts: { text },
      cause: error,
    });
  }
}
