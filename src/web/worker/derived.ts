// What is computed from a recording for a view, kept as long as the view asks for the same: transformed and selected profile,
// weights, costs and trees. A change of the range recomputes what depends on it and nothing else.

import { type CallTree, computeCallTree } from '../../profile/call-tree.ts';
import { computeDiff, type ProfileDiff } from '../../profile/diff.ts';
import { listThreadSamples, type ThreadSamples } from '../../profile/flame-chart.ts';
import { computeFunctionCosts, type FunctionCosts } from '../../profile/function-costs.ts';
import { computeLineCosts, type LineCosts } from '../../profile/line-costs.ts';
import { addMemoryWeights } from '../../profile/memory-weights.ts';
import {
  computeDivisibleSelectedWeights,
  computeSelectedWeights,
  type Selection,
  selectSamples,
} from '../../profile/selection.ts';
import { computeStackWeights, type StackWeights } from '../../profile/stack-weights.ts';
import type { FunctionIndex, Profile, ThreadIndex } from '../../profile/tables.ts';
import {
  type TransformedStacks,
  transformProfile,
  transformStacks,
  transformWeights,
} from '../../profile/transforms.ts';
import type { ViewSpec } from './messages.ts';
import { resolveTransform } from './resolve-transforms.ts';

/** Nodes of inverted trees with a smaller share get no callers until they are zoomed into. */
const MIN_INVERTED_SHARE = 0.0005;

/** Computes for one recording, and remembers the last answers. */
export class Derived {
  readonly recording: Profile;
  readonly #memo = new Map<string, { readonly key: string; readonly value: unknown }>();

  constructor(recording: Profile) {
    this.recording = recording;
  }

  /** The tables that rows of answers are rows of, as the transforms leave them. Samples are not in it, or not transformed. */
  getTables(view: ViewSpec): Profile {
    return view.transforms.length === 0 ? this.recording : this.#getStacks(view).tables;
  }

  /** All samples, with the stacks that the transforms leave. */
  getTransformed(view: ViewSpec): Profile {
    const { transforms } = view;
    const base = this.#getBase(view);
    return this.#remember('transformed', `${isMemory(view)} ${JSON.stringify(transforms)}`, () =>
      transforms.reduce((profile, spec) => {
        const transform = resolveTransform(profile, spec);
        return transformProfile(profile, [transform]);
      }, base),
    );
  }

  /** The samples that the view is about, as a copy: what only needs their weights asks for those, and for the tables above. */
  getSelected(view: ViewSpec): Profile {
    return this.#remember('selected', `${isMemory(view)} ${selectionKey(view)}`, () =>
      selectSamples(this.getTransformed(view), toSelection(view, this.recording.timeUnit)),
    );
  }

  getWeights(view: ViewSpec): StackWeights {
    return this.#remember('weights', viewKey(view), () => {
      const { time, threads, states, transforms } = view;
      const selection = toSelection(view, this.recording.timeUnit);
      const base = this.#getBase(view);
      if (transforms.length > 0) {
        // Of the selection alone: another transform then costs a pass over the stacks, and none over the samples.
        const weights = this.#remember('untransformed weights', viewKey({ ...view, transforms: [] }), () =>
          computeDivisibleSelectedWeights(base, view.measure, selection),
        );
        return transformWeights(weights, this.#getStacks(view));
      }
      if (time === undefined && threads.length + states.length === 0) return this.getWholeWeights(view);
      return computeSelectedWeights(base, view.measure, selection);
    });
  }

  /** Of all samples, as they were recorded. */
  getWholeWeights(view: ViewSpec): StackWeights {
    return this.#remember('whole', view.measure, () =>
      computeStackWeights(this.#getBase(view), view.measure),
    );
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

  /** Inverted trees end at small nodes; `path` goes on from one of them. */
  getTree(view: ViewSpec, inverted: boolean, path: readonly FunctionIndex[] = []): CallTree {
    const key = `${viewKey(view)} ${path.join('/')}`;
    const slot = `tree ${inverted} ${path.length > 0}`;
    return this.#remember(slot, key, () =>
      computeCallTree(this.getTables(view), view.measure, {
        inverted,
        weights: this.getWeights(view),
        ...(inverted ? { minShare: MIN_INVERTED_SHARE } : {}),
        ...(path.length > 0 ? { path } : {}),
      }),
    );
  }

  getThreadSamples(view: ViewSpec, thread: ThreadIndex): ThreadSamples {
    const key = `${JSON.stringify(view.transforms)} ${thread}`;
    return this.#remember('thread samples', key, () => listThreadSamples(this.getTransformed(view), thread));
  }

  /** What changed from another view, of this or another recording. */
  getDiff(
    view: ViewSpec,
    other: Derived,
    otherView: ViewSpec,
    normalisation: 'samples' | 'none',
  ): ProfileDiff {
    const key = `${viewKey(view)} ${otherView.recording} ${otherView.revision} ${viewKey(otherView)} ${normalisation}`;
    return this.#remember('diff', key, () => {
      // One after the other: both may be of one recording, which remembers a single selection.
      const after = this.getSelected(view);
      const before = other.getSelected(otherView);
      return computeDiff(before, after, view.measure, { type: normalisation });
    });
  }

  #getStacks({ transforms }: ViewSpec): TransformedStacks {
    return this.#remember('stacks', JSON.stringify(transforms), () =>
      transformStacks(
        this.recording,
        transforms.map((spec) => (tables: Profile) => resolveTransform(tables, spec)),
      ),
    );
  }

  /** As recorded; with the weights of memory only while they are counted, because they take eight bytes a sample. */
  #getBase(view: ViewSpec): Profile {
    if (!isMemory(view)) return this.recording;
    return this.#remember('memory', '', () => addMemoryWeights(this.recording));
  }

  #remember<T>(slot: string, key: string, compute: () => T): T {
    const known = this.#memo.get(slot);
    if (known?.key === key) return known.value as T;
    // What is outdated is let go before the new one is made: both at once may be too much.
    this.#memo.delete(slot);
    const value = compute();
    this.#memo.set(slot, { key, value });
    return value;
  }
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

function selectionKey({ transforms, time, threads, states }: ViewSpec): string {
  return JSON.stringify([transforms, time, threads, states]);
}

function viewKey(view: ViewSpec): string {
  return `${view.measure} ${selectionKey(view)}`;
}
