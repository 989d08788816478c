import { expect, test } from 'vitest';
import { RecentLists } from './recent-lists.ts';

test('finds lists that were added, and no others', () => {
  const lists = new RecentLists();
  const [a, b] = [Int32Array.of(1, 2, 3), Int32Array.of(1, 2, 4)];
  expect(lists.find(7, a, 3)).toBe(-1);
  lists.add(7, a, 3, 5);
  expect([lists.find(7, a, 3), lists.find(7, b, 3), lists.find(7, a, 2), lists.find(8, a, 3)]).toEqual([
    5, -1, -1, -1,
  ]);
  // The same place.
  lists.add(7, b, 3, 6);
  expect([lists.find(7, a, 3), lists.find(7, b, 3)]).toEqual([-1, 6]);
});

test('when its memory is full, it begins anew', () => {
  const lists = new RecentLists();
  const list = new Int32Array(100_000);
  for (let made = 0; made < 50; made++) {
    list[0] = made;
    lists.add(made, list, list.length, made);
    expect(lists.find(made, list, list.length)).toBe(made);
  }
  list[0] = 0;
  expect(lists.find(0, list, list.length)).toBe(-1);
});

test('gives up where lists never come again', () => {
  const lists = new RecentLists();
  const list = new Int32Array(1);
  for (let made = 0; made < 50_000; made++) {
    list[0] = made;
    expect(lists.find(1, list, 1)).toBe(-1);
    lists.add(1, list, 1, made);
  }
  expect(lists.find(1, list, 1)).toBe(-1);
});
