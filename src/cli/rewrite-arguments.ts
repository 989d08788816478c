// `vmprof [options] program.py [ARG…]`, as users of the original vmprof type it, means
// `vmprof run [options] -- python3 program.py [ARG…]`. Commander does not know such a thing, so it sees the long form.

import { ProfilerError } from '../base/errors.ts';

/** An option of `vmprof run`, as commander's Option has it. */
export interface KnownOption {
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  /** A value must follow. */
  readonly required: boolean;
  /** A value may follow. */
  readonly optional: boolean;
}

export interface KnownCommands {
  readonly names: readonly string[];
  readonly runOptions: readonly KnownOption[];
  readonly fileExists: (path: string) => boolean;
}

/** The arguments as commander should see them. Throws `bad-usage` when the first word is neither command nor file. */
export function rewriteArguments(argv: readonly string[], known: KnownCommands): readonly string[] {
  const position = findFirstWord(argv, known.runOptions);
  if (position >= argv.length) return argv;
  const word = argv[position];
  if (argv[position - 1] === '--') {
    return ['run', ...argv.slice(0, position - 1), '--', ...argv.slice(position)];
  }
  if (known.names.includes(word)) return argv;
  if (!known.fileExists(word)) throw unknownWord(word, known.names);
  if (/\.vmprof$/i.test(word)) {
    throw new ProfilerError('bad-usage', `${word} is a recording. To see it: vmprof show ${word}`, {
      facts: { word },
    });
  }
  return ['run', ...argv.slice(0, position), '--', 'python3', ...argv.slice(position)];
}

/** Position of the first argument that is neither an option nor the value of one. */
function findFirstWord(argv: readonly string[], options: readonly KnownOption[]): number {
  let position = 0;
  while (position < argv.length) {
    const argument = argv[position];
    if (argument === '--') return position + 1;
    if (!argument.startsWith('-') || argument === '-') return position;
    position += takesNext(argument, argv[position + 1], options) ? 2 : 1;
  }
  return position;
}

function takesNext(argument: string, next: string | undefined, options: readonly KnownOption[]): boolean {
  const option = argument.startsWith('--')
    ? options.find((candidate) => candidate.long === argument)
    : findOpenShort(argument, options);
  if (option === undefined) return false;
  return option.required || (option.optional && next !== undefined && !next.startsWith('-'));
}

/** Of short options written together (`-qo`): the last, if it is one with a value that is not attached to it. */
function findOpenShort(argument: string, options: readonly KnownOption[]): KnownOption | undefined {
  for (let at = 1; at < argument.length; at++) {
    const option = options.find((candidate) => candidate.short === `-${argument[at]}`);
    if (option?.required || option?.optional) return at === argument.length - 1 ? option : undefined;
  }
  return undefined;
}

function unknownWord(word: string, names: readonly string[]): ProfilerError {
  const similar = names.find((name) => isSimilar(word, name));
  const hint = similar === undefined ? 'All commands: vmprof --help.' : `Did you mean "${similar}"?`;
  return new ProfilerError('bad-usage', `There is no command and no file "${word}". ${hint}`, {
    facts: { word },
  });
}

/** Whether one letter was left out, added, changed, or swapped with its neighbour; or two, in longer words. */
function isSimilar(word: string, name: string): boolean {
  return computeEditDistance(word.toLowerCase(), name) <= (name.length > 4 ? 2 : 1);
}

function computeEditDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : changed;
      row.push(Math.min(changed, swapped, rows[i - 1][j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
