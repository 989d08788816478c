// The options that `vmprof run`, `attach` and `top` share.

import { type Command, Option } from 'commander';
import type { RecordingOptions, Target } from '../sampler/recording-options.ts';
import { parseDuration, parsePeriod, parseRate } from './options.ts';

/** Samples per second: a period of 10 ms, at which nobody notices. */
export const DEFAULT_RATE = 100;

/** What commander makes of them. */
export interface RecordOptions {
  readonly output?: string;
  /** Samples per second; 0 for as many as possible. */
  readonly rate?: number;
  /** The same, given as seconds between samples. */
  readonly period?: number;
  /** Nanoseconds. */
  readonly duration?: number;
  readonly children: boolean;
  readonly jitter?: boolean;
  readonly quiet?: boolean;
  /** The texts of the source files go into the recording at its end. */
  readonly embedSources?: boolean;
  readonly native?: boolean;
  readonly nativeAll?: boolean;
  /** Debug information is fetched from servers. */
  readonly debuginfod?: boolean;
  /** Show the recording in the browser while it is made. */
  readonly web?: boolean;
  /** False: with `web`, open no browser. */
  readonly open?: boolean;
}

/** Options about how to sample. */
export function addSamplingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-r, --rate <hz>', `samples per second and thread, or "max" (default: ${DEFAULT_RATE})`)
        .argParser(parseRate)
        .conflicts('period'),
    )
    .addOption(
      new Option('-p, --period <seconds>', 'time between samples, instead of --rate').argParser(parsePeriod),
    )
    .option('--no-children', 'leave child processes out')
    .addOption(nativeOption())
    .addOption(nativeAllOption())
    .addOption(debuginfodOption())
    .option(
      '--jitter',
      'vary the time between samples at random, so that they cannot keep step with the program',
    );
}

/** With native frames. */
export function nativeOption(): Option {
  return new Option(
    '--native',
    'with C, C++, Rust … frames: of extensions, libraries, and programs without Python',
  );
}

/** With all of them. */
export function nativeAllOption(): Option {
  return new Option('--native-all', "the same, with the frames of Python's own machinery, too");
}

/** With debug information of servers. */
export function debuginfodOption(): Option {
  return new Option(
    '--debuginfod',
    'implies --native: fetch debug information that is not installed from the servers in DEBUGINFOD_URLS',
  );
}

/** Options about where a recording goes and how long it takes. */
export function addOutputOptions(command: Command): Command {
  return command
    .option(
      '-o, --output <file>',
      'where to write; its end says the format (default: a new .vmprof file here)',
    )
    .addOption(
      new Option('-d, --duration <time>', 'stop recording after this time, such as 30s').argParser(
        parseDuration,
      ),
    )
    .option('--embed-sources', 'put the texts of the source files into the recording, at its end')
    .option('--web', 'show the recording in the browser while it is made, until Ctrl-C')
    .option('--no-open', 'with --web: print the address, but open no browser')
    .option('-q, --quiet', 'print nothing but errors');
}

/** The recording that the options ask for. */
export function toRecordingOptions(
  target: Target,
  options: RecordOptions,
  flushInterval: number,
): RecordingOptions {
  const rate = options.rate ?? options.period ?? DEFAULT_RATE;
  return {
    target,
    period: rate === 0 ? 0 : 1e9 / rate,
    exponential: options.jitter === true,
    duration: options.duration,
    followChildren: options.children,
    flushInterval,
    native: toNativeOption(options),
    debuginfod: options.debuginfod === true,
  };
}

/** Which native frames are wanted. */
export function toNativeOption(options: {
  readonly native?: boolean;
  readonly nativeAll?: boolean;
  readonly debuginfod?: boolean;
}): RecordingOptions['native'] {
  return options.nativeAll ? 'all' : options.native || options.debuginfod ? 'without-interpreter' : undefined;
}
