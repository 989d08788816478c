// Two lists of amounts with the same sum, split among each other: what came in, and what it was used for.

/** Amounts of the first list that are split over the whole second list at most multiply to this many parts. */
const MAX_SPLITS = 256;
/** Longer first lists are not split: they are long because of splits before, and would grow with every further one. */
const MAX_SPLIT_INPUTS = 512;

/**
 * Calls `visit` with parts that add up to each output exactly, and to each input after scaling the inputs to the sum of the
 * outputs. The largest inputs are split in proportion, as long as they are above `smallest` and that is not too many parts;
 * the others are matched one by one. Whole numbers with the same sum stay whole: what rounding leaves is matched, too.
 * At most `MAX_SPLITS` + inputs + outputs parts. Amounts are not negative.
 */
export function distribute(
  inputs: Amounts,
  outputs: Amounts,
  smallest: number,
  visit: (input: number, output: number, amount: number) => void,
): void {
  const sumIn = sum(inputs);
  if (sumIn === 0) return;
  // With one of either there is nothing to choose, and no rounding.
  if (inputs.length === 1) {
    for (let output = 0; output < outputs.length; output++) {
      if (outputs[output] > 0) visit(0, output, outputs[output]);
    }
    return;
  }
  const sumOut = sum(outputs);
  const isWhole = sumIn === sumOut && areWhole(inputs) && areWhole(outputs);
  const order = orderByAmount(inputs);
  const most = inputs.length > MAX_SPLIT_INPUTS ? 0 : Math.floor(MAX_SPLITS / outputs.length);
  const leftIn = Float64Array.from(inputs);
  if (!isWhole) for (let input = 0; input < leftIn.length; input++) leftIn[input] *= sumOut / sumIn;
  const leftOut = Float64Array.from(outputs);
  let split = 0;
  let splitSum = 0;
  while (split < order.length && split < most && inputs[order[split]] >= smallest) {
    const input = order[split++];
    splitSum += inputs[input];
    for (let output = 0; output < outputs.length; output++) {
      const share = outputs[output] * (inputs[input] / sumIn);
      const part = isWhole ? Math.min(Math.floor(share), leftIn[input], leftOut[output]) : share;
      if (part <= 0) continue;
      visit(input, output, part);
      if (!isWhole) continue;
      leftIn[input] -= part;
      leftOut[output] -= part;
    }
  }
  if (isWhole) matchRest(leftIn, leftOut, order, visit);
  else if (split < order.length) {
    const restShare = 1 - splitSum / sumIn;
    for (let output = 0; output < leftOut.length; output++) leftOut[output] = outputs[output] * restShare;
    matchRest(leftIn, leftOut, order.subarray(split), visit);
  }
}

type Amounts = ArrayLike<number>;

/** One after the other, in the order given. */
function matchRest(
  inputs: Amounts,
  outputs: Amounts,
  order: Int32Array,
  visit: (input: number, output: number, amount: number) => void,
): void {
  let at = 0;
  let left = inputs[order[0]];
  for (let output = 0; output < outputs.length; output++) {
    let wanted = outputs[output];
    while (wanted > 0) {
      while (left <= 0 && at < order.length - 1) left = inputs[order[++at]];
      // The last input takes what rounding has left over.
      const amount = at === order.length - 1 ? wanted : Math.min(wanted, left);
      visit(order[at], output, amount);
      wanted -= amount;
      left -= amount;
    }
  }
}

/** Rows, those of the largest amounts first. */
function orderByAmount(amounts: Amounts): Int32Array {
  const order = new Int32Array(amounts.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => amounts[b] - amounts[a] || a - b);
}

function areWhole(amounts: Amounts): boolean {
  for (let row = 0; row < amounts.length; row++) if (!Number.isInteger(amounts[row])) return false;
  return true;
}

function sum(amounts: Amounts): number {
  let total = 0;
  for (let row = 0; row < amounts.length; row++) total += amounts[row];
  return total;
}
