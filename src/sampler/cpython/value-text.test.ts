import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { listPythons } from './python-targets.testing.ts';
import { formatBytes, formatComplex, formatFloat, formatText } from './value-text.ts';

const NO_PYTHON = 'there is no Python 3 here';
const python = listPythons().findLast((one) => one.major === 3);

/** What Python itself writes for each of these values, which are given as JSON. */
function reprs(make: string, values: readonly unknown[]): string[] {
  if (python === undefined) return [];
  const [program, ...args] = python.command;
  const script = `import json, sys\nprint(json.dumps([repr(${make}) for v in json.load(sys.stdin)]))`;
  return JSON.parse(
    execFileSync(program, [...args, '-c', script], { input: JSON.stringify(values), encoding: 'utf8' }),
  ) as string[];
}

test('floats, complex numbers', (context) => {
  if (python === undefined) skip(context, NO_PYTHON);
  const floats = [
    ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 3000, seed: 1 }),
    ...fc.sample(fc.float({ noNaN: true, noDefaultInfinity: true }), { numRuns: 1000, seed: 2 }),
    ...fc.sample(fc.integer(), { numRuns: 200, seed: 3 }),
    ...[
      1e15, 1e16, 1e17, 123456789012345680, 0.0001, 0.00001, 5e-324, 1.7976931348623157e308, 0.1, 100, 1e22,
    ],
  ].filter((value) => !Object.is(value, -0)); // JSON has no -0
  expect(floats.map(formatFloat)).toEqual(reprs('float(v)', floats));
  const pairs = floats.slice(0, 500).map((value, index) => [value, floats[floats.length - 1 - index]]);
  expect(pairs.map(([a, b]) => formatComplex(a, b))).toEqual(reprs('complex(*v)', pairs));
  expect([-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(formatFloat)).toEqual([
    '-0.0',
    'nan',
    'inf',
    '-inf',
  ]);
});

test('text and bytes', (context) => {
  if (python === undefined) skip(context, NO_PYTHON);
  const texts = [
    ...fc.sample(fc.string({ unit: 'binary-ascii' }), { numRuns: 500, seed: 4 }),
    // Characters that both know: Python's and Node's tables of Unicode may be of different years.
    ...fc.sample(
      fc.string({ unit: fc.constantFrom(...'aé\u00a0\u00adß日\u200b\u2028\u3000🐍\ue000\ufeff\'"\\') }),
      {
        numRuns: 500,
        seed: 5,
      },
    ),
  ];
  expect(texts.map(formatText)).toEqual(reprs('v', texts));
  const bytes = fc.sample(fc.uint8Array({ maxLength: 40 }), { numRuns: 500, seed: 6 });
  expect(bytes.map(formatBytes)).toEqual(
    reprs(
      'bytes(v)',
      bytes.map((one) => [...one]),
    ),
  );
  expect(formatText('\udcff')).toBe(String.raw`'\udcff'`);
});
