// What is computed from a recording for a view, kept as long as the view asks for the same: transformed stacks,
// weights, costs and trees. A change of the range recomputes what depends on it and nothing else. Only exports make copies of
// samples: everything else is made of sums by stack.

import { computeFunctionCosts, type FunctionCosts } from '../../profile/costs/function-costs.ts';
import { computeLineCosts, type LineCosts } from '../../profile/costs/line-costs.ts';
import { addMemoryWeights } from '../../profile/costs/memory-weights.ts';
import { groupInSteps, groupSamples, type SampleGroups } from '../../profile/costs/sample-groups.ts';
import { type Selection, selectSamples } from '../../profile/costs/selection.ts';
import type { DivisibleWeights, WeightColumns } from '../../profile/costs/stack-weights.ts';
import { WeightIndex } from '../../profile/costs/weight-index.ts';
import { createColumns } from '../../profile/costs/weight-sums.ts';
import {
  type TransformedStacks,
  transformProfile,
  transformStacks,
  transformWeights,
} from '../../profile/derive/transforms.ts';
import { compareSums, type ProfileDiff } from '../../profile/diff/diff.ts';
import { toDiffSums } from '../../profile/diff/diff-sums.ts';
import type { Profile, ThreadIndex } from '../../profile/tables.ts';
import { listThreadSamples, type ThreadSamples } from '../../profile/trees/flame-chart.ts';
import { InvertedTree } from '../../profile/trees/inverted-tree.ts';
import type { OpenTree } from '../../profile/trees/open-tree.ts';
import { shapeTree, type TreeShape, weighTree } from '../../profile/trees/tree-shape.ts';
import { Labels } from './function-keys.ts';
import type { ViewSpec } from './messages.ts';
import { resolveTransform } from './resolve-transforms.ts';

/** Computes for one recording, and remembers the last answers. */
export class Derived {
  readonly recording: Profile;
  /** Until it is needed. */
  #grownFrom: { readonly measure: string; readonly index: WeightIndex } | undefined;
  readonly #memo = new Map<string, { readonly key: string; readonly value: unknown }>();
  /** Where weights of selections stand. */
  readonly #columns = new Map<Side, WeightColumns>();

  /** `grownFrom`: of the same recording, when its samples are the first ones of these. */
  constructor(recording: Profile, grownFrom?: Derived) {
    this.recording = recording;
    const known = grownFrom === undefined ? undefined : grownFrom.#memo.get('index');
    if (known?.value instanceof WeightIndex) this.#grownFrom = { measure: known.key, index: known.value };
  }

  /** The tables that rows of answers are rows of, as the transforms leave them. Samples are not in it, or not transformed. */
  getTables(view: ViewSpec): Profile {
    return this.getStacks(view)?.tables ?? this.recording;
  }

  /** What the transforms make of the stacks; undefined without transforms. */
  getStacks({ transforms }: ViewSpec): TransformedStacks | undefined {
    if (transforms.length === 0) return undefined;
    return this.#remember('stacks', JSON.stringify(transforms), () =>
      transformStacks(
        this.recording,
        transforms.map((spec) => (tables: Profile) => resolveTransform(tables, spec)),
      ),
    );
  }

  /** Of the functions of these tables. */
  getLabels(view: ViewSpec): Labels {
    const tables = this.getTables(view);
    const isAsRecorded = tables.functions === this.recording.functions;
    return this.#remember(
      isAsRecorded ? 'labels' : 'transformed labels',
      isAsRecorded ? '' : JSON.stringify(view.transforms),
      () => new Labels(tables),
    );
  }

  /** A copy of the samples that the view is about, with the stacks that the transforms leave. */
  copySelected(view: ViewSpec): Profile {
    const selected = selectSamples(this.#getBase(view), toSelection(view, this.recording.timeUnit));
    return view.transforms.reduce(
      (profile, spec) => transformProfile(profile, [resolveTransform(profile, spec)]),
      selected,
    );
  }

  /** Valid until those of another view are asked for: the largest columns are used again. `side`: two views can be compared. */
  getWeights(view: ViewSpec, side: Side = 'after'): DivisibleWeights {
    return this.#remember(`weights ${side}`, viewKey(view), () => {
      const stacks = this.getStacks(view);
      const selected = isEverything(view) ? this.getWholeWeights(view) : this.#select(view, side);
      return stacks === undefined ? selected : transformWeights(selected, stacks);
    });
  }

  /** Of the selection alone: another transform then costs a pass over the stacks, and none over the samples. */
  #select(view: ViewSpec, side: Side): DivisibleWeights {
    return this.#remember(`selected ${side}`, viewKey({ ...view, transforms: [] }), () => {
      const columns = this.#columns.get(side) ?? createColumns(this.recording.stacks.length + 1);
      this.#columns.set(side, columns);
      return this.#getIndex(view).weigh(toSelection(view, this.recording.timeUnit), columns);
    });
  }

  /** Of all samples, as they were recorded. */
  getWholeWeights(view: ViewSpec): DivisibleWeights {
    return this.#remember('whole', view.measure, () => this.#getIndex(view).weigh({}));
  }

  getCosts(view: ViewSpec): FunctionCosts {
    return this.#remember('costs', viewKey(view), () =>
      computeFunctionCosts(this.getTables(view), view.measure, this.getWeights(view)),
    );
  }

  getLines(view: ViewSpec): LineCosts {
    return this.#remember('lines', viewKey(view), () =>
      computeLineCosts(this.getTables(view), view.measure, this.getWeights(view)),
    );
  }

  /** Valid until that of another view is asked for, as weights are. */
  getTree(view: ViewSpec, inverted: boolean): OpenTree {
    if (!inverted) {
      return this.#remember<OpenTree>('tree', viewKey(view), (outdated) =>
        weighTree(this.#getShape(view), this.getWeights(view), outdated),
      );
    }
    return this.#remember('inverted tree', viewKey(view), () => {
      const tree = this.getTree(view, false);
      const nodes = this.#getInverted(view, tree);
      nodes.weigh(tree);
      return nodes;
    });
  }

  getThreadSamples(thread: ThreadIndex): ThreadSamples {
    return this.#remember('thread samples', String(thread), () => listThreadSamples(this.recording, thread));
  }

  /** What changed from another view, of this or another recording. */
  getDiff(
    view: ViewSpec,
    other: Derived,
    otherView: ViewSpec,
    normalisation: 'samples' | 'none',
  ): ProfileDiff {
    const key = `${viewKey(view)} ${otherView.recording} ${otherView.revision} ${viewKey(otherView)} ${normalisation}`;
    return this.#remember('diff', key, () =>
      compareSums(
        toDiffSums(other.getTables(otherView), other.getWeights(otherView, 'before')),
        toDiffSums(this.getTables(view), this.getWeights(view)),
        { type: normalisation },
      ),
    );
  }

  /** Makes what the first selection of threads and the first transform would wait for, in steps of some milliseconds. */
  *prepare(view: ViewSpec): Generator<void> {
    const groups = yield* groupInSteps(this.recording);
    this.#remember('groups', '', () => groups);
    if (view.measure !== 'samples') yield* this.#getIndex(view).prepareSquares();
  }

  #getIndex(view: ViewSpec): WeightIndex {
    return this.#remember('index', view.measure, () => {
      const known = this.#grownFrom;
      this.#grownFrom = undefined;
      // Weights of memory are parts of a mean over all samples: they change when there are more.
      const isUsable = known?.measure === view.measure && !isMemory(view);
      const options = isUsable ? { grownFrom: known.index } : {};
      return new WeightIndex(this.#getBase(view), view.measure, () => this.#getGroups(), options);
    });
  }

  #getGroups(): SampleGroups | undefined {
    return this.#remember('groups', '', () => groupSamples(this.recording));
  }

  #getShape(view: ViewSpec): TreeShape {
    return this.#rememberByStacks('shape', view, () => shapeTree(this.getTables(view)));
  }

  /** Nodes that were opened stay from one selection to the next, until they are too many. */
  #getInverted(view: ViewSpec, tree: OpenTree): InvertedTree {
    const make = () => new InvertedTree(tree, this.#markEnds(view));
    const known = this.#rememberByStacks('inverted', view, make, { measure: view.measure });
    if (known.length <= MAX_INVERTED) return known;
    return this.#rememberByStacks('inverted', view, make, { measure: view.measure, isAnew: true });
  }

  /** By node of the top-down tree: 1 where any samples end. */
  #markEnds(view: ViewSpec): Uint8Array {
    const whole = this.getWholeWeights(view);
    const stacks = this.getStacks(view);
    const isAsRecorded = this.getTables(view).stacks === this.recording.stacks;
    const { selfSamples } = stacks === undefined || isAsRecorded ? whole : transformWeights(whole, stacks);
    const { length, nodeOfStack } = this.#getShape(view);
    const ends = new Uint8Array(length);
    for (let row = 0; row < selfSamples.length; row++) if (selfSamples[row] > 0) ends[nodeOfStack[row]] = 1;
    return ends;
  }

  /** As recorded; with the weights of memory only while they are counted, because they take eight bytes a sample. */
  #getBase(view: ViewSpec): Profile {
    if (!isMemory(view)) return this.recording;
    return this.#remember('memory', '', () => addMemoryWeights(this.recording));
  }

  /** Transforms that only leave samples out leave the stacks as they are, and what is made of them. */
  #rememberByStacks<T>(
    slot: string,
    view: ViewSpec,
    compute: () => T,
    { measure = '', isAnew = false }: { readonly measure?: string; readonly isAnew?: boolean } = {},
  ): T {
    const isAsRecorded = this.getTables(view).stacks === this.recording.stacks;
    const place = isAsRecorded ? slot : `transformed ${slot}`;
    if (isAnew) this.#memo.delete(place);
    return this.#remember(
      place,
      `${measure} ${isAsRecorded ? '' : JSON.stringify(view.transforms)}`,
      compute,
    );
  }

  /** `compute` may use what is outdated again. */
  #remember<T>(slot: string, key: string, compute: (outdated: T | undefined) => T): T {
    const known = this.#memo.get(slot);
    if (known?.key === key) return known.value as T;
    // What is outdated is let go before the new one is made: both at once may be too much.
    this.#memo.delete(slot);
    const value = compute(known?.value as T | undefined);
    this.#memo.set(slot, { key, value });
    return value;
  }
}

/** Which of two views that are compared. */
type Side = 'before' | 'after';

/** Nodes of an inverted tree: about 60 bytes each. */
const MAX_INVERTED = 500_000;

function isEverything({ time, threads, states }: ViewSpec): boolean {
  return time === undefined && threads.length + states.length === 0;
}

function isMemory({ measure }: ViewSpec): boolean {
  return measure === 'resident' || measure === 'growth';
}

function toSelection(view: ViewSpec, timeUnit: number): Selection {
  const { time, threads, states } = view;
  return {
    ...(time === undefined
      ? {}
      : { timeRange: { start: Math.round(time.start / timeUnit), end: Math.round(time.end / timeUnit) } }),
    ...(threads.length === 0 ? {} : { threads: new Set(threads as ThreadIndex[]) }),
    ...(states.length === 0 ? {} : { states: new Set(states) }),
  };
}

function viewKey({ measure, transforms, time, threads, states }: ViewSpec): string {
  return `${measure} ${JSON.stringify([transforms, time, threads, states])}`;
}
