// Follows the flow of a call graph from callers to callees, and makes the paths that it is taken apart into.

import { PairIndex } from '../../base/pair-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { NONE } from '../../profile/tables.ts';
import { Arrivals, type Waiting } from './arrivals.ts';
import { buildCycleWalks, type Walk } from './call-graph-cycles.ts';
import type { CallShape } from './call-graph-order.ts';
import { type CallGraph, positive } from './call-graph-types.ts';
import { distribute } from './distribute.ts';

/**
 * Gives the row of the path to a place of the graph, called on the path of another row (NONE: from nowhere). Asked once for each
 * path. Paths that come to look the same may have one row; NONE is that of the path without any place.
 */
export type InternPath = (parent: number, place: number) => number;

/** What the paths cost. */
export interface PathCosts {
  /** What the path costs that ends in a row: at the row + 1, as the path without any place stands in front. */
  readonly self: Float64Array;
  /** False when the graph was so tangled that some paths lost their outermost callers, and so totals are too small. */
  readonly isWhole: boolean;
}

/** Different paths; from here on they begin anew at the function reached. */
export const MAX_PATHS = 1 << 20;
/** Different paths; from here on they are no longer split in proportion. */
const MAX_SPLIT_PATHS = 1 << 17;

/** Grows paths, component by component, callers first. What arrives at a function waits for it: row of the path and weight. */
export class PathBuilder {
  readonly #graph: CallGraph;
  readonly #shape: CallShape;
  readonly #costs: Float64Array;
  readonly #internPath: InternPath;
  #self = new Float64Array(1024);
  #pathCount = 0;
  /** Rows + 1 by parent and place: of the current component alone, as no other one has its places. */
  readonly #index = new PairIndex();
  readonly #arrivals: Arrivals;
  /** What waits at the exits of the current component. */
  readonly #exits: Arrivals;
  readonly #smallest: number;
  #isWhole = true;
  /** Where the current function's weight goes: place, function called (NONE: own cost), and weight. */
  #places = new Int32Array(64);
  #callees = new Int32Array(64);
  #outputs = new Float64Array(64);
  #outputCount = 0;

  /** `costs` are those of calls, balanced. */
  constructor(graph: CallGraph, shape: CallShape, costs: Float64Array, internPath: InternPath) {
    this.#internPath = internPath;
    this.#graph = graph;
    this.#shape = shape;
    this.#costs = costs;
    this.#arrivals = new Arrivals(graph.functionCount);
    this.#exits = new Arrivals(graph.functionCount);
    // What is less than a hundred-thousandth of everything is not worth paths of its own.
    this.#smallest = graph.placeSelf.reduce((sum, cost) => sum + positive(cost), 0) * 1e-5;
  }

  /** `roots` is what each function is entered with from nowhere. */
  addComponent(component: number, roots: Float64Array): void {
    const { members: all, start } = this.#shape.components;
    const members = all.subarray(start[component], start[component + 1]);
    this.#index.clear();
    for (const row of members) if (roots[row] > 0) this.#arrivals.add(row, NONE, roots[row]);
    const [first] = members;
    if (members.length === 1 && this.#shape.callsItself[first] === 0) {
      this.#leave(first, this.#arrivals.take(first), component);
      return;
    }
    const leaving = Array.from(members, (row) => this.#listOutputs(row, component));
    const entering = Array.from(members, (row) => this.#arrivals.sum(row));
    const { walks, isWhole } = buildCycleWalks({
      members,
      entering,
      leaving,
      total: this.#graph.total,
      index: this.#shape.index,
      callPlace: this.#graph.callPlace,
      callCallee: this.#graph.callCallee,
      callCost: this.#costs,
    });
    if (!isWhole) this.#isWhole = false;
    this.#walk(members, walks);
    for (const row of members) this.#leave(row, this.#exits.take(row), component);
  }

  build(): PathCosts {
    return { self: this.#self, isWhole: this.#isWhole };
  }

  /** From where paths enter a component to where they leave it: they wait at the last function of each walk then. */
  #walk(members: Int32Array, walks: readonly Walk[]): void {
    const byEntry = new Map<number, Walk[]>();
    for (const walk of walks) {
      const list = byEntry.get(walk.functions[0]);
      if (list === undefined) byEntry.set(walk.functions[0], [walk]);
      else list.push(walk);
    }
    for (const entry of members) {
      const arrived = this.#arrivals.take(entry);
      const outputs = byEntry.get(entry) ?? [];
      const weights = Float64Array.from(outputs, (walk) => walk.weight);
      this.#match(arrived, weights, (parent, output, weight) => {
        const { functions, places } = outputs[output];
        let row = parent;
        for (let at = 0; at < functions.length - 1; at++) row = this.#intern(row, places[at]);
        this.#exits.add(functions[functions.length - 1], row, weight);
      });
    }
  }

  /** Gives what waits to the function's own cost, and to calls of other components. */
  #leave(row: number, waiting: Waiting, component: number): void {
    this.#listOutputs(row, component);
    const places = this.#places;
    const callees = this.#callees;
    this.#match(waiting, this.#outputs.subarray(0, this.#outputCount), (parent, output, weight) => {
      const path = this.#intern(parent, places[output]);
      if (callees[output] === NONE) this.#self[path + 1] += weight;
      else this.#arrivals.add(callees[output], path, weight);
    });
  }

  /** Own cost, by place, and calls to other components. Gives their sum. */
  #listOutputs(row: number, component: number): number {
    const { callPlace, callCallee, placeSelf } = this.#graph;
    const { index, components } = this.#shape;
    this.#outputCount = 0;
    let sum = 0;
    for (let at = index.placeStart[row]; at < index.placeStart[row + 1]; at++) {
      const place = index.places[at];
      const self = positive(placeSelf[place]);
      if (self === 0) continue;
      this.#addOutput(place, NONE, self);
      sum += self;
    }
    for (let at = index.outStart[row]; at < index.outStart[row + 1]; at++) {
      const call = index.outCalls[at];
      const callee = callCallee[call];
      if (this.#costs[call] === 0 || components.ofFunction[callee] === component) continue;
      this.#addOutput(callPlace[call], callee, this.#costs[call]);
      sum += this.#costs[call];
    }
    return sum;
  }

  #addOutput(place: number, callee: number, weight: number): void {
    const at = this.#outputCount++;
    if (at === this.#outputs.length) {
      this.#places = resizeColumn(this.#places, grownCapacity(at));
      this.#callees = resizeColumn(this.#callees, grownCapacity(at));
      this.#outputs = resizeColumn(this.#outputs, grownCapacity(at));
    }
    this.#places[at] = place;
    this.#callees[at] = callee;
    this.#outputs[at] = weight;
  }

  #match(
    { rows, weights }: Waiting,
    outputs: Float64Array,
    visit: (parent: number, output: number, weight: number) => void,
  ): void {
    if (outputs.length === 0) return;
    const isTooLarge = this.#pathCount >= MAX_PATHS && rows.length > 1;
    if (isTooLarge) this.#isWhole = false;
    if (isTooLarge || rows.length === 0) {
      distribute(ALL, outputs, this.#smallest, (_, output, weight) => visit(NONE, output, weight));
      return;
    }
    const smallest = this.#pathCount < MAX_SPLIT_PATHS ? this.#smallest : Number.POSITIVE_INFINITY;
    distribute(weights, outputs, smallest, (input, output, weight) => visit(rows[input], output, weight));
  }

  #intern(parent: number, place: number): number {
    const known = this.#index.find(parent, place);
    if (known !== -1) return known - 1;
    const row = this.#internPath(parent, place);
    this.#index.intern(parent, place, row + 1);
    this.#pathCount++;
    if (row + 1 >= this.#self.length) this.#self = resizeColumn(this.#self, grownCapacity(row + 1));
    return row;
  }
}

/** Everything comes from one place. */
const ALL = Float64Array.of(1);
