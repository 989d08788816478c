// The body of the header chunk: what a reader has to know before anything else, as JSON.

import { MalformedError } from '../../base/malformed.ts';
import type { WeightSpec } from '../builder/sample-table-builder.ts';
import type { RecordingFacts, WeightUnit } from '../tables.ts';
import { checkFacts, isObject, parseJsonObject } from './recording-facts.ts';

export interface RecordingHeader {
  /** Length of one time unit, in nanoseconds. */
  readonly timeUnit: number;
  readonly weights: readonly WeightSpec[];
  /** What was known when the recording began. */
  readonly facts: RecordingFacts;
}

/** More weight columns than this are a broken file, and would cost much memory. */
const MAX_WEIGHTS = 64;

const UNITS: readonly string[] = ['nanoseconds', 'bytes', 'count'] satisfies WeightUnit[];

export function encodeHeaderText(header: RecordingHeader): string {
  const { timeUnit, weights, facts } = header;
  return JSON.stringify({
    timeUnit,
    weights: weights.map(({ type, unit, scale, storage }) => ({ type, unit, scale, storage })),
    facts,
  });
}

/** Throws MalformedError when something is missing or wrong. */
export function parseHeaderText(text: string): RecordingHeader {
  const { timeUnit, weights, facts } = parseJsonObject(text);
  if (!isPositive(timeUnit)) throw new MalformedError('the header has no time unit');
  if (!Array.isArray(weights) || weights.length === 0 || weights.length > MAX_WEIGHTS) {
    throw new MalformedError('the header has no list of weights');
  }
  return {
    timeUnit,
    weights: weights.map(parseWeight),
    facts: isObject(facts) ? checkFacts(facts) : {},
  };
}

function parseWeight(weight: unknown): WeightSpec {
  const { type, unit, scale, storage } = isObject(weight) ? weight : {};
  if (typeof type !== 'string' || typeof unit !== 'string' || !UNITS.includes(unit)) {
    throw new MalformedError('the header has a weight of an unknown kind');
  }
  if (!isPositive(scale) || (storage !== 'uint32' && storage !== 'float64')) {
    throw new MalformedError('the header has a weight that is stored in an unknown way');
  }
  return { type, unit: unit as WeightUnit, scale, storage };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
