// Facts come from files: each one is checked before it is believed, and keys that this version does not know are kept.

import { MalformedError } from '../../base/malformed.ts';
import type { RecordingFacts } from '../tables.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isOneOf =
  (...texts: readonly string[]): Check =>
  (value) =>
    texts.includes(value as string);
const isRecordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);

const CHECKS: Readonly<Record<keyof RecordingFacts, Check>> = {
  producer: isText,
  host: isText,
  command: isText,
  startedAt: isNumber,
  duration: isNumber,
  askedRate: isNumber,
  realRate: isNumber,
  schedule: isOneOf('regular', 'exponential'),
  mode: isOneOf('launched', 'attached', 'imported'),
  exit: (value) => isText(value) || isNumber(value),
  lateRounds: isNumber,
  missedRounds: isNumber,
  rounds: isNumber,
  retriedSamples: isNumber,
  stoppedSamples: isNumber,
  lostSamples: isRecordOf(isNumber),
  nativeStacks: isRecordOf(isNumber),
  stopTimes: isRecordOf(isNumber),
  profilerCpu: isNumber,
  notes: isRecordOf(isText),
};

/** The facts in a JSON text. Throws MalformedError when it is none; leaves out known facts of the wrong type. */
export function parseFacts(text: string): RecordingFacts {
  return checkFacts(parseJsonObject(text));
}

/** The facts in an object from outside. */
export function checkFacts(values: Readonly<Record<string, unknown>>): RecordingFacts {
  const checked = Object.entries(values).filter(([key, value]) => {
    if (key === '__proto__') return false;
    return !Object.hasOwn(CHECKS, key) || CHECKS[key as keyof RecordingFacts](value);
  });
  return Object.fromEntries(checked) as RecordingFacts;
}

/** A JSON text that has to be an object. Throws MalformedError. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedError('a text is not JSON');
  }
  if (!isObject(value)) throw new MalformedError('a JSON text is not an object');
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
