import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { getSelf, selectFunctions } from './flat.ts';
import { describeHead, functionToJson, shareToJson } from './json.ts';
import { type Limits, NO_LIMITS, type View } from './view.ts';

/** The flat view as a value for `--json`. */
export function describeFlat(view: View, limits: Limits, notes: readonly string[]) {
  const costs = computeFunctionCosts(view.profile, view.measure);
  const share = (amount: number) => shareToJson(amount, costs.sum, costs.effectiveSamples);
  const shown = selectFunctions(costs, limits);
  const rows = shown.filter((row) => row !== undefined);
  const isShown = new Set(rows);
  const left = selectFunctions(costs, NO_LIMITS).filter((row) => row !== undefined && !isShown.has(row));
  return {
    ...describeHead(view, 'flat', notes),
    measure: view.measure,
    unit: costs.unit,
    sum: costs.sum,
    effectiveSamples: costs.effectiveSamples,
    functions: rows.map((row) => ({
      ...functionToJson(view.profile, row),
      self: { amount: costs.self[row], samples: costs.selfSamples[row], ...share(costs.self[row]) },
      total: { amount: costs.total[row], samples: costs.totalSamples[row], ...share(costs.total[row]) },
    })),
    withoutStack: { amount: costs.withoutStack, ...share(costs.withoutStack) },
    left: {
      functions: left.length,
      self: left.reduce((sum: number, row) => sum + getSelf(costs, row), 0),
    },
  };
}
