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
  inputs: readonly number[],
  outputs: readonly number[],
  smallest: number,
  visit: (input: number, output: number, amount: number) => void,
): void {
  const sumIn = sum(inputs);
  if (sumIn === 0) return;
  // With one of either there is nothing to choose, and no rounding.
  if (inputs.length === 1) {
    outputs.forEach((amount, output) => {
      if (amount > 0) visit(0, output, amount);
    });
    return;
  }
  const sumOut = sum(outputs);
  const isWhole = sumIn === sumOut && inputs.every(Number.isInteger) && outputs.every(Number.isInteger);
  const order = inputs.map((_, row) => row).sort((a, b) => inputs[b] - inputs[a] || a - b);
  const most = inputs.length > MAX_SPLIT_INPUTS ? 0 : Math.floor(MAX_SPLITS / outputs.length);
  const leftIn = inputs.map((amount) => (isWhole ? amount : amount * (sumOut / sumIn)));
  const leftOut = [...outputs];
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
    const rest = outputs.map((amount) => amount * restShare);
    matchRest(leftIn, rest, order.slice(split), visit);
  }
}

/** One after the other, in the order given. */
function matchRest(
  inputs: readonly number[],
  outputs: readonly number[],
  order: readonly number[],
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

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
