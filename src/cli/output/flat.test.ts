import { expect, test } from 'vitest';
import { importProfile } from '../../formats/formats.ts';
import { inputOfBytes } from '../../formats/input.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText, unindent } from '../../profile/profile-text.testing.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { formatFlat, getSelf, selectFunctions } from './flat.ts';
import { describeFlat } from './flat-json.ts';
import { PLAIN_STYLE } from './style.ts';
import { displayWidth } from './text.ts';
import { viewOf } from './view.testing.ts';
import type { View } from './view.ts';

const NO_LIMITS = { limit: 0, minShare: 0 };
const WIDE = { columns: 100, style: PLAIN_STYLE };

const PICTURE = profileFromText(`
  @wall  100            300               100               500

  main@/srv/app.py      main@/srv/app.py  main@/srv/app.py  -
  load@/srv/lib/io.py   work@/srv/app.py
                        work@/srv/app.py
`);

test('self and total of each function, the samples without a stack among them', () => {
  const text = formatFlat(viewOf(PICTURE, 'wall'), NO_LIMITS, { ...WIDE, folder: '/srv' });
  expect(text).toBe(
    `${unindent(`
    app.vmprof: program
    30.0 ms · 4 samples
    wall time 100 ms, also: --measure cpu | samples

       self     %     ±              total     %     ±  function    file
    50.0 ms  50.0  30.0  ████      50.0 ms  50.0  30.0  (no stack)
    30.0 ms  30.0  27.5  ██▍       30.0 ms  30.0  27.5  work        app.py
    10.0 ms  10.0  23.1  ▊         50.0 ms  50.0  30.0  main        app.py
    10.0 ms  10.0  23.1  ▊         10.0 ms  10.0  23.1  load        lib/io.py
  `)}\n`,
  );
});

test('what a limit leaves out is summed', () => {
  const lines = formatFlat(viewOf(PICTURE, 'wall'), { limit: 2, minShare: 0 }, WIDE).trimEnd().split('\n');
  expect(lines.at(-1)).toBe('… 2 more functions with 20.0 % of self (--limit 0 shows all)');
  const least = formatFlat(viewOf(PICTURE, 'wall'), { limit: 0, minShare: 0.2 }, WIDE).trimEnd().split('\n');
  expect(least.at(-1)).toBe('… 1 more function with 10.0 % of self (--limit 0 shows all)');
});

test('the filters are told, with what they leave', () => {
  const view: View = { ...viewOf(PICTURE, 'samples'), filters: ['thread main'] };
  expect(formatFlat(view, NO_LIMITS, WIDE)).toContain('\nOnly thread main: 4 of 4 samples\n');
});

test.each([40, 60, 80, 100, 120, 200])('fits %d columns', (columns) => {
  const view = viewOf(buildBusyService(), 'cpu');
  for (const line of formatFlat(view, NO_LIMITS, { columns, style: PLAIN_STYLE }).trimEnd().split('\n')) {
    // Below 60 columns the numbers alone take them all: names keep 8 columns.
    expect(displayWidth(line), line).toBeLessThanOrEqual(Math.max(columns, 60));
  }
});

test('kinds that are not Python are told', () => {
  const text = formatFlat(viewOf(buildBusyService(), 'cpu'), NO_LIMITS, WIDE);
  expect(text).toContain('sqlite3_step [native]');
  expect(text).not.toContain('[python]');
});

test('what weighs less than nothing stands at the end, and counts where it is left out', () => {
  const text = new TextEncoder().encode('a;b 5\na;c -3\n -1\nd 3\n');
  const { profile } = importProfile(inputOfBytes(text, 'difference.txt'));
  const costs = computeFunctionCosts(profile, 'samples');
  const selves = selectFunctions(costs, NO_LIMITS).map((row) => getSelf(costs, row));
  expect(selves).toEqual([5, 3, 0, -1, -3]);
  const lines = formatFlat(viewOf(profile, 'samples'), { limit: 2, minShare: 0 }, WIDE).trimEnd().split('\n');
  expect(lines.at(-1)).toBe('… 3 more functions with -100.0 % of self (--limit 0 shows all)');
});

test('the JSON has every function and sums to the whole', () => {
  const profile = buildBusyService();
  const costs = computeFunctionCosts(profile, 'cpu');
  const value = describeFlat(viewOf(profile, 'cpu'), NO_LIMITS, ['a note']);
  expect(value).toMatchObject({
    schema: 1,
    view: 'flat',
    measure: 'cpu',
    unit: 'nanoseconds',
    notes: ['a note'],
  });
  const sum = value.functions.reduce((total, row) => total + row.self.amount, value.withoutStack.amount);
  expect(sum).toBe(costs.sum);
  expect(value.left).toEqual({ functions: 0, self: 0 });
  const limited = describeFlat(viewOf(profile, 'cpu'), { limit: 5, minShare: 0 }, []);
  const limitedSum = limited.functions.reduce(
    (total, row) => total + row.self.amount,
    limited.left.self + limited.withoutStack.amount,
  );
  expect(limited.functions).toHaveLength(5);
  expect(limitedSum).toBe(costs.sum);
  expect(limited.functions[1]).toEqual({
    name: 'parse_row',
    file: '/srv/shop/shop/models.py',
    line: 80,
    kind: 'python',
    self: { amount: expect.any(Number), samples: expect.any(Number), share: 0.279411, error: 0.00558 },
    total: { amount: expect.any(Number), samples: expect.any(Number), share: 0.279411, error: 0.00558 },
  });
});
