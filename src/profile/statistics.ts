// How sure a share is. A profile is a random sample of what the program did: a share p of n equally heavy samples has
// the standard error √(p(1 − p)/n), the binomial one. Samples of unequal weight say less than their number suggests;
// Kish's effective sample size (Σw)²/Σw² takes the place of n (L. Kish, Survey Sampling, 1965, section 11.7).

/**
 * The standard error of a share between 0 and 1. Two of them to either side hold the true share in 95 of 100 cases.
 *
 * A share of exactly 0 or 1 would claim no error at all; it gets the error of the half sample that could have been missed.
 */
export function computeShareError(share: number, effectiveSamples: number): number {
  if (!(effectiveSamples > 0)) return 1;
  const unseen = Math.min(0.5, 0.5 / effectiveSamples);
  const p = Math.min(Math.max(share, unseen), 1 - unseen);
  return Math.sqrt((p * (1 - p)) / effectiveSamples);
}

/** (Σw)²/Σw²: the number of equally heavy samples that would say as much. 0 when there is no weight at all. */
export function computeEffectiveSamples(weights: ArrayLike<number>): number {
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i];
    sumOfSquares += weights[i] * weights[i];
  }
  return sumOfSquares === 0 ? 0 : (sum * sum) / sumOfSquares;
}
