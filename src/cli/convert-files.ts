// What `vmprof convert` does: reads, merges, selects, and writes.

import { ProfilerError } from '../base/errors.ts';
import type { Format } from '../formats/format.ts';
import { exportProfile, getFormatByFileName, getFormatByName } from '../formats/formats.ts';
import { RECORDING_FORMAT } from '../formats/recording.ts';
import { selectSamples } from '../profile/costs/selection.ts';
import { mergeProfiles } from '../profile/derive/merge.ts';
import type { Measure } from '../profile/measure.ts';
import { checkMeasure } from './check-measure.ts';
import { embedSources } from './embed-sources.ts';
import { warn, writeOutput } from './files.ts';
import { chooseCommonMeasure, describeMixture, type NamedProfile } from './merged-weights.ts';
import { nameProcesses } from './name-processes.ts';
import { encodePageReport, isPageName } from './page-report.ts';
import { nameInput } from './read-file.ts';
import { readProfile } from './read-profile.ts';
import { resolveSelection } from './resolve-selection.ts';
import { selectCounters } from './select-counters.ts';
import type { SelectionOptions } from './selection-options.ts';
import { refuseSources } from './source-place.ts';

/** What commander makes of the command's options. */
export interface ConvertOptions extends SelectionOptions {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly measure?: Measure;
  readonly embedSources?: boolean;
}

/** Converts a file, or merges several into one. Throws ProfilerErrors. */
export async function convertFiles(files: readonly string[], options: ConvertOptions): Promise<void> {
  // Before anything is read: nobody wants to wait for a wrong name.
  const to = chooseTarget(options);
  if (options.embedSources === true && to !== RECORDING_FORMAT) refuseSources(to);
  const from = options.from === undefined ? undefined : getFormatByName(options.from);
  if (files.filter((file) => file === '-').length > 1) {
    throw new ProfilerError('bad-usage', 'Standard input can be read once only: "-" stands there twice.');
  }
  const inputs: NamedProfile[] = [];
  for (const file of files) {
    const { profile, notes } = await readProfile(file, from);
    const name = nameInput(file);
    warn(name, notes);
    inputs.push({ name, profile: files.length > 1 ? nameProcesses(profile, name) : profile });
  }
  const measure = options.measure ?? chooseCommonMeasure(inputs);
  const target = options.output === '-' ? to.title : options.output;
  warn(target, describeMixture(inputs, measure));
  const merged = mergeProfiles(inputs.map(({ profile }) => profile));
  const whole = options.embedSources === true ? await embedSources(merged) : merged;
  const exported = nameInFailures(inputs, () => {
    if (options.measure !== undefined) checkMeasure(whole, options.measure);
    const { selection } = resolveSelection(whole, options);
    const selected = selectCounters(selectSamples(whole, selection), selection);
    return exportProfile(selected, to, { measure, title: describeTitle(files), fileName: options.output });
  });
  await writeOutput(
    options.output,
    isPage(options) ? wrapInPage(describeTitle(files), exported.bytes) : exported.bytes,
  );
  warn(target, exported.notes);
}

/** What is wrong with what was read is said together with its files. */
function nameInFailures<T>(inputs: readonly NamedProfile[], action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    const names = inputs.map(({ name }) => name).join(', ');
    throw new ProfilerError(error.code, `${names}: ${error.message}`, { facts: error.facts, cause: error });
  }
}

/** The page with a recording in it is no format: it is written, and a recording is what is in it. */
function isPage({ to, output }: ConvertOptions): boolean {
  return to === undefined ? isPageName(output) : to.toLowerCase() === 'html';
}

function wrapInPage(name: string, bytes: Uint8Array): Uint8Array {
  return encodePageReport({ recordings: [{ name, bytes }], sources: new Map() });
}

function chooseTarget(options: ConvertOptions): Format {
  const { to, output } = options;
  if (isPage(options)) return RECORDING_FORMAT;
  if (to === undefined && output === '-') {
    throw new ProfilerError('bad-usage', 'Standard output has no name that tells a format: add --to FORMAT.');
  }
  const format = to === undefined ? getFormatByFileName(output) : getFormatByName(to);
  if (format.exportProfile === undefined) {
    throw new ProfilerError('unknown-format', `${format.title} can be read, but not written.`);
  }
  return format;
}

function describeTitle([first, ...others]: readonly string[]): string {
  const title = first === '-' ? 'profile' : first.slice(first.lastIndexOf('/') + 1);
  return others.length === 0 ? title : `${title} and ${others.length} more`;
}
