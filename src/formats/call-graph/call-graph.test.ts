import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { type FunctionIndex, NONE, type Profile, type StackIndex } from '../../profile/tables.ts';
import { type CallGraph, computeCallPaths } from './call-graph.ts';
import { computeCallGraph } from './call-graph-of-profile.ts';
import { findRecursive } from './call-graph-order.ts';

/** `a>b 10` is a call with its cost, `a 3` a function with its own cost; functions are single letters. */
function graphFromText(text: string, totals: Record<string, number> = {}): CallGraph {
  const lines = text.trim().split(/\s*,\s*/);
  const names = [...new Set(text.match(/[a-z]/g))].sort();
  const self = new Float64Array(names.length);
  const calls: [number, number, number][] = [];
  for (const line of lines) {
    const [, caller = '', callee, cost] = /^(\w)(?:>(\w))? ([-\d.]+)$/.exec(line) ?? [];
    if (callee === undefined) self[names.indexOf(caller)] = Number(cost);
    else calls.push([names.indexOf(caller), names.indexOf(callee), Number(cost)]);
  }
  return {
    functionCount: names.length,
    placeFunction: Int32Array.from(names, (_, row) => row),
    placeSelf: self,
    callPlace: Int32Array.from(calls, ([caller]) => caller),
    callCallee: Int32Array.from(calls, ([, callee]) => callee),
    callCost: Float64Array.from(calls, ([, , cost]) => cost),
    total: Float64Array.from(names, (name) => totals[name] ?? Number.NaN),
  };
}

/** The paths of a graph with their rows: place, row of the caller (NONE: none), and what each costs. */
interface Paths {
  readonly length: number;
  readonly parent: readonly number[];
  readonly place: readonly number[];
  readonly self: Float64Array;
  readonly isWhole: boolean;
  readonly missing: number;
}

function makePaths(graph: CallGraph): Paths {
  const parent: number[] = [];
  const place: number[] = [];
  const paths = computeCallPaths(graph, (caller, called) => {
    parent.push(caller);
    return place.push(called) - 1;
  });
  expect(paths.self[0]).toBe(0);
  return { ...paths, length: place.length, parent, place, self: paths.self.slice(1, place.length + 1) };
}

function draw(paths: Paths): string[] {
  const lines: string[] = [];
  for (let row = 0; row < paths.length; row++) {
    if (paths.self[row] === 0) continue;
    let text = '';
    for (let at = row; at !== NONE; at = paths.parent[at]) {
      text = String.fromCharCode(97 + paths.place[at]) + text;
    }
    lines.push(`${text} ${Number(paths.self[row].toPrecision(9))}`);
  }
  return lines.sort();
}

describe('graphs without recursion', () => {
  test('a chain is one path with the costs on its way', () => {
    const paths = makePaths(graphFromText('a 1, b 2, c 4, a>b 6, b>c 4'));
    expect(draw(paths)).toEqual(['a 1', 'ab 2', 'abc 4']);
  });

  test('a function costs the same whoever calls its caller', () => {
    const text = 'c 100, d 200, e 300, a>c 450, b>c 150, c>d 200, c>e 300';
    const shares = ['ac 75', 'acd 150', 'ace 225', 'bc 25', 'bcd 50', 'bce 75'];
    expect(draw(makePaths(graphFromText(text)))).toEqual(shares);
  });

  test('whole numbers stay whole, others are split exactly', () => {
    const whole = 'c 10, d 20, e 30, a>c 45, b>c 15, c>d 20, c>e 30';
    const shares = ['ac 8', 'acd 15', 'ace 22', 'bc 2', 'bcd 5', 'bce 8'];
    expect(draw(makePaths(graphFromText(whole)))).toEqual(shares);
    const halves = 'c 0.5, d 1.5, a>c 1.5, b>c 0.5, c>d 1.5';
    const exact = ['ac 0.375', 'acd 1.125', 'bc 0.125', 'bcd 0.375'];
    expect(draw(makePaths(graphFromText(halves)))).toEqual(exact);
  });

  test('what no caller explains begins at the function itself', () => {
    expect(draw(makePaths(graphFromText('b 10, a>b 4')))).toEqual(['ab 4', 'b 6']);
  });

  test('what callers claim of a function beyond what it cost is taken back', () => {
    const paths = makePaths(graphFromText('d>a 41, a 1, c 10, a>c 40, b>c 10'));
    expect(draw(paths)).toEqual(['bc 2', 'da 1', 'dac 8']);
    // Of the call of c; that of a was right, and cut because of it.
    expect(paths.missing).toBe(40);
  });

  test('negative and missing costs are no costs', () => {
    const graph = graphFromText('a 5, b -3, a>b -4');
    expect(draw(makePaths({ ...graph, callCost: Float64Array.of(Number.NaN) }))).toEqual(['a 5']);
    expect(draw(makePaths(graphFromText('a 0, a>b 7')))).toEqual([]);
  });

  test('calls from several places keep their place', () => {
    const graph = {
      functionCount: 2,
      placeFunction: Int32Array.of(0, 0, 1),
      placeSelf: Float64Array.of(1, 2, 9),
      callPlace: Int32Array.of(0, 1),
      callCallee: Int32Array.of(1, 1),
      callCost: Float64Array.of(3, 6),
    };
    expect(draw(makePaths(graph))).toEqual(['a 1', 'ac 3', 'b 2', 'bc 6']);
  });
});

describe('recursion', () => {
  test('a function that calls itself stands in its paths twice where it did', () => {
    const graph = graphFromText('a 1, b 9, a>b 9, b>b 5', { a: 10, b: 9 });
    expect(draw(makePaths(graph))).toEqual(['a 1', 'ab 4', 'abb 5']);
  });

  test('two functions that call each other keep self and total', () => {
    const graph = graphFromText('b 4, c 6, a>b 10, b>c 8, c>b 5', { a: 10, b: 10, c: 8 });
    expect(draw(makePaths(graph))).toEqual(['ab 2', 'abc 6', 'abcb 2']);
  });

  test('without totals, cycles are left the shortest way of calls', () => {
    const graph = graphFromText('b 4, c 6, a>b 10, b>c 8, c>b 5');
    expect(draw(makePaths(graph))).toEqual(['ab 4', 'abc 6']);
    const ring = graphFromText('a>b 9, b>c 50, c>d 40, c>e 30, d>b 3, e>d 2, d 9');
    expect(draw(makePaths(ring))).toEqual(['abcd 9']);
  });

  test('a cycle of 100 functions, 1000 times around, is entered and left where it was', () => {
    const builder = new ProfileBuilder();
    const thread = addThread(builder);
    let stack: StackIndex | -1 = NONE;
    for (let depth = 0; depth < 100_000; depth++) {
      stack = builder.internStack(
        stack,
        builder.internFrame({ function: internFunction(builder, depth % 100) }),
      );
    }
    builder.addSample(0, thread, stack, 0, 3, 0);
    const paths = makePaths(computeCallGraph(builder.build(), 'wall'));
    expect(paths.length).toBe(100);
    expect(Array.from(paths.place)).toEqual(Array.from({ length: 100 }, (_, row) => row));
  });
});

function addThread(builder: ProfileBuilder) {
  return builder.addThread({
    process: builder.addProcess({ pid: 1, command: '', start: 0 }),
    tid: 1,
    start: 0,
  });
}

function internFunction(builder: ProfileBuilder, row: number): FunctionIndex {
  return builder.internFunction({ name: `f${row}`, kind: 'other' });
}

/** Stacks of few functions, so that they call each other in all ways. */
const arbitraryProfile = fc
  .record({
    rows: fc.array(fc.tuple(fc.array(fc.nat(11), { minLength: 1, maxLength: 12 }), fc.nat(100_000)), {
      minLength: 1,
      maxLength: 30,
    }),
    functions: fc.integer({ min: 1, max: 12 }),
    isAcyclic: fc.boolean(),
  })
  .map(({ rows, functions, isAcyclic }): Profile => {
    const builder = new ProfileBuilder();
    const thread = addThread(builder);
    for (let row = 0; row < functions; row++) internFunction(builder, row);
    for (const [path, weight] of rows) {
      let stack: StackIndex | -1 = NONE;
      const steps = path.map((step) => step % functions);
      for (const step of isAcyclic ? [...new Set(steps)].sort((a, b) => a - b) : steps) {
        stack = builder.internStack(stack, builder.internFrame({ function: internFunction(builder, step) }));
      }
      builder.addSample(0, thread, stack, 0, weight, 0);
    }
    return builder.build();
  });

function profileOfPaths(paths: Paths, functionCount: number): Profile {
  const builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'elapsed', unit: 'nanoseconds', scale: 1, storage: 'float64' }],
  });
  const thread = addThread(builder);
  for (let row = 0; row < functionCount; row++) internFunction(builder, row);
  for (let row = 0; row < paths.length; row++) {
    const frame = builder.internFrame({ function: paths.place[row] as FunctionIndex });
    builder.addSample(
      0,
      thread,
      builder.internStack(paths.parent[row] as StackIndex | -1, frame),
      0,
      paths.self[row],
      0,
    );
  }
  return builder.build();
}

function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, row) => {
    expect(Math.abs(actual[row] - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, value));
  });
}

describe('properties', () => {
  test('self and total of every function are those of the profile, recursion or not', () => {
    fc.assert(
      fc.property(arbitraryProfile, (profile) => {
        const graph = computeCallGraph(profile, 'wall');
        const paths = makePaths(graph);
        expect(paths.isWhole).toBe(true);
        expect(paths.missing).toBe(0);
        expect(paths.self.every(Number.isInteger)).toBe(true);
        const costs = computeFunctionCosts(profileOfPaths(paths, graph.functionCount), 'wall');
        expectClose(costs.self, graph.costs.self);
        expectClose(costs.total, graph.costs.total);
      }),
      { numRuns: 500 },
    );
  });

  test('without totals, all but functions of cycles keep theirs, and each call in a path is one of the graph', () => {
    fc.assert(
      fc.property(arbitraryProfile, (profile) => {
        const { total, ...graph } = computeCallGraph(profile, 'wall');
        const caller = graph.callPlace;
        const isRecursive = findRecursive({ ...graph, caller, callee: graph.callCallee });
        const paths = makePaths(graph);
        const costs = computeFunctionCosts(profileOfPaths(paths, graph.functionCount), 'wall');
        expect(costs.self).toEqual(graph.costs.self);
        for (let row = 0; row < total.length; row++) {
          if (isRecursive[row] === 0) expect(costs.total[row]).toBe(total[row]);
        }
        const calls = new Set(graph.callCallee.map((callee, call) => caller[call] * 100 + callee));
        paths.parent.forEach((parent, row) => {
          if (parent !== NONE) expect(calls).toContain(paths.place[parent] * 100 + paths.place[row]);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('whatever the numbers are, self is kept', () => {
    const cost = fc.oneof(fc.nat(100), fc.double({ min: -10, max: 1e12 }));
    const call = fc.tuple(fc.nat(9), fc.nat(9), cost);
    fc.assert(
      fc.property(
        fc.array(cost, { minLength: 10, maxLength: 10 }),
        fc.array(call, { maxLength: 40 }),
        (self, calls) => {
          const graph: CallGraph = {
            functionCount: 10,
            placeFunction: Int32Array.from({ length: 10 }, (_, row) => row),
            placeSelf: Float64Array.from(self),
            callPlace: Int32Array.from(calls, ([caller]) => caller),
            callCallee: Int32Array.from(calls, ([, callee]) => callee),
            callCost: Float64Array.from(calls, ([, , value]) => value),
          };
          const paths = makePaths(graph);
          const kept = new Float64Array(10);
          for (let row = 0; row < paths.length; row++) kept[paths.place[row]] += paths.self[row];
          self.forEach((value, row) => {
            const expected = Number.isNaN(value) ? 0 : Math.max(value, 0);
            expect(Math.abs(kept[row] - expected)).toBeLessThanOrEqual(1e-9 * expected + 1e-300);
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a ladder, in which paths double at every step, stays small and whole', () => {
  const steps = 200;
  const functionCount = steps * 2;
  const calls: [number, number][] = [];
  for (let row = 0; row < functionCount - 2; row++) {
    const next = row - (row % 2) + 2;
    calls.push([row, next], [row, next + 1]);
  }
  const costs = Float64Array.from(calls, ([caller]) => (functionCount - (caller - (caller % 2)) - 2) / 4);
  const paths = makePaths({
    functionCount,
    placeFunction: Int32Array.from({ length: functionCount }, (_, row) => row),
    placeSelf: new Float64Array(functionCount).fill(1),
    callPlace: Int32Array.from(calls, ([caller]) => caller),
    callCallee: Int32Array.from(calls, ([, callee]) => callee),
    callCost: costs,
  });
  expect(paths.isWhole).toBe(true);
  expect(paths.length).toBeLessThan(600_000);
  const total = computeFunctionCosts(profileOfPaths(paths, functionCount), 'wall').total;
  for (let row = 0; row < functionCount; row++) {
    expect(total[row]).toBeCloseTo((functionCount - (row - (row % 2))) / 2, 6);
  }
});
