// Whether two profiles differ in a cost by more than chance. docs/decisions/007-what-a-difference-is.md says why so.
//
// A cost is x of n (effective) samples: a binomial draw. The signed root of the likelihood ratio of two such draws is close to
// normally distributed far out into the tails, where the usual difference of shares is not: three samples of a rare function
// against none, in a recording ten times shorter, would look like one in a million. Half a sample is taken off the
// difference, as ever when a whole number is compared with a continuous distribution.

/** A side of a comparison. */
export interface Draw {
  /** Effective samples that the cost was seen in; need not be whole. */
  readonly seen: number;
  /** Effective samples in all; above 0. */
  readonly all: number;
  /** What the whole, all of the samples, stands for; above 0. Equal for both sides where shares are compared. */
  readonly whole: number;
}

/** How probable a difference of this size, in either direction, is if `seen / all × whole` is really the same. */
export function computeEqualityProbability(a: Draw, b: Draw): number {
  const level = fitCommonLevel(a, b);
  const closerA = moveCloser(a, level);
  const closerB = moveCloser(b, level);
  const fitted = fitCommonLevel(closerA, closerB);
  const ratio = computeDeviance(closerA, fitted) + computeDeviance(closerB, fitted);
  return computeComplementaryError(Math.sqrt(Math.max(0, ratio) / 2));
}

/** The smallest probability that a comparison could have, had all that was seen been seen on one side only. */
export function computeLeastProbability(a: Draw, b: Draw): number {
  const seen = a.seen + b.seen;
  const inA = Math.min(seen, a.all);
  const inB = Math.min(seen, b.all);
  return Math.min(
    computeEqualityProbability({ ...a, seen: inA }, { ...b, seen: clamp(seen - inA, b.all) }),
    computeEqualityProbability({ ...a, seen: clamp(seen - inB, a.all) }, { ...b, seen: inB }),
  );
}

/** Half a sample. */
const CORRECTION = 0.5;

/** The draw with half a sample less between it and what the level lets expect; not beyond that. */
function moveCloser(draw: Draw, level: number): Draw {
  const difference = draw.seen - (draw.all * level) / draw.whole;
  const step = Math.sign(difference) * Math.min(CORRECTION, Math.abs(difference));
  return { seen: draw.seen - step, all: draw.all, whole: draw.whole };
}

/** The level, in units of the wholes, under which both draws together are most probable. */
function fitCommonLevel(a: Draw, b: Draw): number {
  const seen = a.seen + b.seen;
  const all = a.all + b.all;
  if (a.whole === b.whole) return (seen / all) * a.whole;
  // Zero of the derivative: seen/l = (a.all − a.seen)/(a.whole − l) + (b.all − b.seen)/(b.whole − l), a quadratic.
  const linear = a.whole * (b.all + a.seen) + b.whole * (a.all + b.seen);
  const root = Math.sqrt(Math.max(0, linear * linear - 4 * all * seen * a.whole * b.whole));
  const level = (2 * seen * a.whole * b.whole) / (linear + root);
  return Math.min(level, a.whole, b.whole);
}

/** Twice the logarithm of how much less probable the draw is at this level than at its own. */
function computeDeviance({ seen, all, whole }: Draw, level: number): number {
  const expected = (all * level) / whole;
  return 2 * (weigh(seen, expected) + weigh(all - seen, all - expected));
}

function weigh(seen: number, expected: number): number {
  if (seen <= 0) return 0;
  // Seen though impossible at this level: as improbable as numbers can say.
  return expected <= 0 ? Number.MAX_VALUE / 8 : seen * Math.log(seen / expected);
}

function clamp(seen: number, all: number): number {
  return Math.min(all, Math.max(0, seen));
}

/**
 * erfc(x) = 2/√π ∫ₓ^∞ exp(−t²) dt for x ≥ 0, to ten digits: the series of erf for small x, the continued fraction for large
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14).
 */
export function computeComplementaryError(x: number): number {
  const square = x * x;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-square) / (Math.sqrt(Math.PI) * fraction);
}
