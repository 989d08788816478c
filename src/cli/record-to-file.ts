// What `vmprof run` and `vmprof attach` have in common: a recording that goes to a file, and the short table at its end.

import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import type { Format } from '../formats/format.ts';
import { parseRecording } from '../profile/recording/recording-decoder.ts';
import { encodeRecording } from '../profile/recording/recording-encoder.ts';
import type { Profile } from '../profile/tables.ts';
import { type Recording, startRecording } from '../sampler/record.ts';
import type { RecordingResult, Target } from '../sampler/recording-options.ts';
import { hasTerminal, say, writeMessage } from './console.ts';
import type { LivePage } from './live-page.ts';
import { chooseStyle } from './output/style.ts';
import { formatSummary } from './output/summary.ts';
import { chooseMeasure } from './output/view.ts';
import { ProgressDisplay, type ProgressPlace } from './progress.ts';
import { type RecordOptions, toRecordingOptions } from './record-options.ts';
import { nameRecording, RecordingFile } from './recording-file.ts';
import { refuseSources } from './source-place.ts';
import { readVersion } from './version.ts';

/** One append a second: that much is lost at the most when we are killed. */
const FLUSH_INTERVAL = 1_000_000_000;
/** While somebody watches: what happens is on the screen before it is felt as late. */
const LIVE_FLUSH_INTERVAL = 150_000_000;

/** What differs between the commands. */
export interface RecordingHooks {
  /** The program, for the name of a new file. */
  readonly name: string;
  readonly progressPlace: ProgressPlace;
  /** The target runs: the process that was started or attached to. */
  readonly onStart: (pid: number, recording: Recording) => void;
}

/**
 * Records to the file of the options, or to a new one named after `name`, and prints a summary. Throws before anything
 * starts when the file cannot be written, or has no place for sources that are to go into it.
 */
export async function recordToFile(
  target: Target,
  options: RecordOptions,
  hooks: RecordingHooks,
): Promise<RecordingResult> {
  const output = options.output ?? nameRecording(hooks.name, new Date());
  const format = await chooseOtherFormat(options.output);
  if (format !== undefined && options.embedSources === true) refuseSources(format);
  // Other formats are written at the end: until then nothing is lost.
  const file = new RecordingFile(format === undefined ? output : `${output}.vmprof`);
  const isQuiet = options.quiet === true;
  const progress = new ProgressDisplay(!isQuiet && hasTerminal() ? hooks.progressPlace : 'nowhere');
  let hasWarned = false;
  const page = options.web === true ? await openPage(file.path, options.open !== false) : undefined;

  const recording = startRecording(
    toRecordingOptions(target, options, page === undefined ? FLUSH_INTERVAL : LIVE_FLUSH_INTERVAL),
    `vmprof ${readVersion()}`,
    {
      onStart: (pid) => hooks.onStart(pid, recording),
      onBytes: (bytes, state) => {
        file.append(bytes);
        page?.append(bytes);
        progress.show(state);
        if (file.failure === undefined || hasWarned) return;
        hasWarned = true;
        progress.end();
        say(`recording stopped, ${file.failure}: ${file.path} holds what was recorded before.`);
        recording.stop();
      },
      onWarning: (message) => {
        progress.end();
        if (!isQuiet) say(message);
      },
    },
  );
  let result: RecordingResult;
  try {
    result = await recording.result;
  } catch (error) {
    file.abandon();
    await page?.close();
    throw error;
  } finally {
    progress.end();
  }
  file.close();
  const { profile: recorded } = parseRecording(readFileSync(file.path));
  const profile = options.embedSources === true ? await addSources(recorded, file.path) : recorded;
  const isConverted = format !== undefined && (await convert(profile, format, output, isQuiet));
  if (isConverted) file.remove();
  if (!isQuiet) printSummary(profile, isConverted ? output : file.path);
  await page?.serveUntilInterrupted();
  return result;
}

// Most recordings need neither formats nor the page: the program starts sooner without them.

/** The format that the end of the name asks for; undefined: a recording. Throws `unknown-format`. */
async function chooseOtherFormat(output: string | undefined): Promise<Format | undefined> {
  if (output === undefined || /\.vmprof$/i.test(output)) return undefined;
  const { getFormatByFileName } = await import('../formats/formats.ts');
  const format = getFormatByFileName(output);
  return format.name === 'vmprof' ? undefined : format;
}

/** Writes the recording anew, with sources. The old file stays until the new one is complete. */
async function addSources(recorded: Profile, file: string): Promise<Profile> {
  const { embedSources } = await import('./embed-sources.ts');
  const profile = await embedSources(recorded);
  const path = realpathSync(file);
  const next = `${path}.new`;
  try {
    // What was recorded into a pipe or a device is gone.
    if (!statSync(path).isFile()) throw new Error(`${file} is no regular file`);
    writeFileSync(next, encodeRecording(profile));
    renameSync(next, path);
  } catch (error) {
    say(`the recording has no sources: ${messageOf(error)}.`);
    rmSync(next, { force: true });
    return recorded;
  }
  return profile;
}

async function openPage(file: string, opensBrowser: boolean): Promise<LivePage> {
  const { openLivePage } = await import('./live-page.ts');
  return openLivePage(file, opensBrowser);
}

/** Writes the recording in the format that was asked for; false when that failed, and the recording has to stay. */
async function convert(profile: Profile, format: Format, output: string, isQuiet: boolean): Promise<boolean> {
  const { exportProfile } = await import('../formats/formats.ts');
  const { bytes, notes } = exportProfile(profile, format, {
    measure: chooseMeasure(profile),
    title: profile.facts.command ?? output,
    fileName: output,
  });
  const file = new RecordingFile(output);
  file.append(bytes);
  file.close();
  if (file.failure !== undefined) {
    say(`cannot write ${output}: ${file.failure}. The recording is kept in ${output}.vmprof.`);
    return false;
  }
  if (!isQuiet) for (const note of notes) say(note);
  return true;
}

function printSummary(profile: Profile, file: string): void {
  const columns = process.stderr.columns ?? 100;
  const style = chooseStyle({ isTTY: hasTerminal() }, process.env);
  writeMessage(`\n${formatSummary(profile, { file, columns, style, folder: process.cwd() })}`);
}
