// What users write behind options: rates, durations, ranges. Each parser takes the text and gives a value in the unit
// that the program computes with, or throws commander's InvalidArgumentError, which names the option.

import { InvalidArgumentError } from 'commander';
import type { Nanoseconds } from '../base/brand.ts';

/** The highest rate that can be asked for by number: a period of 10 µs. `max` asks for more. */
export const MAX_RATE = 100_000;

/** Samples per second and thread; 0 means as fast as possible (`max`), as in RecordingFacts.askedRate. */
export function parseRate(text: string): number {
  if (text === 'max') return 0;
  const rate = parseDecimal(text.replace(/\s*hz$/i, ''));
  if (rate === undefined || rate <= 0 || rate > MAX_RATE) {
    throw new InvalidArgumentError(`Expected samples per second, above 0 and up to ${MAX_RATE}, or "max".`);
  }
  return rate;
}

/** Seconds between samples → samples per second. */
export function parsePeriod(text: string): number {
  const period = parseDecimal(text) ?? (parseDurationText(text) ?? Number.NaN) / 1e9;
  // Rounded at the ninth digit, so that 0.0001 s is 10,000 Hz and not a hair more than allowed.
  const rate = Number((1 / period).toPrecision(9));
  if (!(period > 0) || rate > MAX_RATE) {
    throw new InvalidArgumentError(
      `Expected seconds between samples, ${1 / MAX_RATE} or more, such as 0.01.`,
    );
  }
  return rate;
}

/** `10`, `10s`, `1m30s`, `500ms`, `2h`: a number alone is seconds. */
export function parseDuration(text: string): Nanoseconds {
  const duration = parseDurationText(text);
  if (duration === undefined || duration === 0) {
    throw new InvalidArgumentError('Expected a length of time such as 10, 2.5s, 500ms or 1m30s.');
  }
  return duration;
}

/** Part of a recording, as times since its start. A missing end is open. */
export interface TimeRange {
  readonly start?: Nanoseconds;
  readonly end?: Nanoseconds;
}

/** `2s-5s`, `2s-`, `-5s`, `1m-1m30s`. */
export function parseTimeRange(text: string): TimeRange {
  const [startText, endText, more] = text.split('-').map((part) => part.trim());
  const start = startText === '' ? undefined : parseDurationText(startText);
  const end = endText === '' || endText === undefined ? undefined : parseDurationText(endText);
  const isUnderstood =
    endText !== undefined &&
    more === undefined &&
    (start !== undefined || startText === '') &&
    (end !== undefined || endText === '') &&
    (start !== undefined || end !== undefined);
  if (!isUnderstood) throw new InvalidArgumentError('Expected a range of time such as 2s-5s, 2s- or -5s.');
  if (start !== undefined && end !== undefined && start >= end) {
    throw new InvalidArgumentError('The range ends before it begins.');
  }
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** A whole number, 0 or more. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError('Expected a whole number, 0 or more.');
  }
  return count;
}

/** A port to listen on: 1 to 65535, or 0 for any that is free. */
export function parsePort(text: string): number {
  const port = parseCount(text);
  if (port > 65535) throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return port;
}

/** A process or thread id: a whole number from 1. */
export function parseProcessId(text: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > 2 ** 31 - 1) throw new InvalidArgumentError('Expected the number of a process.');
  return id;
}

/** `2.5` or `2.5%` → the share 0.025. */
export function parsePercent(text: string): number {
  const share = parseShare(text);
  if (share === undefined || share > 1) {
    throw new InvalidArgumentError('Expected a percentage from 0 to 100.');
  }
  return share;
}

/** Like parsePercent, for what may be more than the whole: `150` → 1.5. */
export function parseGrowth(text: string): number {
  const share = parseShare(text);
  if (share === undefined) throw new InvalidArgumentError('Expected a percentage, 0 or more.');
  return share;
}

/** One of a few names; commander's own `choices` would put all of them into the help as well. */
export function parseChoice<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
    return found;
  };
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600e9,
  m: 60e9,
  min: 60e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

function parseDurationText(text: string): Nanoseconds | undefined {
  const seconds = parseDecimal(text);
  if (seconds !== undefined) return Math.round(seconds * 1e9) as Nanoseconds;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)\s*([a-zµ]+)\s*/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return undefined;
  let sum = 0;
  for (const [, amount, unit] of parts) sum += Number(amount) * (UNITS[unit] ?? Number.NaN);
  return Number.isFinite(sum) ? (Math.round(sum) as Nanoseconds) : undefined;
}

function parseShare(text: string): number | undefined {
  const percent = parseDecimal(text.replace(/\s*%$/, ''));
  return percent === undefined || !Number.isFinite(percent) ? undefined : percent / 100;
}

function parseDecimal(text: string): number | undefined {
  return /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}
