// Quantities as people read them. Binary units for memory, as the kernel counts pages; three significant digits
// wherever one number stands alone. Columns of numbers need one unit for all: see durationColumn and bytesColumn.

/** 62_400_000_000 → `62.4 s`; from a microsecond below to days above. */
export function formatDuration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (nanoseconds < 0) return `-${formatDuration(size)}`;
  if (size === 0) return '0 s';
  if (size < 999.5) return `${trimZeros(toDigits(size))} ns`;
  if (size < 999.5e3) return `${toDigits(size / 1e3)} µs`;
  if (size < 999.5e6) return `${toDigits(size / 1e6)} ms`;
  if (size < 119.95e9) return `${toDigits(size / 1e9)} s`;
  const seconds = Math.round(size / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad2(seconds % 60)} s`;
  const minutes = Math.round(size / 60e9);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${pad2(minutes % 60)} min`;
  const hours = Math.round(size / 3600e9);
  return `${Math.floor(hours / 24)} d ${pad2(hours % 24)} h`;
}

/** 851_443_712 → `812 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  if (bytes < 1000) return `${trimZeros(toDigits(bytes))} B`;
  for (const [unit, size] of BYTE_UNITS) {
    if (bytes < 999.5 * size) return `${toDigits(bytes / size)} ${unit}`;
  }
  return `${formatCount(bytes / 2 ** 50)} PiB`;
}

/** 18723 → `18,723`. A count that is not whole keeps three significant digits. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return String(count);
  const text = Number.isInteger(count) || Math.abs(count) >= 1000 ? count.toFixed(0) : toDigits(count);
  const [whole, fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 thread`, `3 threads`, `2 processes`. Both forms may bring their verb: `1 line was`, `12,345 lines were`. */
export function formatCounted(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Share from 0 to 1 → `30.1 %`. What is not zero does not read as zero: `<0.1 %`. */
export function formatShare(share: number): string {
  return `${formatPercent(share)} %`;
}

/** Share from 0 to 1 → `30.1`, for columns that name the unit elsewhere. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '<0.1';
  return percent.toFixed(1);
}

/** One function for all values of a column, so that they can be compared at a glance: the unit fits the largest. */
export function durationColumn(largest: number): (nanoseconds: number) => string {
  const size = Math.abs(largest);
  if (size >= 100e9) return (value) => `${toGrouped(value / 1e9, 1)} s`;
  if (size >= 1e9) return (value) => `${toGrouped(value / 1e9, 2)} s`;
  if (size >= 1e6) return (value) => `${toGrouped(value / 1e6, size >= 100e6 ? 1 : 2)} ms`;
  if (size >= 1e3) return (value) => `${toGrouped(value / 1e3, 1)} µs`;
  return (value) => `${formatCount(value)} ns`;
}

/** Like durationColumn, for sizes: with four digits of the largest, so that what is a hundredth of it does not read as nothing. */
export function bytesColumn(largest: number): (bytes: number) => string {
  const size = Math.abs(largest);
  if (size < 1000) return (value) => `${formatCount(value)} B`;
  const [unit, factor] = BYTE_UNITS.find(([, unitSize]) => size < 999.5 * unitSize) ?? ['PiB', 2 ** 50];
  const decimals = size < 9.9995 * factor ? 3 : size < 99.995 * factor ? 2 : 1;
  return (value) => `${toGrouped(value / factor, decimals)} ${unit}`;
}

const BYTE_UNITS: readonly (readonly [string, number])[] = [
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
];

/** Three significant digits, as far as there are so many before the point. */
function toDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function toGrouped(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function pad2(value: number): string {
  return String(value).padStart(2, '0');
}
