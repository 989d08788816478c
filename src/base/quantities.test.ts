import { expect, test } from 'vitest';
import {
  bytesColumn,
  durationColumn,
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  formatShare,
} from './quantities.ts';

test.each([
  [0, '0 s'],
  [812, '812 ns'],
  [999.6, '1.00 µs'],
  [12_400, '12.4 µs'],
  [3_210_000, '3.21 ms'],
  [999_600_000, '1.00 s'],
  [62_400_000_000, '62.4 s'],
  [119_900_000_000, '120 s'],
  [119_960_000_000, '2 min 00 s'],
  [605e9, '10 min 05 s'],
  [3600e9, '1 h 00 min'],
  [3600e9 * 50, '2 d 02 h'],
  [-1_500_000, '-1.50 ms'],
])('the duration %d ns reads %s', (nanoseconds, text) => {
  expect(formatDuration(nanoseconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '0.98 KiB'],
  [851_443_712, '812 MiB'],
  [2 ** 30 * 1.5, '1.50 GiB'],
  [2 ** 60, '1,024 PiB'],
])('the size %d reads %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have groups of three digits, and plurals', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatCount(999)).toBe('999');
  expect(formatCount(99.73)).toBe('99.7');
  expect(formatCounted(1, 'thread')).toBe('1 thread');
  expect(formatCounted(2000, 'process', 'processes')).toBe('2,000 processes');
  expect(formatCounted(0, 'line was', 'lines were')).toBe('0 lines were');
  expect(formatCounted(1, 'line was', 'lines were')).toBe('1 line was');
  expect(formatCounted(12_345, 'line was', 'lines were')).toBe('12,345 lines were');
});

test('a share that is not zero never reads as zero', () => {
  expect(formatShare(0)).toBe('0.0 %');
  expect(formatShare(0.0000001)).toBe('<0.1 %');
  expect(formatShare(0.3014)).toBe('30.1 %');
  expect(formatShare(1)).toBe('100.0 %');
});

test('a column has one unit, chosen by its largest value', () => {
  const seconds = durationColumn(41.2e9);
  expect([41.2e9, 0.03e9].map(seconds)).toEqual(['41.20 s', '0.03 s']);
  expect(durationColumn(12_345e9)(12_345.67e9)).toBe('12,345.7 s');
  expect(durationColumn(250e6)(12.34e6)).toBe('12.3 ms');
  expect(bytesColumn(812 * 2 ** 20)(2 ** 19)).toBe('0.5 MiB');
  expect(bytesColumn(1.49 * 2 ** 30)(12 * 2 ** 20)).toBe('0.012 GiB');
  expect(bytesColumn(45 * 2 ** 20)(2 ** 18)).toBe('0.25 MiB');
});
