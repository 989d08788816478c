import { expect, test } from 'vitest';
import { describeRefused } from './refused-lines.ts';

test.each([
  [0, []],
  [1, ['1 line was odd: line 7: x']],
  [2, ['2 lines were odd, the first of them line 7: x']],
  [1234, ['1,234 lines were odd, the first of them line 7: x']],
])('%d refused lines', (count, notes) => {
  expect(describeRefused(count, 'line was odd', 'lines were odd', 'line 7: x')).toEqual(notes);
});
