import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../../profile/arbitrary-profile.testing.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
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

test('what was asked before does not change an answer', () => {
  const TIMED = profileFromText(`
    @time    0     100   200   300   400   500
    @thread  main  main  kid   main  kid   main
    @wall    100   100   200   50    70    30
    main@a.py:3   main@a.py:3   main@a.py:4   poll@b.py:9   main@a.py:3   load@a.py:1
    load@a.py:12  load@a.py:13  draw@b.py:20  main@a.py:3   load@a.py:12
    read@c.py:5   main@a.py:3                 load@a.py:12  read@c.py:5
  `);
  const time = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 6 }))
    .map(([start, length]) => ({ start: start * 1e7, end: (start + length) * 1e7 }));
  const viewOf = fc.record({
    recording: fc.constant(0),
    revision: fc.constant(0),
    measure: fc.constantFrom('wall' as const, 'samples' as const),
    time: fc.option(time, { nil: undefined }),
    threads: fc.constantFrom([], [0], [1]),
    states: fc.constant([]),
    transforms: fc.constantFrom(
      [],
      [{ type: 'filter' as const, text: 'load' }],
      [{ type: 'merge' as const, key: 'load@a.py' }],
    ),
  });
  const question = fc.record({
    view: viewOf,
    before: viewOf,
    inverted: fc.boolean(),
    compares: fc.boolean(),
  });
  interface Question {
    readonly view: ViewSpec;
    readonly before: ViewSpec;
    readonly inverted: boolean;
    readonly compares: boolean;
  }
  const ask = (engine: Engine, { view, before, inverted, compares }: Question) => {
    const shown = { view, inverted, zoom: [], minWidth: 0, search: '' };
    try {
      return compares
        ? engine.answer('compare', {
            ...shown,
            before,
            normalisation: 'samples',
            widths: 'after',
            from: 0,
            count: 9,
          })
        : engine.answer('flame', shown);
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(fc.array(question, { minLength: 2, maxLength: 6 }), (questions) => {
      const engine = engineWith(TIMED);
      // Numbers of nodes are those of the tree that is there; what stands on the screen is the same.
      const picture = (answer: unknown) =>
        JSON.stringify(answer, (name, value: unknown) => (name === 'node' ? undefined : value));
      for (const each of questions) {
        expect(picture(ask(engine, each))).toBe(picture(ask(engineWith(TIMED), each)));
      }
    }),
    { numRuns: 100 },
  );
});

test('trees show what is below expanded rows', () => {
  const engine = engineWith();
  const ask = (expanded: string[]) =>
    engine.answer('tree', { view: VIEW, inverted: false, expanded, from: 0, count: 99 });
  const [first] = ask([]).rows;
  expect(first.label?.name).toBe('main');
  expect(first.hasChildren).toBe(true);
  const opened = ask([first.hashes]).rows;
  expect(opened.map(({ depth, label }) => `${depth} ${label?.name}`)).toEqual([
    '0 main',
    '1 load',
    '1 draw',
    '0 poll',
  ]);
  // What is expanded below a closed row is not shown.
  expect(ask([opened[1].hashes]).rows).toHaveLength(2);
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

test('a comparison has every function and box of both sides, and changes that add up', () => {
  const engine = engineWith(
    profileFromText(`
      @wall  100   100   200
      main   main  main
      load   load  draw
    `),
  );
  engine.open(
    1,
    profileFromText(`
      @wall  300   100
      main   main
      load   save
    `),
  );
  const request = {
    before: VIEW,
    inverted: false,
    zoom: [],
    minWidth: 0,
    search: '',
    from: 0,
    count: 99,
  } as const;
  const view = { ...VIEW, recording: 1 };
  const answer = engine.answer('compare', { ...request, view, normalisation: 'samples', widths: 'after' });
  expect(answer.rows.map(({ label, change }) => `${label?.name} ${change}`)).toEqual([
    'draw -0.5',
    'load 0.25',
    'save 0.25',
    'main 0',
  ]);
  // As wide as what is there now: what is gone has no box.
  expect(answer.changes.map(({ label, change }) => `${label?.name ?? 'all'} ${change}`)).toEqual([
    'all 0',
    'main 0',
    'load 0.25',
    'save 0.25',
  ]);
  const amounts = engine.answer('compare', { ...request, view, normalisation: 'none', widths: 'before' });
  expect(
    amounts.changes.map(
      ({ label, before, after }) => `${label?.name ?? 'all'} ${before / 1e5} ${after / 1e5}`,
    ),
  ).toEqual(['all 400 400', 'main 400 400', 'load 200 300', 'draw 200 0']);
});

test('two ranges of one recording are compared, and with nothing there is no comparison', () => {
  const engine = engineWith();
  const request = {
    minWidth: 0,
    search: '',
    from: 0,
    count: 99,
    inverted: false,
    zoom: [],
    normalisation: 'samples',
    widths: 'after',
  } as const;
  // Samples are taken 100 time units of 100 µs apart, from 0 on.
  const before = { ...VIEW, time: { start: 0, end: 20e6 } };
  const view = { ...VIEW, time: { start: 20e6, end: 30e6 } };
  const answer = engine.answer('compare', { ...request, before, view });
  expect([answer.before.samples, answer.after.samples]).toEqual([2, 1]);
  const empty = { ...VIEW, time: { start: 90e9, end: 91e9 } };
  expect(() => engine.answer('compare', { ...request, before, view: empty })).toThrow('no samples in view');
});

test('a comparison can be zoomed and inverted: the same sums, put together in another way', () => {
  const request = { minWidth: 0, search: '', from: 0, count: 999, normalisation: 'none' } as const;
  const side = fc.constantFrom('before' as const, 'after' as const);
  fc.assert(
    fc.property(arbitraryProfile, arbitraryProfile, side, (first, second, widths) => {
      const engine = engineWith(first);
      engine.open(1, second);
      const before: ViewSpec = { ...VIEW, measure: 'samples' };
      const view: ViewSpec = { ...before, recording: 1 };
      fc.pre(first.samples.length > 0 && second.samples.length > 0);
      const ask = (inverted: boolean, zoom: readonly string[]) =>
        engine.answer('compare', { ...request, view, before, widths, inverted, zoom });
      const { boxes, changes, rows } = ask(true, []);
      expect([changes[0].before, changes[0].after]).toEqual([first.samples.length, second.samples.length]);
      for (const [box, change] of changes.entries()) {
        if (boxes.depth[box] !== 1 || change.label === undefined) continue;
        // The first level of the inverted graph is the table of self costs.
        const row = rows.find(({ label }) => label?.key === change.label?.key);
        const named = rows.filter(({ label }) => label?.key === change.label?.key);
        if (named.length === 1) expect([change.before, change.after]).toEqual([row?.before, row?.after]);
      }
      const wide = changes.find(({ label }, box) => label !== undefined && boxes.depth[box] === 1);
      if (wide?.label === undefined) return;
      const zoomed = ask(true, [wide.label.key]);
      expect(zoomed.zoom.map(({ key }) => key)).toEqual([wide.label.key]);
      expect(zoomed.boxes.width[1]).toBe(1);
    }),
    { numRuns: 60 },
  );
});
