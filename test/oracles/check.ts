// Judges recordings of the oracle programs beside this file: programs that can only be in certain stacks. Whatever else a
// sample shows is a torn or stale read of the recorder.
//
// A stack is turned into words, outermost first:
//   name:label         a function of the oracle's own file; the label is what the line says behind `#:`, else `-`
//   name@gen07#3:+5    a function of code made at run time as `gen07.py`: first line 3, now at line 5
//   lib                any number of frames of other files in a row

import { FUNCTION_KINDS, NONE, type Profile } from '../../src/profile/tables.ts';

const PYTHON_KIND = FUNCTION_KINDS.indexOf('python');

export interface OracleRules {
  /** The program, without `.py`. */
  readonly name: string;
  /** The oldest Python that can run it. */
  readonly since: readonly [major: number, minor: number];
  /** Whether a thread of this name can be in this stack. */
  allows(words: readonly string[], threadName: string): boolean;
}

export interface ImpossibleStack {
  readonly words: string;
  readonly thread: string;
  readonly count: number;
}

export interface OracleVerdict {
  /** Samples of threads that had a stack. */
  readonly samples: number;
  readonly impossible: readonly ImpossibleStack[];
  /** Samples without a stack between two in the oracle's own functions, of the same thread. */
  readonly holes: number;
  /** What the recorder says it gave up, by cause. */
  readonly lost: Readonly<Record<string, number>>;
  /** The larger of holes and losses, as a share of all samples. */
  readonly lostShare: number;
}

/** Checks every sample of a recording against the rules. `source` is the oracle's program text, for its labels. */
export function checkOracle(profile: Profile, rules: OracleRules, source: string): OracleVerdict {
  const labels = parseLabels(source);
  const verdictOf = new Map<string, boolean>();
  const impossible = new Map<string, { words: string; thread: string; count: number }>();
  let samples = 0;
  for (let sample = 0; sample < profile.samples.length; sample++) {
    const stack = profile.samples.stack[sample];
    if (stack === NONE) continue;
    samples++;
    const threadName = nameOfThread(profile, profile.samples.thread[sample]);
    const key = `${threadName}/${stack}`;
    let isAllowed = verdictOf.get(key);
    if (isAllowed === undefined) {
      isAllowed = isSetup(wordsOf(profile, stack, rules, labels), rules, threadName);
      verdictOf.set(key, isAllowed);
    }
    if (isAllowed) continue;
    const known = impossible.get(key);
    if (known !== undefined) known.count++;
    else {
      const words = wordsOf(profile, stack, rules, labels).join(' ');
      impossible.set(key, { words, thread: threadName, count: 1 });
    }
  }
  const holes = countHoles(profile, (stack) =>
    wordsOf(profile, stack, rules, labels).some((word) => word !== 'lib'),
  );
  const lost = profile.facts.lostSamples ?? {};
  const lostCount = Object.values(lost).reduce((sum, count) => sum + count, 0);
  return {
    samples,
    impossible: [...impossible.values()].sort((a, b) => b.count - a.count),
    holes,
    lost,
    lostShare: Math.max(holes, lostCount) / Math.max(1, samples + lostCount),
  };
}

/** A line for people: counts, and the most frequent impossible stacks. */
export function formatVerdict(verdict: OracleVerdict): string {
  const impossibleCount = verdict.impossible.reduce((sum, stack) => sum + stack.count, 0);
  const head = `${verdict.samples} samples, ${impossibleCount} impossible, ${(verdict.lostShare * 100).toFixed(2)} % given up`;
  const causes = Object.entries(verdict.lost).map(([cause, count]) => `${cause} ${count}`);
  const examples = verdict.impossible
    .slice(0, 5)
    .map((stack) => `  ${stack.count} × [${stack.thread}] ${shorten(stack.words)}`);
  return [`${head}${causes.length > 0 ? ` (${causes.join(', ')})` : ''}`, ...examples].join('\n');
}

/** Chains of words as a rule: a stack must be the beginning of one of them; its innermost frame may be on any line. */
export function followsChain(chains: readonly string[]): (words: readonly string[]) => boolean {
  const split = chains.map((chain) => chain.split(' '));
  return (words) => split.some((chain) => isBeginning(words, chain));
}

function isBeginning(words: readonly string[], chain: readonly string[]): boolean {
  const last = words.length - 1;
  if (words.length > chain.length) return false;
  for (let i = 0; i < last; i++) if (words[i] !== chain[i]) return false;
  return functionOf(words[last]) === functionOf(chain[last]);
}

/** The function of a word, without its label. */
export function functionOf(word: string): string {
  return word.split(':')[0];
}

/** Start and end of a program are free: no Python yet, only library code, or the module's own lines before the one labelled `main`. */
function isSetup(words: readonly string[], rules: OracleRules, threadName: string): boolean {
  if (words.length === 0 || (words.length === 1 && words[0] === 'lib')) return true;
  if (words[0].startsWith('<module>:') && words[0] !== '<module>:main') return true;
  return rules.allows(words, threadName);
}

function parseLabels(source: string): ReadonlyMap<number, string> {
  const labels = new Map<number, string>();
  for (const [row, text] of source.split('\n').entries()) {
    const label = /#: (\w+)$/.exec(text)?.[1];
    if (label !== undefined) labels.set(row + 1, label);
  }
  return labels;
}

function wordsOf(
  profile: Profile,
  stack: number,
  rules: OracleRules,
  labels: ReadonlyMap<number, string>,
): string[] {
  const words: string[] = [];
  for (let row = stack; row !== NONE; row = profile.stacks.parent[row]) {
    const frame = profile.stacks.frame[row];
    // System calls stand on top of Python's frames.
    if (profile.functions.kind[profile.frames.function[frame]] !== PYTHON_KIND) continue;
    const word = wordOf(profile, frame, rules, labels);
    if (word !== 'lib' || words.at(-1) !== 'lib') words.push(word);
  }
  return words.reverse();
}

function wordOf(
  profile: Profile,
  frame: number,
  rules: OracleRules,
  labels: ReadonlyMap<number, string>,
): string {
  const row = profile.frames.function[frame];
  const fileRow = profile.functions.file[row];
  const file = fileRow === NONE ? '' : (profile.strings[fileRow].split('/').at(-1) ?? '');
  const name = profile.strings[profile.functions.name[row]];
  const line = profile.frames.line[frame];
  if (file === `${rules.name}.py`) return `${name}:${labels.get(line) ?? '-'}`;
  const generated = /^(gen\d\d)\.py$/.exec(file)?.[1];
  return generated === undefined
    ? 'lib'
    : `${name}@${generated}#${profile.functions.firstLine[row]}:+${line}`;
}

function nameOfThread(profile: Profile, thread: number): string {
  const name = profile.threads.name[thread];
  return name === NONE ? '' : profile.strings[name];
}

/** Between two samples in own functions: Python starts and ends without frames now and then. */
function countHoles(profile: Profile, isOwn: (stack: number) => boolean): number {
  const known = new Map<number, boolean>([[NONE, false]]);
  const pending = new Map<number, number>();
  let holes = 0;
  for (let sample = 0; sample < profile.samples.length; sample++) {
    const thread = profile.samples.thread[sample];
    const stack = profile.samples.stack[sample];
    const own = known.get(stack) ?? isOwn(stack);
    known.set(stack, own);
    const before = pending.get(thread);
    if (own) {
      holes += before ?? 0;
      pending.set(thread, 0);
    } else if (stack === NONE && before !== undefined) pending.set(thread, before + 1);
  }
  return holes;
}

function shorten(words: string): string {
  return words.length <= 300 ? words : `${words.slice(0, 140)} … ${words.slice(-140)}`;
}
