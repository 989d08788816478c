// Labels of functions on their way from the worker to the page: each is sent once, and named by a number from then on. An answer
// names thousands of them, and most are those of the answer before: copying them took longer than the picture.

import type { PassedLabels } from './conversation.ts';
import type { FunctionLabel } from './messages.ts';

/** More labels than that are forgotten: each set of transforms may have its own. */
const MAX_LABELS = 50_000;

/** The worker's end. */
export class LabelSender {
  #numbers = new Map<FunctionLabel, number>();

  pass(labels: readonly FunctionLabel[]): PassedLabels {
    const isAnew = this.#numbers.size > MAX_LABELS;
    if (isAnew) this.#numbers = new Map();
    const fresh: FunctionLabel[] = [];
    const numbers = Int32Array.from(labels, (label) => {
      const known = this.#numbers.get(label);
      if (known !== undefined) return known;
      fresh.push(label);
      this.#numbers.set(label, this.#numbers.size);
      return this.#numbers.size - 1;
    });
    return { numbers, fresh, isAnew };
  }
}

/** The page's end: takes every answer, in order. */
export class LabelReceiver {
  #known: FunctionLabel[] = [];

  take({ numbers, fresh, isAnew }: PassedLabels): FunctionLabel[] {
    if (isAnew) this.#known = [];
    for (const label of fresh) this.#known.push(label);
    return Array.from(numbers, (number) => this.#known[number]);
  }
}
