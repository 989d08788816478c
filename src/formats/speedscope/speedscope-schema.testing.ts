// speedscope's published schema (https://www.speedscope.app/file-format-schema.json) and its importer's own rules, as checks.

import { expect } from 'vitest';
import { SPEEDSCOPE_SCHEMA } from './speedscope-types.ts';

type Check = (value: unknown, place: string) => void;

const isText: Check = (value, place) => expect(typeof value, place).toBe('string');
const isNumber: Check = (value, place) => expect(Number.isFinite(value), place).toBe(true);
const isOneOf =
  (...values: readonly string[]): Check =>
  (value, place) =>
    expect(values, place).toContain(value);
const isListOf =
  (check: Check): Check =>
  (value, place) => {
    expect(Array.isArray(value), place).toBe(true);
    (value as unknown[]).forEach((item, row) => {
      check(item, `${place}[${row}]`);
    });
  };
/** Keys with a question mark may be missing. */
const isObject =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, place) => {
    expect(typeof value, place).toBe('object');
    for (const [key, check] of Object.entries(members)) {
      const member = (value as Record<string, unknown>)[key.replace('?', '')];
      if (!key.endsWith('?') || member !== undefined) check(member, `${place}.${key}`);
    }
  };

const isUnit = isOneOf('bytes', 'microseconds', 'milliseconds', 'nanoseconds', 'none', 'seconds');
const isFile = isObject({
  $schema: isOneOf(SPEEDSCOPE_SCHEMA),
  shared: isObject({
    frames: isListOf(isObject({ name: isText, 'file?': isText, 'line?': isNumber, 'col?': isNumber })),
  }),
  profiles: isListOf(
    isObject({
      type: isOneOf('sampled'),
      name: isText,
      unit: isUnit,
      startValue: isNumber,
      endValue: isNumber,
      samples: isListOf(isListOf(isNumber)),
      weights: isListOf(isNumber),
    }),
  ),
  'name?': isText,
  'exporter?': isText,
  'activeProfileIndex?': isNumber,
});

interface Sampled {
  readonly samples: number[][];
  readonly weights: number[];
}

/** Fails where speedscope would refuse the file, or read something else in it. */
export function expectSpeedscopeFile(text: string): void {
  const file: unknown = JSON.parse(text);
  isFile(file, 'file');
  const { shared, profiles } = file as { shared: { frames: unknown[] }; profiles: Sampled[] };
  for (const { samples, weights } of profiles) {
    expect(samples.length).toBe(weights.length);
    for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0);
    for (const frame of samples.flat()) expect(shared.frames[frame]).toBeDefined();
  }
}
