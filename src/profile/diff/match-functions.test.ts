import { expect, test } from 'vitest';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { NONE, type Profile } from '../tables.ts';
import { matchFunctions } from './match-functions.ts';

type Row = readonly [name: string, file?: string, firstLine?: number];

function profileOf(rows: readonly Row[]): Profile {
  const builder = new ProfileBuilder();
  for (const [name, file, firstLine] of rows) {
    builder.internFunction({
      name,
      kind: 'python',
      ...(file === undefined ? {} : { file }),
      ...(firstLine === undefined ? {} : { firstLine }),
    });
  }
  return builder.build();
}

/** Pairs of positions in the two lists. */
function match(before: readonly Row[], after: readonly Row[]) {
  const {
    length,
    before: a,
    after: b,
    ofBefore,
    ofAfter,
    moved,
  } = matchFunctions(profileOf(before), profileOf(after));
  ofBefore.forEach((common, row) => {
    expect(a[common]).toBe(row);
  });
  ofAfter.forEach((common, row) => {
    expect(b[common]).toBe(row);
  });
  return { pairs: Array.from({ length }, (_, row) => [a[row], b[row]]), moved };
}

test('functions keep their identity when their lines move', () => {
  const { pairs, moved } = match(
    [
      ['main', 'app.py', 3],
      ['load', 'app.py', 10],
    ],
    [
      ['load', 'app.py', 40],
      ['main', 'app.py', 5],
    ],
  );
  expect(pairs).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(moved).toBe(0);
});

test('several of one name are paired in order of their lines, what is left is of one side', () => {
  const { pairs } = match(
    [
      ['<lambda>', 'a.py', 20],
      ['<lambda>', 'a.py', 4],
      ['old', 'a.py', 1],
    ],
    [['<lambda>', 'a.py', 5], ['<lambda>', 'a.py', 25], ['<lambda>', 'a.py', 99], ['new']],
  );
  expect(pairs).toEqual([
    [0, 1],
    [1, 0],
    [2, NONE],
    [NONE, 2],
    [NONE, 3],
  ]);
});

test('two checkouts: the same file name, if nothing else could be meant', () => {
  const { pairs, moved } = match(
    [
      ['main', '/old/app.py'],
      ['run', '/old/a/x.py'],
      ['run', '/old/b/x.py'],
    ],
    [
      ['main', '/new/app.py'],
      ['run', '/new/a/x.py'],
      ['run', '/new/b/x.py'],
    ],
  );
  expect(pairs[0]).toEqual([0, 0]);
  expect(pairs).toHaveLength(5);
  expect(moved).toBe(1);
});
