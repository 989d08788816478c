import { expect, test } from 'vitest';
import { LabelReceiver, LabelSender } from './label-passing.ts';
import type { FunctionLabel } from './messages.ts';

function makeLabels(count: number): FunctionLabel[] {
  return Array.from({ length: count }, (_, row) => ({
    row,
    key: `f${row}`,
    name: `f${row}`,
    file: '',
    line: 0,
    kind: 'python',
  }));
}

test('every answer has its labels, and none is sent twice', () => {
  const [sender, receiver] = [new LabelSender(), new LabelReceiver()];
  const labels = makeLabels(5);
  const sent: number[] = [];
  for (const places of [[0, 1, 2], [2, 1], [], [4, 3, 0]]) {
    const wanted = places.map((place) => labels[place]);
    const passed = sender.pass(wanted);
    sent.push(passed.fresh.length);
    expect(receiver.take(structuredClone(passed))).toEqual(wanted);
  }
  expect(sent).toEqual([3, 0, 0, 2]);
});

test('it begins anew when there are very many', () => {
  const [sender, receiver] = [new LabelSender(), new LabelReceiver()];
  const many = makeLabels(60_000);
  receiver.take(sender.pass(many));
  const passed = sender.pass(many.slice(0, 3));
  expect(passed.isAnew).toBe(true);
  expect(receiver.take(passed)).toEqual(many.slice(0, 3));
});
