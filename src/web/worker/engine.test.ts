import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../../profile/arbitrary-profile.testing.ts';
import { computeFunctionCosts } from '../../profile/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { Engine } from './engine.ts';
import type { ViewSpec } from './messages.ts';

const VIEW: ViewSpec = {
  recording: 0,
  revision: 0,
  measure: 'wall',
  time: undefined,
  threads: [],
  states: [],
  transforms: [],
};

const PROFILE = profileFromText(`
  @thread  main  main  main  worker
  @wall    100   100   200   50
  main@a.py:3                       main@a.py:3   main@a.py:4   poll@b.py:9
  load@a.py:12                      load@a.py:13  draw@b.py:20
  read@/usr/lib/python3.11/io.py:5                load@a.py:12
`);

function engineWith(profile = PROFILE): Engine {
  const engine = new Engine();
  engine.open(0, profile);
  return engine;
}

test('sums of every view are those of the file', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const engine = engineWith(profile);
      const view: ViewSpec = { ...VIEW, measure: 'samples' };
      const { sum } = computeFunctionCosts(profile, 'samples');
      const search = { search: '', minWidth: 0, zoom: [] };
      const flame = engine.answer('flame', { view, inverted: false, ...search });
      expect(flame.totals.sum).toBe(sum);
      expect(flame.total[0]).toBe(sum);
      expect(flame.self.reduce((a, b) => a + b, 0)).toBe(sum);
      const inverted = engine.answer('flame', { view, inverted: true, ...search });
      expect(inverted.total[0]).toBe(sum);
      const table = engine.answer('functions', {
        view,
        sort: 'self',
        ascending: false,
        search: '',
        from: 0,
        count: 1e6,
      });
      expect(table.rows.reduce((total, row) => total + row.self, 0)).toBe(sum);
      const tree = engine.answer('tree', { view, inverted: false, expanded: [], from: 0, count: 1e6 });
      const unknown = table.rows.find(({ label }) => label === undefined)?.self ?? 0;
      expect(tree.rows.reduce((total, row) => total + row.total, 0) + unknown).toBe(sum);
    }),
    { numRuns: 40 },
  );
});

test('a zoomed path is told as far as it exists', () => {
  const request = { view: VIEW, inverted: false, minWidth: 0, search: '' };
  const zoom = ['main@a.py', 'load@a.py', 'nowhere'];
  const answer = engineWith().answer('flame', { ...request, zoom });
  expect(answer.zoom.map(({ key }) => key)).toEqual(['main@a.py', 'load@a.py']);
});

test('windows of a table fit together, in either order', () => {
  const request = { view: VIEW, sort: 'name', ascending: false, search: '', from: 0, count: 10 } as const;
  const engine = engineWith();
  const namesOf = (change: object) =>
    engine.answer('functions', { ...request, ...change }).rows.map(({ label }) => label?.name);
  const all = namesOf({});
  expect(all).toEqual([...all].sort());
  expect([...namesOf({ count: 2 }), ...namesOf({ from: 2 })]).toEqual(all);
  expect(namesOf({ ascending: true })).toEqual([...all].reverse());
});

test('trees show what is below expanded rows', () => {
  const engine = engineWith();
  const ask = (expanded: string[]) =>
    engine.answer('tree', { view: VIEW, inverted: false, expanded, from: 0, count: 99 });
  const [first] = ask([]).rows;
  expect(first.label?.name).toBe('main');
  expect(first.hasChildren).toBe(true);
  const opened = ask([first.path]).rows;
  expect(opened.map(({ depth, label }) => `${depth} ${label?.name}`)).toEqual([
    '0 main',
    '1 load',
    '1 draw',
    '0 poll',
  ]);
  // What is expanded below a closed row is not shown.
  expect(ask([opened[1].path]).rows).toHaveLength(2);
});

test('lines cost what their frames cost, and a file none of another', () => {
  const source = engineWith().answer('source', { view: VIEW, file: 'a.py' });
  expect([...source.line]).toEqual([3, 4, 12, 13]);
  expect([...source.total].map((weight) => weight / 1e5)).toEqual([200, 200, 300, 100]);
});

test('the standard library can be hidden, and callers take over', () => {
  const view: ViewSpec = { ...VIEW, transforms: [{ type: 'hide-library' }] };
  const answer = engineWith().answer('neighbours', { view, key: 'load@a.py' });
  expect(answer.chosen?.self).toBe(400e5);
  expect(answer.callers.map(({ label, weight }) => [label?.name, weight / 1e5])).toEqual([
    ['main', 200],
    ['draw', 200],
  ]);
});

test('a search that means nothing is told, and a recording that is not open refused', () => {
  const request = { view: VIEW, inverted: false, zoom: [], minWidth: 0, search: '/(/' };
  expect(engineWith().answer('flame', request).searchProblem).toBe('/(/ is no regular expression.');
  expect(() => new Engine().answer('flame', request)).toThrow('This recording is not open.');
});

test('tables for spreadsheets hold texts, never formulas', () => {
  const profile = profileFromText('@wall 10 20\n=cmd()@a,b.py x');
  const csv = new TextDecoder().decode(engineWith(profile).answer('export', { view: VIEW, format: 'csv' }));
  expect(csv.split('\r\n').slice(0, 3)).toEqual([
    'function,file,line,self (nanoseconds),total (nanoseconds),self samples,total samples',
    'x,,,2000000,2000000,1,1',
    `'=cmd(),"a,b.py",,1000000,1000000,1,1`,
  ]);
});
