import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CostLines } from './cost-lines.ts';

interface Line {
  readonly caller: number;
  readonly callee: number;
  readonly line: number;
  readonly costs: readonly number[];
}

/** Functions of some lines each; written in several parts, each of which has some of the functions, and of their lines. */
const arbitraryLines = fc
  .record({
    functions: fc.array(
      fc.uniqueArray(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.nat(40)), { minLength: 1, maxLength: 30 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
    parts: fc.array(fc.array(fc.tuple(fc.nat(5), fc.array(fc.nat(30), { maxLength: 12 })), { maxLength: 8 })),
  })
  .map(({ functions, parts }) => {
    let cost = 1;
    return parts.flat().flatMap(([f, chosen]): Line[] => {
      const caller = f % functions.length;
      const lines = functions[caller];
      return chosen.map((at) => {
        const [callee, line] = lines[at % lines.length];
        return { caller, callee, line, costs: [cost++, 1] };
      });
    });
  });

const keyOf = ({ caller, callee, line }: Line) => `${caller} ${callee} ${line}`;

test('equal lines are added up, in whatever order they come and however often there is no room', () => {
  fc.assert(
    fc.property(arbitraryLines, fc.integer({ min: 1, max: 20 }), (written, room) => {
      const functionCount = 6;
      const lines = new CostLines(2, room);
      const sums = new Map<string, number[]>();
      for (const each of written) {
        const row = lines.intern(each.caller, each.callee, each.line, functionCount);
        const sum = sums.get(keyOf(each)) ?? [0, 0];
        sums.set(keyOf(each), sum);
        each.costs.forEach((cost, event) => {
          lines.costs[event][row] += cost;
          sum[event] += cost;
        });
      }
      lines.finish(functionCount);
      const read = new Map<string, number[]>();
      for (let caller = 0; caller < functionCount; caller++) {
        for (let row = lines.start[caller]; row < lines.start[caller + 1]; row++) {
          const costs = lines.costs.map((column) => column[row]);
          read.set(keyOf({ caller, callee: lines.callee[row], line: lines.line[row], costs }), costs);
        }
      }
      expect(lines.length).toBe(sums.size);
      expect(read).toEqual(sums);
    }),
    { numRuns: 500 },
  );
});

test('lines that come again in the order they came in before are found where they stand', () => {
  const lines = new CostLines(1, 4);
  const part = [
    [0, 10],
    [0, 20],
    [1, 5],
    [1, 6],
  ];
  const intern = ([caller, line]: readonly number[]) => lines.intern(caller, -1, line, 2);
  part.forEach(intern);
  // No room: equal lines are added up, of which there are none.
  intern([1, 7]);
  expect(part.map(intern)).toEqual([0, 1, 2, 3]);
  expect(intern([0, 20])).toBe(1);
  expect(lines.length).toBe(5);
});
