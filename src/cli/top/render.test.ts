import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { builderFromText } from '../../profile/profile-text.testing.ts';
import { NONE, type ProcessIndex, type StackIndex, type ThreadIndex } from '../../profile/tables.ts';
import { COLOUR_STYLE, PLAIN_STYLE } from '../output/style.ts';
import { TOP_MEASURES } from './function-sums.ts';
import { type TopStyle, visibleWidth, withBars } from './line.ts';
import { LiveCosts } from './live-costs.ts';
import type { Picture } from './picture.ts';
import { getPageSize, renderLastPicture, renderScreen } from './render.ts';
import { initialState, type TopState } from './top-state.ts';

const PLAIN: TopStyle = { ...PLAIN_STYLE, inverse: (text) => text };

/** Two threads of a service over two seconds: the time unit is 100 µs. */
function pictureOf(builder: ProfileBuilder, change: Partial<Picture> = {}): Picture {
  const costs = new LiveCosts();
  builder.updateProcess(0 as ProcessIndex, { runtime: 'CPython 3.11.7' });
  const profile = builder.build();
  costs.add(profile, 2e9);
  return {
    profile,
    costs,
    progress: {
      elapsed: 2e9,
      samples: 1234,
      rate: 99.6,
      lost: 3,
      processes: 1,
      resident: 85_000_000,
    },
    pid: 4242,
    command: 'python3 app.py --port 8000',
    isLaunched: false,
    folder: '/srv/app',
    message: undefined,
    ...change,
  };
}

function service(): ProfileBuilder {
  return builderFromText(`
    @thread  main  main  main  worker
    @wall  9000  7000  4000  20000
    @cpu  9000  7000  0  1500
    @state  running+gil  running+gil  waiting  running

    main@/srv/app/app.py     main@/srv/app/app.py  main@/srv/app/app.py                   Thread.run@/usr/lib/python3.11/threading.py
    render@/srv/app/view.py  fib@/srv/app/view.py  poll@/usr/lib/python3.11/selectors.py  compress@/srv/app/store.py
                             fib@/srv/app/view.py
  `);
}

function screen(
  state: Partial<TopState> = {},
  change: Partial<Picture> = {},
  columns = 80,
  rows = 14,
): string {
  const lines = renderScreen(
    pictureOf(service(), change),
    { ...initialState('cpu'), ...state },
    { columns, rows },
    PLAIN,
  );
  expect(lines).toHaveLength(rows);
  for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(columns);
  return lines.map((line) => line.trimEnd()).join('\n');
}

describe('the screen', () => {
  test('shows program, progress, meters and table', () => {
    expect(screen()).toMatchInlineSnapshot(`
      "python3 app.py --port 8000  4242 · CPython 3.11.7
      2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
      CPU  87.5 % ████████▊    GIL  80.0 % ████████     memory 81.1 MiB
      CPU time of all threads                      % of the last 2 s, 100 % is one CPU
       ▼self%  total%      self     total  function                file:line
         45.0    45.0    0.90 s    0.90 s  render                  view.py
         35.0    35.0    0.70 s    0.70 s  fib                     view.py
          7.5     7.5    0.15 s    0.15 s  compress                store.py
          0.0    80.0    0.00 s    1.60 s  main                    app.py
          0.0     7.5    0.00 s    0.15 s  Thread.run              …/threading.py



      q quit  s sort  r reverse  m measure  t thread  p pause  ? help"
    `);
  });

  test('has bars and long paths where there is room', () => {
    expect(screen({ sortBy: 'total', isReversed: true }, {}, 120)).toMatchInlineSnapshot(`
      "python3 app.py --port 8000  4242 · CPython 3.11.7
      2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
      CPU  87.5 % ████████▊    GIL  80.0 % ████████     memory 81.1 MiB
      CPU time of all threads                                                              % of the last 2 s, 100 % is one CPU
        self%             total%      self    ▲total  function                               file:line
          0.0                7.5    0.00 s    0.15 s  Thread.run                             /usr/lib/python3.11/threading.py
          7.5 ▊              7.5    0.15 s    0.15 s  compress                               store.py
         35.0 ███▌          35.0    0.70 s    0.70 s  fib                                    view.py
         45.0 ████▌         45.0    0.90 s    0.90 s  render                                 view.py
          0.0               80.0    0.00 s    1.60 s  main                                   app.py



      q quit  s sort  r reverse  m measure  t thread  p pause  ? help"
    `);
  });

  test('shows one thread, waiting too', () => {
    expect(screen({ measure: 'wall', thread: 0 as ThreadIndex })).toMatchInlineSnapshot(`
      "python3 app.py --port 8000  4242 · CPython 3.11.7
      2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
      CPU  87.5 % ████████▊    GIL  80.0 % ████████     memory 81.1 MiB
      wall time of thread 1 of 2: main (1000)   % of the last 2 s, 100 % is one thread
       ▼self%  total%      self     total  function                file:line
         45.0    45.0    0.90 s    0.90 s  render                  view.py
         35.0    35.0    0.70 s    0.70 s  fib                     view.py
         20.0    20.0    0.40 s    0.40 s  poll                    …/selectors.py
          0.0   100.0    0.00 s    2.00 s  main                    app.py




      q quit  s sort  r reverse  m measure  t thread  p pause  ? help"
    `);
  });

  test('scrolls, and tells where it is', () => {
    const text = screen({ scroll: 2 }, {}, 80, 9);
    expect(text).toMatchInlineSnapshot(`
      "python3 app.py --port 8000  4242 · CPython 3.11.7
      2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
       ▼self%  total%      self     total  function                file:line
          7.5     7.5    0.15 s    0.15 s  compress                store.py
          0.0    80.0    0.00 s    1.60 s  main                    app.py
          0.0     7.5    0.00 s    0.15 s  Thread.run              …/threading.py


      q quit  s sort  r reverse  m measure  t thread  p pause  ? help         3–5 of 5"
    `);
  });

  test('explains the keys', () => {
    expect(screen({ overlay: 'help' }, {}, 80, 22)).toMatchInlineSnapshot(`
      "python3 app.py --port 8000  4242 · CPython 3.11.7
      2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
      CPU  87.5 % ████████▊    GIL  80.0 % ████████     memory 81.1 MiB
      CPU time of all threads                      % of the last 2 s, 100 % is one CPU

      self%  total%   the last seconds: in the function itself, and with its calls
      self   total    the same since the start, as time

      1 2 3 4, ← →, s        sort by another column
      r                      the other way round
      m                      count CPU time, wall time, or time with the GIL held
      t T                    the next thread, the one before; all threads come first
      p, space               hold the picture; recording goes on
      ↑ ↓, page, home, end   scroll
      q, Ctrl-C              quit; the program goes on

      Any key goes back.




      q quit  s sort  r reverse  m measure  t thread  p pause  ? help"
    `);
    expect(screen({ overlay: 'help' }, { isLaunched: true }, 80, 24)).toContain('Ctrl-C');
  });

  test('asks what becomes of a launched program, tells messages, says that it is paused', () => {
    expect(screen({ overlay: 'quit' }, { isLaunched: true }).split('\n').at(-1)).toBe(
      'End the program, too?  y yes (SIGTERM)  n no, it runs on (4242)  Esc back',
    );
    expect(screen({}, { message: 'Python 3.99 cannot be read.' }).split('\n').at(-1)).toBe(
      'Python 3.99 cannot be read.',
    );
    expect(screen({ isPaused: true }).split('\n')[0]).toMatch(
      /^python3 app\.py --port 8000 {2}4242 .* paused$/,
    );
  });

  test('says why there is nothing', () => {
    const empty = builderFromText(`
      @state  waiting

      main
    `);
    const picture = pictureOf(empty);
    const { progress } = picture;
    if (progress === undefined) throw new Error('no progress');
    const show = (state: TopState, now = progress) =>
      renderScreen({ ...picture, progress: now }, state, { columns: 80, rows: 12 }, PLAIN).join('\n');
    expect(show(initialState('cpu'))).toContain('No CPU time was used so far. The key m shows waiting, too.');
    expect(show(initialState('gil'))).toContain('The GIL was not held at any sample so far.');
    expect(show(initialState('wall'))).toContain('10.00 ms  main');
    expect(show(initialState('cpu'), { ...progress, samples: 0 })).toContain(
      'Waiting for the first samples …',
    );
  });

  test('shows texts of a program as texts, whatever they would tell the terminal', () => {
    const builder = builderFromText('a');
    const evil = builder.internFunction({ name: '\x1b[2J日本\u202e', file: 'x\r\ny.py', kind: 'python' });
    const stack = builder.internStack(NONE as StackIndex | -1, builder.internFrame({ function: evil }));
    builder.addSample(0, 0 as ThreadIndex, stack, 1, 100, 100);
    const lines = renderScreen(
      pictureOf(builder, { command: 'python \x1b]0;title\x07' }),
      initialState('cpu'),
      { columns: 80, rows: 24 },
      PLAIN,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(lines.join('\n')).toContain('␛[2J日本\\u202e');
  });

  test('has exactly the size of the terminal, whatever that is', () => {
    const picture = pictureOf(service());
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        fc.record({
          overlay: fc.constantFrom('none', 'help', 'quit'),
          measure: fc.constantFrom(...TOP_MEASURES),
          isPaused: fc.boolean(),
          scroll: fc.nat(5),
          thread: fc.constantFrom(undefined, 0 as ThreadIndex, 1 as ThreadIndex),
        }),
        fc.constantFrom(PLAIN, withBars(COLOUR_STYLE)),
        (columns, rows, change, style) => {
          const state = { ...initialState('cpu'), ...change } as TopState;
          const lines = renderScreen(picture, state, { columns, rows }, style);
          expect(lines).toHaveLength(rows);
          for (const line of lines) {
            expect(visibleWidth(line)).toBeLessThanOrEqual(columns);
            expect(line).not.toContain('\n');
          }
          expect(getPageSize({ columns, rows })).toBeLessThan(rows);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('the last picture is as long as what it shows, and has no keys', () => {
  const lines = renderLastPicture(
    pictureOf(service()),
    { ...initialState('cpu'), scroll: 3, isPaused: true },
    { columns: 80, rows: 24 },
    PLAIN,
  );
  expect(lines.map((line) => line.trimEnd()).join('\n')).toMatchInlineSnapshot(`
    "python3 app.py --port 8000  4242 · CPython 3.11.7
    2.0 s · 1,234 samples · 100 Hz · 3 lost · 2 threads · 1 process
    CPU  87.5 % ████████▊    GIL  80.0 % ████████     memory 81.1 MiB
    CPU time of all threads                      % of the last 2 s, 100 % is one CPU
     ▼self%  total%      self     total  function                file:line
       45.0    45.0    0.90 s    0.90 s  render                  view.py
       35.0    35.0    0.70 s    0.70 s  fib                     view.py
        7.5     7.5    0.15 s    0.15 s  compress                store.py
        0.0    80.0    0.00 s    1.60 s  main                    app.py
        0.0     7.5    0.00 s    0.15 s  Thread.run              …/threading.py"
  `);
});
