// What `vmprof top` does: a recording that goes to the screen instead of to a file.

import { constants } from 'node:os';
import { ProfilerError } from '../../base/errors.ts';
import { dieBySignal } from '../../sampler/process/die.ts';
import { readCommandLine } from '../../sampler/process/process-info.ts';
import { type Recording, startRecording } from '../../sampler/record.ts';
import type { RecordingProgress, RecordingResult, Target } from '../../sampler/recording-options.ts';
import { say } from '../console.ts';
import { writeStandardOutput } from '../files.ts';
import { chooseStyle } from '../output/style.ts';
import { type RecordOptions, toRecordingOptions } from '../record-options.ts';
import { readVersion } from '../version.ts';
import type { TopMeasure } from './function-sums.ts';
import { withBars } from './line.ts';
import { LiveView } from './live-view.ts';
import { requireTerminal, TerminalScreen } from './terminal-screen.ts';
import type { TopRequest } from './top-state.ts';

/** Two pictures a second: as fast as numbers can be read. */
const FRAME_INTERVAL = 500_000_000;
/** A process that stops itself is stopped within this time, in milliseconds; it passes as soon as it goes on. */
const SUSPEND_DELAY = 50;

export interface WatchOptions extends RecordOptions {
  readonly measure?: TopMeasure;
}

/** Shows a live table until the target ends or the user quits. */
export async function watch(target: Target, options: WatchOptions): Promise<void> {
  const streams = requireTerminal(process.stdin, process.stdout, process.env);
  const recorded: Target = target.kind === 'launch' ? { ...target, streams: 'discard' } : target;
  const watcher = new Watcher(target, options, streams);
  const recording = startRecording(
    // Who quits does not wait for the program's end.
    { ...toRecordingOptions(recorded, options, FRAME_INTERVAL), awaitExit: false },
    `vmprof ${readVersion()}`,
    {
      onStart: (pid) => watcher.begin(pid, recording),
      onBytes: (bytes, progress) => watcher.takeBytes(bytes, progress),
      onWarning: (message) => watcher.warn(message),
    },
  );
  const abandon = () => {
    // Whatever went wrong is told on the normal screen.
    watcher.giveTerminalBack();
    recording.stop();
  };
  process.prependListener('uncaughtException', abandon);
  let result: RecordingResult | undefined;
  try {
    result = await recording.result;
  } catch (error) {
    // Nobody quits to be told that it was early.
    const isQuit = error instanceof ProfilerError && error.code === 'target-ended-early' && watcher.hasQuit;
    if (!isQuit) throw error;
  } finally {
    watcher.giveTerminalBack();
    process.off('uncaughtException', abandon);
  }
  await watcher.conclude(result);
}

/** Ties the recording, the view, the terminal and the signals together. */
class Watcher {
  /** The user has quit, rather than the target ended. */
  hasQuit = false;
  readonly #target: Target;
  readonly #options: WatchOptions;
  readonly #screen: TerminalScreen;
  readonly #warnings: string[] = [];
  readonly #listeners: [string, () => void][] = [];
  #recording: Recording | undefined;
  #view: LiveView | undefined;
  #pid = 0;
  #isTerminated = false;

  constructor(target: Target, options: WatchOptions, streams: ReturnType<typeof requireTerminal>) {
    this.#target = target;
    this.#options = options;
    this.#screen = new TerminalScreen(streams, (text) => this.#takeKeys(text));
  }

  get #isLaunched(): boolean {
    return this.#target.kind === 'launch';
  }

  /** The target is there: takes the terminal. */
  begin(pid: number, recording: Recording): void {
    this.#pid = pid;
    this.#recording = recording;
    const target = this.#target;
    const command = target.kind === 'launch' ? target.command.join(' ') : readCommandLine(pid);
    this.#view = new LiveView(
      { pid, command, isLaunched: this.#isLaunched },
      {
        measure: this.#options.measure ?? 'cpu',
        style: withBars(chooseStyle(process.stdout, process.env)),
        folder: process.cwd(),
      },
    );
    this.#listen();
    this.#screen.enter();
    this.#draw();
  }

  takeBytes(bytes: Uint8Array, progress: RecordingProgress): void {
    this.#view?.takeBytes(bytes, progress);
    this.#draw();
  }

  /** Shown now, and once more when the screen is gone. */
  warn(message: string): void {
    this.#warnings.push(message);
    this.#view?.tell(message);
    this.#draw();
  }

  giveTerminalBack(): void {
    this.#screen.leave();
    for (const [event, listener] of this.#listeners.splice(0)) {
      process.off(event, listener);
      process.stdout.off(event, listener);
      process.stdin.off(event, listener);
    }
  }

  /** The last picture, what became of the program, and its exit code as ours. */
  async conclude(result: RecordingResult | undefined): Promise<void> {
    const name = this.#target.kind === 'launch' ? this.#target.command.join(' ') : `process ${this.#pid}`;
    if (!this.hasQuit && this.#view !== undefined) {
      const lines = this.#view.renderLast(this.#screen.size);
      await writeStandardOutput(`${lines.join('\n')}\n`);
    }
    for (const warning of this.#warnings) say(warning);
    if (this.hasQuit) {
      if (this.#isLaunched) say(`${name} runs on as process ${this.#pid}.`);
      return;
    }
    const exit = result?.exit;
    say(`${name} has ended${describeExit(exit)}.`);
    if (exit === undefined || this.#isTerminated) return;
    if (exit.kind === 'exited') {
      process.exitCode = exit.code;
    } else {
      dieBySignal(exit.signal);
      process.exitCode = 128 + exit.signal;
    }
  }

  #takeKeys(text: string): void {
    for (const request of this.#view?.takeKeys(text, this.#screen.size) ?? []) this.#perform(request);
    this.#draw();
  }

  #perform(request: TopRequest): void {
    switch (request) {
      case 'quit':
        this.#quit();
        break;
      case 'interrupt':
        this.#interrupt();
        this.#view?.tell('Ctrl-C was sent to the program. To quit: q');
        break;
      case 'terminate':
        this.#isTerminated = true;
        sendSignal(this.#pid, 'SIGTERM');
        this.#view?.tell('SIGTERM was sent to the program; waiting for its end.');
        break;
      case 'suspend':
        this.#suspend();
        break;
    }
  }

  /** As a terminal does: for the whole process group. The program has one of its own. */
  #interrupt(): void {
    sendSignal(-this.#pid, 'SIGINT');
  }

  #quit(): void {
    this.hasQuit = true;
    this.#screen.leave();
    this.#recording?.stop();
  }

  #draw(): void {
    const { size } = this.#screen;
    if (this.#view !== undefined) this.#screen.draw(this.#view.render(size));
  }

  #listen(): void {
    const on = (source: NodeJS.EventEmitter, event: string, listener: () => void) => {
      source.on(event, listener);
      this.#listeners.push([event, listener]);
    };
    on(process, 'SIGINT', () => {
      if (this.#isLaunched) this.#interrupt();
      else this.#quit();
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      on(process, signal, () => {
        if (this.#isLaunched) sendSignal(this.#pid, signal);
        this.#quit();
      });
    }
    on(process, 'SIGTSTP', () => this.#suspend());
    on(process, 'SIGCONT', () => this.#resume());
    on(process.stdout, 'resize', () => {
      this.#screen.forget();
      this.#draw();
    });
    // The terminal has gone.
    on(process.stdin, 'end', () => this.#quit());
  }

  /**
   * Stops this process as the terminal's Ctrl-Z stops others; not the program, which nobody would let go on if we were
   * killed meanwhile. Where no shell could let us go on, the system does nothing.
   */
  #suspend(): void {
    this.#screen.leave();
    const listeners = process.listeners('SIGTSTP');
    process.removeAllListeners('SIGTSTP');
    process.kill(process.pid, 'SIGTSTP');
    setTimeout(() => {
      for (const listener of listeners) process.on('SIGTSTP', listener);
      this.#resume();
    }, SUSPEND_DELAY);
  }

  #resume(): void {
    if (this.hasQuit) return;
    this.#screen.enter();
    this.#draw();
  }
}

function describeExit(exit: RecordingResult['exit']): string {
  if (exit === undefined) return '';
  if (exit.kind === 'signaled') return ` by signal ${exit.name}`;
  return ` with exit code ${exit.code}${exit.code === 0 ? '' : ' (what it printed was dropped)'}`;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, constants.signals[signal]);
  } catch {
    // It ended a moment ago.
  }
}
