// A terminal for tests: vmprof draws in it, and the test sees what a user would see.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MAIN, ordinaryPython, waitUntil } from './support.ts';

/** How a program in a terminal ended. */
export interface ScreenEnd {
  readonly code: number | null;
  readonly signal: number | null;
  /** The terminal's modes (echo, line by line, signals of keys) are as they were before. */
  readonly isRestored: boolean;
}

/** What the escape sequences say that vmprof uses; an error for every other one. */
export class Screen {
  columns: number;
  rows: number;
  /** The alternate screen, which programs use that draw; false: what they leave behind. */
  isAlternate = false;
  isCursorVisible = true;
  isWrapping = true;
  /** Number of pictures drawn. */
  frames = 0;
  /** The picture drawn last did not fit: it was made for another size. */
  isOverfull = false;
  /** Everything written to the normal screen. */
  normal = '';
  #lines: string[][] = [];
  #row = 0;
  #column = 0;
  #isFrame = false;
  #rest = '';

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
  }

  /** The lines that can be seen, without the spaces at their ends. */
  get lines(): string[] {
    return this.#lines.map((line) => line.join('').trimEnd());
  }

  get text(): string {
    return this.lines.join('\n');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#lines = Array.from({ length: rows }, (_, row) => {
      const line = this.#lines[row] ?? [];
      return Array.from({ length: columns }, (_, column) => line[column] ?? ' ');
    });
  }

  write(text: string): void {
    const all = this.#rest + text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    const cut = /\x1b(\[[0-9;?]*)?$/.exec(all);
    this.#rest = cut?.[0] ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    for (const [part] of all.slice(0, cut?.index).matchAll(/\x1b\[[0-9;?]*[@-~]|[\s\S]/gu)) this.#take(part);
  }

  #take(part: string): void {
    if (part.startsWith('\x1b')) this.#obey(part);
    else if (this.isAlternate) this.#draw(part);
    else this.normal += part;
  }

  #draw(part: string): void {
    if (!this.#isFrame) throw new Error(`drawn outside of a frame: ${JSON.stringify(part)}`);
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#newLine();
    else this.#put(part);
  }

  #newLine(): void {
    this.isOverfull ||= this.#row === this.rows - 1;
    this.#row = Math.min(this.#row + 1, this.rows - 1);
  }

  #put(letter: string): void {
    this.isOverfull ||= this.#column === this.columns;
    this.#column = Math.min(this.#column, this.columns - 1);
    this.#lines[this.#row][this.#column++] = letter;
  }

  #obey(sequence: string): void {
    const command = sequence.slice(2);
    const isOn = command.endsWith('h');
    switch (command) {
      case '?1049h':
      case '?1049l':
        this.isAlternate = isOn;
        this.#clear();
        break;
      case '?25h':
      case '?25l':
        this.isCursorVisible = isOn;
        break;
      case '?7h':
      case '?7l':
        this.isWrapping = isOn;
        break;
      case '?2026h':
      case '?2026l':
        this.#isFrame = isOn;
        if (isOn) {
          this.frames++;
          this.isOverfull = false;
        }
        break;
      case 'H':
        this.#row = 0;
        this.#column = 0;
        break;
      case 'K':
        this.#lines[this.#row].fill(' ', Math.min(this.#column, this.columns - 1));
        break;
      default:
        if (!/^[0-9;]*m$/.test(command)) throw new Error(`unexpected ${JSON.stringify(sequence)}`);
    }
  }

  #clear(): void {
    this.#lines = Array.from({ length: this.rows }, () => Array<string>(this.columns).fill(' '));
    this.#row = 0;
    this.#column = 0;
  }
}

/** vmprof in a terminal of its own. */
export class ScreenSession {
  readonly screen: Screen;
  /** Process id of what runs the terminal; vmprof is its child. */
  readonly pid: number;
  readonly ended: Promise<ScreenEnd>;
  readonly #child: ReturnType<typeof spawn>;
  #problem: unknown;

  constructor(args: readonly string[], options: { columns?: number; rows?: number } = {}) {
    const { columns = 80, rows = 24 } = options;
    this.screen = new Screen(columns, rows);
    const command = [String(columns), String(rows), process.execPath, MAIN, ...args];
    this.#child = spawn(ordinaryPython(), [join(import.meta.dirname, 'screen.py'), ...command], {
      env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' },
    });
    this.pid = this.#child.pid ?? 0;
    let stderr = '';
    this.#child.stderr?.on('data', (data) => {
      stderr += data;
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      try {
        this.screen.write(text);
      } catch (error) {
        this.#problem ??= error;
      }
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('close', () => {
        const last = stderr.trim().split('\n').at(-1) ?? '';
        if (this.#problem === undefined && last.startsWith('{')) resolve(JSON.parse(last));
        else reject(this.#problem ?? new Error(`the terminal ended: ${stderr}`));
      });
    });
    this.ended.catch(() => {});
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  press(keys: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ keys })}\n`);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#child.stdin?.write(`${JSON.stringify({ resize: [columns, rows] })}\n`);
  }

  /** Waits until the screen shows something. */
  async waitFor(pattern: RegExp): Promise<void> {
    await waitUntil(`${pattern} on the screen:\n${this.screen.text}`, () => {
      if (this.#problem !== undefined) throw this.#problem;
      return pattern.test(this.screen.text);
    });
  }
}
