// A terminal as a canvas of lines: the alternate screen, keys one by one, and everything put back at the end.

import type { ReadStream, WriteStream } from 'node:tty';
import { ProfilerError } from '../../base/errors.ts';
import { visibleWidth } from './line.ts';
import type { Size } from './picture.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?2026l\x1b[?7h\x1b[?25h\x1b[?1049l';
// Between these, terminals that know them draw nothing: a frame appears as a whole or not at all.
const BEGIN_FRAME = '\x1b[?2026h\x1b[H';
const END_FRAME = '\x1b[?2026l';
const ERASE_REST = '\x1b[K';

/** What is used of standard input and output. */
export interface TerminalStreams {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

/** The streams, if they are a terminal that can be drawn in; ProfilerError `bad-usage` otherwise. */
export function requireTerminal(
  input: ReadStream,
  output: WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
): TerminalStreams {
  const other =
    'For text: vmprof dump PID tells what all threads do now, and vmprof attach PID or vmprof run -- COMMAND record.';
  if (!output.isTTY || !input.isTTY) {
    const stream = output.isTTY ? 'input' : 'output';
    throw new ProfilerError(
      'bad-usage',
      `vmprof top needs a terminal, and its standard ${stream} is none. ${other}`,
    );
  }
  if (environment.TERM === 'dumb') {
    throw new ProfilerError(
      'bad-usage',
      `vmprof top needs a terminal that can move its cursor, and TERM is "dumb". ${other}`,
    );
  }
  return { input, output };
}

/** Draws on a terminal, and gives it back as it was. */
export class TerminalScreen {
  readonly #streams: TerminalStreams;
  readonly #onKeys: (text: string) => void;
  #isEntered = false;
  #shown = '';

  constructor(streams: TerminalStreams, onKeys: (text: string) => void) {
    this.#streams = streams;
    this.#onKeys = onKeys;
  }

  get size(): Size {
    const { columns, rows } = this.#streams.output;
    // Some terminals say 0 when they do not know.
    return { columns: columns || 80, rows: rows || 24 };
  }

  /** Takes the terminal over; again, when somebody else had it meanwhile. */
  enter(): void {
    const { input, output } = this.#streams;
    // Going back and forth sets the mode anew even if we believe to have set it.
    input.setRawMode(false);
    input.setRawMode(true);
    if (!this.#isEntered) {
      input.setEncoding('utf8');
      input.on('data', this.#onKeys);
      input.resume();
    }
    output.write(ENTER);
    this.#isEntered = true;
    this.#shown = '';
  }

  /** Shows these lines: one for each row of the terminal. */
  draw(lines: readonly string[]): void {
    if (!this.#isEntered) return;
    const { columns } = this.size;
    // Behind a full line the cursor stands on its last character, which would be erased.
    const text = lines.map((line) => (visibleWidth(line) < columns ? line + ERASE_REST : line)).join('\r\n');
    if (text === this.#shown) return;
    this.#shown = text;
    this.#streams.output.write(BEGIN_FRAME + text + END_FRAME);
  }

  /** The next frame is drawn even if it looks like the last one. */
  forget(): void {
    this.#shown = '';
  }

  /** Gives the terminal back. */
  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    const { input, output } = this.#streams;
    output.write(LEAVE);
    input.off('data', this.#onKeys);
    input.setRawMode(false);
    input.pause();
  }
}
