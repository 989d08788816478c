// Tables for spreadsheets and data frames: the costs of functions (.csv) and of lines (.lines.csv). RFC 4180: CRLF, a header,
// quotes where needed; UTF-8 without a byte order mark. docs/decisions/008-names-in-spreadsheets.md is about names that
// a spreadsheet would take for formulas.

import { computeFunctionCosts } from '../profile/costs/function-costs.ts';
import { computeLineCosts } from '../profile/costs/line-costs.ts';
import { getFunctionFile, getFunctionName } from '../profile/stack-text.ts';
import { computeShareError } from '../profile/statistics.ts';
import {
  FUNCTION_KINDS,
  type FunctionIndex,
  NONE,
  type Profile,
  type WeightUnit,
} from '../profile/tables.ts';
import type { ExportedProfile, ExportOptions, Format } from './format.ts';
import { type Carried, describeLosses } from './losses.ts';
import { TextWriter } from './text-writer.ts';

const FUNCTIONS_CARRIED: Carried = { threads: false, times: false, lines: false, names: true };
const LINES_CARRIED: Carried = { threads: false, times: false, lines: true, names: true };

const LIMITS: readonly string[] = [
  'RFC 4180 with a header line: UTF-8 without a byte order mark, lines end with CRLF. Shares are from 0 to 1, `error` is their standard error.',
  "Texts that begin with `=`, `+`, `-`, `@` (ASCII or full-width), a tab or a line end get a `'` before them, so that no spreadsheet takes them for a formula; so do those that begin with `'`, so that taking one `'` away gives the text back.",
];

export const CSV_FORMAT: Format = {
  name: 'csv',
  title: 'CSV of functions',
  extensions: ['.csv', '.functions.csv'],
  matches: () => false,
  exportProfile: exportFunctions,
  carries: FUNCTIONS_CARRIED,
  remarks: {
    usedBy: 'spreadsheets, pandas, DuckDB, R',
    losses: ['Stacks: who calls what.'],
    limits: [...LIMITS, 'The row `(no stack)` makes the self of all rows the whole.'],
  },
};

export const CSV_LINES_FORMAT: Format = {
  name: 'csv-lines',
  title: 'CSV of source lines',
  extensions: ['.lines.csv'],
  matches: () => false,
  exportProfile: exportLines,
  carries: LINES_CARRIED,
  remarks: {
    usedBy: 'spreadsheets, pandas, DuckDB, R',
    losses: ['Stacks: who calls what. Samples without a stack.'],
    limits: [...LIMITS, 'Functions of one line are separated by `; `.'],
  },
};

function exportFunctions(profile: Profile, options: ExportOptions): ExportedProfile {
  const costs = computeFunctionCosts(profile, options.measure);
  const { functions } = profile;
  const writer = new TextWriter();
  writer.write(encodeRow(['function', 'file', 'line', 'kind', ...describeCostColumns(costs.unit)]));
  for (const row of sortByCost(costs)) {
    const index = row as FunctionIndex;
    writer.write(
      encodeRow([
        getFunctionName(profile, index),
        getFunctionFile(profile, index) ?? '',
        orEmpty(functions.firstLine[row]),
        FUNCTION_KINDS[functions.kind[row]] ?? 'other',
        ...describeCost(costs, row),
      ]),
    );
  }
  if (costs.withoutStack !== 0) {
    const { withoutStack, sum, effectiveSamples } = costs;
    const share = withoutStack / sum;
    const cells = [withoutStack, round(share), round(computeShareError(share, effectiveSamples)), ''];
    writer.write(encodeRow(['(no stack)', '', '', '', ...cells, ...cells]));
  }
  return { bytes: writer.toBytes(), notes: describeAllLosses(profile, FUNCTIONS_CARRIED, options) };
}

function exportLines(profile: Profile, options: ExportOptions): ExportedProfile {
  const costs = computeLineCosts(profile, options.measure);
  const writer = new TextWriter();
  writer.write(encodeRow(['file', 'line', 'functions', ...describeCostColumns(costs.unit)]));
  for (const row of sortByCost(costs)) {
    const functions = costs.functions.subarray(costs.functionsStart[row], costs.functionsStart[row + 1]);
    const names = Array.from(functions, (index) => getFunctionName(profile, index as FunctionIndex));
    writer.write(
      encodeRow([
        costs.file[row] === NONE ? '' : profile.strings[costs.file[row]],
        orEmpty(costs.line[row]),
        names.join('; '),
        ...describeCost(costs, row),
      ]),
    );
  }
  return { bytes: writer.toBytes(), notes: describeAllLosses(profile, LINES_CARRIED, options) };
}

/** What functions and lines have in common. */
interface Costs {
  readonly length: number;
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  readonly sum: number;
  readonly effectiveSamples: number;
}

/** Rows that have samples, by descending self. */
function sortByCost({ length, self, total, totalSamples }: Costs): Uint32Array {
  return Uint32Array.from({ length }, (_, row) => row)
    .filter((row) => totalSamples[row] > 0)
    .sort((a, b) => self[b] - self[a] || total[b] - total[a] || a - b);
}

function describeCostColumns(unit: WeightUnit): string[] {
  return ['self', 'total'].flatMap((kind) => [
    `${kind}_${unit}`,
    `${kind}_share`,
    `${kind}_error`,
    `${kind}_samples`,
  ]);
}

function describeCost(costs: Costs, row: number): number[] {
  const { sum, effectiveSamples } = costs;
  const describe = (amount: number, samples: number) => {
    const share = sum === 0 ? 0 : amount / sum;
    return [amount, round(share), round(computeShareError(share, effectiveSamples)), samples];
  };
  return [
    ...describe(costs.self[row], costs.selfSamples[row]),
    ...describe(costs.total[row], costs.totalSamples[row]),
  ];
}

function describeAllLosses(profile: Profile, carried: Carried, { measure }: ExportOptions): string[] {
  return ['Left out: who calls what.', ...describeLosses(profile, carried, measure)];
}

/** Six digits behind the point, as in JSON. */
function round(share: number): number {
  return Number(share.toFixed(6));
}

function orEmpty(value: number): number | '' {
  return value === NONE ? '' : value;
}

function encodeRow(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : encodeText(cell))).join(',')}\r\n`;
}

/** What spreadsheets take for the beginning of a formula, and the `'` that says it is none. */
const LOOKS_LIKE_FORMULA = /^[=+\-@＝＋－＠\t\r\n']/;

function encodeText(text: string): string {
  const safe = LOOKS_LIKE_FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
