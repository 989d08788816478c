// Two lists of amounts with the same sum, split among each other: what came in, and what it was used for.

/** Amounts of the first list that are split over the whole second list at most multiply to this many parts. */
const MAX_SPLITS = 256;
/** Longer first lists are not split: they are long because of splits before, and would grow with every further one. */
const MAX_SPLIT_INPUTS = 512;

/**
 * Calls `visit` with parts that add up to each output exactly, and to each input after scaling the inputs to the sum of the
 * outputs. The largest inputs are split in proportion, as long as they are above `smallest` and that is not too many parts;
 * the others are matched one by one. At most `MAX_SPLITS` + inputs + outputs parts. Amounts are not negative.
 */
export function distribute(
  inputs: readonly number[],
  outputs: readonly number[],
  smallest: number,
  visit: (input: number, output: number, amount: number) => void,
): void {
  const sumIn = inputs.reduce((sum, amount) => sum + amount, 0);
  if (sumIn === 0) return;
  // With one of either there is nothing to choose, and no rounding.
  if (inputs.length === 1) {
    outputs.forEach((amount, output) => {
      if (amount > 0) visit(0, output, amount);
    });
    return;
  }
  const order = inputs.map((_, row) => row).sort((a, b) => inputs[b] - inputs[a] || a - b);
  const most = inputs.length > MAX_SPLIT_INPUTS ? 0 : Math.floor(MAX_SPLITS / outputs.length);
  let split = 0;
  let splitSum = 0;
  while (split < order.length && split < most && inputs[order[split]] >= smallest) {
    splitSum += inputs[order[split++]];
  }
  for (let at = 0; at < split; at++) {
    const share = inputs[order[at]] / sumIn;
    for (let output = 0; output < outputs.length; output++) {
      if (outputs[output] * share > 0) visit(order[at], output, outputs[output] * share);
    }
  }
  if (split < order.length)
    matchRest(inputs, outputs, order.slice(split), 1 - splitSum / sumIn, sumIn, visit);
}

function matchRest(
  inputs: readonly number[],
  outputs: readonly number[],
  order: readonly number[],
  restShare: number,
  sumIn: number,
  visit: (input: number, output: number, amount: number) => void,
): void {
  const sumOut = outputs.reduce((sum, amount) => sum + amount, 0);
  const scale = sumOut / sumIn;
  let at = 0;
  let left = inputs[order[0]] * scale;
  for (let output = 0; output < outputs.length; output++) {
    let wanted = outputs[output] * restShare;
    // The last input takes what rounding has left over.
    while (wanted > 0) {
      const isLast = at === order.length - 1;
      const amount = isLast ? wanted : Math.min(wanted, left);
      if (amount > 0) visit(order[at], output, amount);
      wanted -= amount;
      left -= amount;
      if (!isLast && left <= 0) left = inputs[order[++at]] * scale;
    }
  }
}
