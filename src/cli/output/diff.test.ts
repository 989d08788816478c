import { expect, test } from 'vitest';
import { computeDiff, type Normalisation } from '../../profile/diff/diff.ts';
import { profileFromText, unindent } from '../../profile/profile-text.testing.ts';
import type { Profile } from '../../profile/tables.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { formatDiff } from './diff.ts';
import { type DiffView, findGrowthAbove } from './diff-data.ts';
import { describeDiff } from './diff-json.ts';
import { COLOUR_STYLE, PLAIN_STYLE } from './style.ts';
import { displayWidth } from './text.ts';
import { viewOf } from './view.testing.ts';

/** `repeat` samples of each of the stacks. */
function picture(stacks: readonly (readonly [frames: string, repeat: number])[]): Profile {
  const columns = stacks.flatMap(([frames, repeat]) =>
    Array.from({ length: repeat }, () => frames.split(' ')),
  );
  const depth = Math.max(...columns.map((frames) => frames.length));
  const rows = Array.from({ length: depth }, (_, level) =>
    columns.map((frames) => (frames[level] ?? '').padEnd(16)).join(' '),
  );
  return profileFromText(rows.join('\n'));
}

const BEFORE = picture([
  ['main@app.py load@app.py', 60],
  ['main@app.py draw@app.py', 130],
  ['-', 10],
]);
const AFTER = picture([
  ['main@app.py load@app.py', 160],
  ['main@app.py draw@app.py', 130],
  ['main@app.py new@app.py', 2],
]);

function viewDiff(
  before: Profile,
  after: Profile,
  normalisation: Normalisation = { type: 'samples' },
): DiffView {
  return {
    before: { ...viewOf(before, 'wall'), file: 'a.vmprof' },
    after: { ...viewOf(after, 'wall'), file: 'b.vmprof' },
    diff: computeDiff(before, after, 'wall', normalisation),
    measure: 'wall',
  };
}

const WIDE = { columns: 100, style: PLAIN_STYLE };

test('what grew and what shrank, marked where it is more than chance', () => {
  const text = formatDiff(viewDiff(BEFORE, AFTER), 12, WIDE);
  const shown = text.slice(0, text.indexOf('"before" and "after"')).trimEnd();
  expect(shown).toBe(
    unindent(`
    a.vmprof → b.vmprof
    before  1.99 s · 200 samples
    after   2.91 s · 292 samples
    wall time 2.00 s → 2.92 s (+46.0 %), compared by shares, in percent of each
    More than chance (*): 4 functions, 4 call paths.

    Functions that grew
      self    ±  before  after   total    ±
    +24.8*  4.4    30.0   54.8  +24.8*  4.4  load  app.py
        0   0.4     0.0    0.0   +5.0*  1.6  main  app.py
     +0.7   0.6     0.0    0.7   +0.7   0.6  new (new)  app.py

    Functions that shrank
      self    ±  before  after   total    ±
    −20.5*  4.5    65.0   44.5  −20.5*  4.5  draw  app.py
     −5.0*  1.6     5.0    0.0   −5.0*  1.6  (no stack) (gone)

    Call paths that grew
      self    ±  before  after   total    ±
    +24.8*  4.4    30.0   54.8  +24.8*  4.4  main › load
        0   0.4     0.0    0.0   +5.0*  1.6  main
     +0.7   0.6     0.0    0.7   +0.7   0.6  main › new

    Call paths that shrank
      self    ±  before  after   total    ±
    −20.5*  4.5    65.0   44.5  −20.5*  4.5  main › draw
     −5.0*  1.6     5.0    0.0               (no stack)
  `),
  );
});

test('equal profiles have nothing to show', () => {
  const text = formatDiff(viewDiff(BEFORE, BEFORE), 12, WIDE);
  expect(text).toContain('No difference is more than chance.');
  expect(text).not.toContain('grew');
});

test('amounts have their unit, limits sum what they leave out', () => {
  const time = { type: 'time', before: 2e9, after: 3e9 } as const;
  const text = formatDiff(viewDiff(BEFORE, AFTER, time), 1, WIDE);
  expect(text).toContain('compared per second of each recording');
  expect(text).toMatch(/^\+233\.3 ms\* .* load {2}app\.py$/m);
  expect(text).toContain('… 1 more row, together +6.7 ms (--limit 0 shows all)');
});

test('a comparison of next to nothing says so', () => {
  const few = picture([['main@app.py load@app.py', 4]]);
  expect(formatDiff(viewDiff(few, AFTER), 12, WIDE)).toContain('as much as 4 equal samples.');
  expect(formatDiff(viewDiff(BEFORE, AFTER), 12, WIDE)).not.toContain('Too little');
});

test.each([60, 80, 100, 140])('fits %d columns', (columns) => {
  const busy = buildBusyService();
  for (const line of formatDiff(viewDiff(busy, AFTER), 0, { columns, style: PLAIN_STYLE }).split('\n')) {
    expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
  }
});

test('growth and shrinking have colours of their own', () => {
  const text = formatDiff(viewDiff(BEFORE, AFTER), 12, { columns: 100, style: COLOUR_STYLE });
  expect(text).toContain('\u001b[31m+24.8*');
  expect(text).toContain('\u001b[36m−20.5*');
});

test('the JSON has every function and path; changes of self add up to that of the whole', () => {
  const view = viewDiff(BEFORE, AFTER, { type: 'none' });
  const value = describeDiff(view, 0, [['a note'], [], ['of both']]);
  expect(value).toMatchObject({
    schema: 1,
    view: 'diff',
    notes: ['of both'],
    before: { file: 'a.vmprof', notes: ['a note'], samples: 200, unit: 'nanoseconds', sum: 2e9 },
    measure: 'wall',
    normalise: 'none',
    whole: { before: 2e9, after: 2.92e9, change: 0.92e9 },
  });
  const sum = value.functions.reduce((total, row) => total + row.self.change, value.withoutStack.change);
  expect(sum / 0.92e9).toBeCloseTo(1, 9);
  expect(value.paths.reduce((total, node) => total + node.self.change, 0) / 0.92e9).toBeCloseTo(1, 9);
  expect(value.functions[0]).toMatchObject({
    name: 'load',
    file: 'app.py',
    kind: 'python',
    self: { before: 0.6e9, after: 1.6e9, change: 1e9, significant: true },
  });
  value.paths.forEach(({ parent, depth }, row) => {
    if (parent === null) expect([row, depth]).toEqual([0, 0]);
    else expect(value.paths[parent].depth).toBe(depth - 1);
  });
  const limited = describeDiff(view, 1, [[], [], []]);
  expect(limited.functions.map(({ name }) => name)).toEqual(['load']);
});

test('what fails above a limit: growth that is more than chance', () => {
  const { diff } = viewDiff(BEFORE, AFTER);
  expect(findGrowthAbove(diff, 0.3)).toBeUndefined();
  expect(findGrowthAbove(diff, 0.2)).toMatchObject({
    kind: 'self',
    others: 0,
    row: diff.functions.ofBefore[1],
  });
  // "new" grew by 0.7 %, but may be chance; main grew by 5 %.
  expect(findGrowthAbove(diff, 0.005)?.others).toBe(1);
  const amounts = viewDiff(BEFORE, AFTER, { type: 'none' }).diff;
  expect(findGrowthAbove(amounts, 0.3)).toMatchObject({ row: undefined, share: 0.46 });
  // 1e9 nanoseconds a second on both sides, but for the last digit.
  const times = viewDiff(BEFORE, BEFORE, { type: 'time', before: 3, after: 3 * (1 - 1e-15) }).diff;
  expect(times.after.whole).toBeGreaterThan(times.before.whole);
  expect(findGrowthAbove(times, 0)).toBeUndefined();
});
