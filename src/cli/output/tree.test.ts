import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { profileFromText, unindent } from '../../profile/profile-text.testing.ts';
import type { Profile, StackIndex } from '../../profile/tables.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { PLAIN_STYLE } from './style.ts';
import { displayWidth } from './text.ts';
import { formatTree, type TreeOptions } from './tree.ts';
import { describeTree } from './tree-json.ts';
import { viewOf } from './view.testing.ts';

const ALL: TreeOptions = { limit: 0, minShare: 0, isInverted: false, byThread: false };

/** The tree alone: without the header, without the line on how to read it, and without errors. */
function treeOf(profile: Profile, options: Partial<TreeOptions> = {}, columns = 78): string {
  const text = formatTree(viewOf(profile, 'wall'), { ...ALL, ...options }, { columns, style: PLAIN_STYLE });
  // Header, tree and advice are apart by empty lines.
  return text.split('\n\n')[1];
}

const PICTURE = profileFromText(
  `
  @wall  40    30    20    6     3     1

  main@app.py  main@app.py  main@app.py  main@app.py  main@app.py  main@app.py
  serve        serve        serve        serve        serve        exit
  parse        parse        render       log          flush
  decode
`.replace('@wall  40    30    20    6     3     1', '@wall 40 30 20 6 3 1'),
);

test('calls are indented where there are several', () => {
  expect(treeOf(PICTURE)).toBe(
    unindent(`
       total      %                 self  call tree
    10.00 ms  100.0  ██████████           (all)
    10.00 ms  100.0  ██████████           main  app.py
     9.90 ms   99.0  █████████▉           ├─ serve
     7.00 ms   70.0  ███████     3.00 ms  │  ├─ parse
     4.00 ms   40.0  ████        4.00 ms  │  │  decode
     2.00 ms   20.0  ██          2.00 ms  │  ├─ render
     0.60 ms    6.0  ▋           0.60 ms  │  ├─ log
     0.30 ms    3.0  ▎           0.30 ms  │  └─ flush
     0.10 ms    1.0  ▏           0.10 ms  └─ exit
  `),
  );
});

test('what is cut is summed where it was cut', () => {
  expect(treeOf(PICTURE, { minShare: 0.1 })).toBe(
    unindent(`
       total      %                 self  call tree
    10.00 ms  100.0  ██████████           (all)
    10.00 ms  100.0  ██████████           main  app.py  … 1 more, 1.0 %
     9.90 ms   99.0  █████████▉           serve
     7.00 ms   70.0  ███████     3.00 ms  ├─ parse
     4.00 ms   40.0  ████        4.00 ms  │  decode
     2.00 ms   20.0  ██          2.00 ms  ├─ render
     0.90 ms    9.0  ▉                    └─ … 2 more, 9.0 %
  `),
  );
  expect(treeOf(PICTURE, { limit: 3 })).toBe(
    unindent(`
       total      %              self  call tree
    10.00 ms  100.0  ██████████        (all)
    10.00 ms  100.0  ██████████        main  app.py  … 1 more, 1.0 %
     9.90 ms   99.0  █████████▉        serve  … 4 more, 99.0 %
  `),
  );
});

test('upside down, callers stand below', () => {
  const text = treeOf(PICTURE, { isInverted: true, limit: 9 });
  expect(text).toBe(
    unindent(`
       total      %              function, and below it who calls it
    10.00 ms  100.0  ██████████  (all)
     4.00 ms   40.0  ████        ├─ decode
     4.00 ms   40.0  ████        │  parse
     4.00 ms   40.0  ████        │  serve
     4.00 ms   40.0  ████        │  main  app.py
     3.00 ms   30.0  ███         ├─ parse
     3.00 ms   30.0  ███         │  serve
     3.00 ms   30.0  ███         │  main  app.py
     2.00 ms   20.0  ██          ├─ render  … 1 more, 20.0 %
     1.00 ms   10.0  █           └─ … 3 more, 10.0 %
  `),
  );
});

test('direct recursion is one line', () => {
  const profile = profileFromText(`
    main  main  main
    fib   fib   fib
    fib   fib   fib
    fib   add   fib
                fib
  `);
  expect(treeOf(profile)).toBe(
    unindent(`
       total      %                  self  call tree
    30.00 ms  100.0  ██████████            (all)
    30.00 ms  100.0  ██████████            main
    30.00 ms  100.0  ██████████            fib ×2
    20.00 ms   66.7  ██████▋     20.00 ms  ├─ fib ×2
    10.00 ms   33.3  ███▍        10.00 ms  └─ add
  `),
  );
});

test('one tree for each thread, the busiest first', () => {
  const text = formatTree(
    viewOf(buildBusyService(), 'cpu'),
    { ...ALL, limit: 1, byThread: true },
    { columns: 160, style: PLAIN_STYLE },
  );
  const titles = [...text.matchAll(/ {2}([\w-]+ \(\d+\)) of/g)].map((match) => match[1]);
  expect(titles).toEqual([
    'MainThread (4250)',
    'Worker-1 (4244)',
    'Worker-3 (4246)',
    'Worker-2 (4245)',
    'MainThread (4242)',
  ]);
});

test.each([40, 64, 80, 100, 140])('fits %d columns, however deep', (columns) => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  let stack: StackIndex | -1 = -1;
  for (let depth = 0; depth < 60; depth++) {
    const name = `Module.function_number_${depth}`;
    const func = builder.internFunction({ name, file: '/srv/a/long/path/module.py', kind: 'python' });
    stack = builder.internStack(stack, builder.internFrame({ function: func }));
    const side = builder.internFunction({ name: `side_${depth}`, kind: 'native' });
    builder.addSample(0, thread, stack, 0, 1, 0);
    builder.addSample(
      0,
      thread,
      builder.internStack(stack, builder.internFrame({ function: side })),
      0,
      1,
      0,
    );
  }
  const text = formatTree(viewOf(builder.build(), 'wall'), ALL, { columns, style: PLAIN_STYLE });
  const [, ...lines] = text.slice(text.indexOf('total')).trimEnd().split('\n');
  for (const line of lines.slice(0, -2)) {
    expect(displayWidth(line), line).toBeLessThanOrEqual(Math.max(columns, 60));
  }
});

test('the JSON has every node, parents before children, and tells what was left out', () => {
  const value = describeTree(viewOf(PICTURE, 'wall'), { ...ALL, minShare: 0.1 }, []);
  const [{ nodes, sum }] = value.trees;
  expect(sum).toBe(10_000_000);
  expect(nodes.map(({ parent, depth, name }) => [parent, depth, name])).toEqual([
    [null, 0, null],
    [0, 1, 'main'],
    [1, 2, 'serve'],
    [2, 3, 'parse'],
    [3, 4, 'decode'],
    [2, 3, 'render'],
  ]);
  expect(nodes[2].left).toEqual({ nodes: 2, total: 900_000, isIncomplete: false });
  const self = nodes.reduce((total, node) => total + node.self.amount, 0);
  const left = nodes.reduce((total, node) => total + node.left.total, 0);
  expect(self + left).toBe(sum);
});
