import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  collect,
  parseCount,
  parseDuration,
  parseGrowth,
  parsePercent,
  parsePeriod,
  parseProcessId,
  parseRate,
  parseTimeRange,
} from './options.ts';

function expectInvalid(parse: (text: string) => unknown, texts: readonly string[]) {
  for (const text of texts) expect(() => parse(text), text).toThrow(InvalidArgumentError);
}

describe('rates', () => {
  test('are samples per second', () => {
    expect(parseRate('100')).toBe(100);
    expect(parseRate('0.5')).toBe(0.5);
    expect(parseRate('1000Hz')).toBe(1000);
    expect(parseRate('max')).toBe(0);
    expectInvalid(parseRate, ['0', '-1', '', 'fast', '100001', '1e3', 'NaN', '0x10', ' ']);
  });

  test('can be given as the period in seconds', () => {
    expect(parsePeriod('0.01')).toBe(100);
    expect(parsePeriod('0.00099')).toBeCloseTo(1010.101, 3);
    expect(parsePeriod('0.00001')).toBe(100_000);
    expect(parsePeriod('5ms')).toBe(200);
    expectInvalid(parsePeriod, ['0', '-1', '0.000009', 'x', '']);
  });
});

describe('times', () => {
  test.each([
    ['10', 10e9],
    ['10s', 10e9],
    ['2.5s', 2.5e9],
    ['1m30s', 90e9],
    ['1m 30s', 90e9],
    ['500ms', 0.5e9],
    ['2h', 7200e9],
    ['.5', 0.5e9],
    ['1µs', 1000],
  ])('%s is %d ns', (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
  });

  test('that are none are refused', () => {
    expectInvalid(parseDuration, ['', '0', '-1', '10x', '10s!', 's', '1..2s', '1m30', 'Infinity']);
  });

  test('make ranges, open at either end', () => {
    expect(parseTimeRange('2s-5s')).toEqual({ start: 2e9, end: 5e9 });
    expect(parseTimeRange('2-5')).toEqual({ start: 2e9, end: 5e9 });
    expect(parseTimeRange('0-5')).toEqual({ start: 0, end: 5e9 });
    expect(parseTimeRange('1m30s-')).toEqual({ start: 90e9 });
    expect(parseTimeRange('-500ms')).toEqual({ end: 0.5e9 });
    expectInvalid(parseTimeRange, ['', '-', '5', '5-2', '2-2', '1-2-3', 'a-b', '2-x']);
  });
});

test('counts, ids and percentages', () => {
  expect(parseCount('0')).toBe(0);
  expect(parseCount('20')).toBe(20);
  expectInvalid(parseCount, ['', '-1', '1.5', 'x', '99999999999999999999']);
  expect(parseProcessId('4242')).toBe(4242);
  expectInvalid(parseProcessId, ['0', '', '-5', 'python', '4294967296']);
  expect(parsePercent('2.5')).toBe(0.025);
  expect(parsePercent('50%')).toBe(0.5);
  expectInvalid(parsePercent, ['', '-1', '101', 'x']);
  expect(parseGrowth('150 %')).toBe(1.5);
  expectInvalid(parseGrowth, ['', '-1', 'x', '9'.repeat(400)]);
  expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
});
