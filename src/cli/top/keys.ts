// What the terminal sends for keys, in raw mode: see ctlseqs (xterm control sequences), "PC-Style Function Keys".

/** A key by name, or the character that it types. */
export type Key = string;

const NAMES: Readonly<Record<string, Key>> = {
  '\x03': 'ctrl-c',
  '\x04': 'ctrl-d',
  '\x0c': 'ctrl-l',
  '\x1a': 'ctrl-z',
  '\x1b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  ' ': 'space',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x1b[7~': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x1b[8~': 'end',
  '\x1b[5~': 'page-up',
  '\x1b[6~': 'page-down',
};

// A control sequence, a key of the number pad, or a character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const KEY = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO[ -~]|[\s\S]/gu;

/** The keys in what was read from the terminal, in their order. */
export function parseKeys(text: string): Key[] {
  return Array.from(text.matchAll(KEY), ([sequence]) => NAMES[sequence] ?? sequence);
}
