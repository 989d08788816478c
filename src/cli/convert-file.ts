// What `vmprof convert` does: reads, selects, and writes.

import { ProfilerError } from '../base/errors.ts';
import type { Format } from '../formats/format.ts';
import { exportProfile, getFormatByFileName, getFormatByName } from '../formats/formats.ts';
import type { Measure } from '../profile/measure.ts';
import { selectSamples } from '../profile/selection.ts';
import { warn, writeOutput } from './files.ts';
import { chooseMeasure } from './output/view.ts';
import { readProfile } from './read-profile.ts';
import { resolveSelection } from './resolve-selection.ts';
import { selectCounters } from './select-counters.ts';
import type { SelectionOptions } from './selection-options.ts';

/** What commander makes of the command's options. */
export interface ConvertOptions extends SelectionOptions {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly measure?: Measure;
}

/** Converts a file. Throws ProfilerErrors. */
export async function convertFile(file: string, options: ConvertOptions): Promise<void> {
  // Before anything is read: nobody wants to wait for a wrong name.
  const to = chooseTarget(options);
  const from = options.from === undefined ? undefined : getFormatByName(options.from);
  const { profile: whole, notes } = await readProfile(file, from);
  warn(file, notes);
  const { selection } = resolveSelection(whole, options);
  const profile = selectCounters(selectSamples(whole, selection), selection);
  const exported = exportProfile(profile, to, {
    measure: options.measure ?? chooseMeasure(profile),
    title: file === '-' ? 'profile' : file.slice(file.lastIndexOf('/') + 1),
    fileName: options.output,
  });
  await writeOutput(options.output, exported.bytes);
  warn(options.output === '-' ? to.title : options.output, exported.notes);
}

function chooseTarget({ to, output }: ConvertOptions): Format {
  if (to !== undefined) return getFormatByName(to);
  if (output !== '-') return getFormatByFileName(output);
  throw new ProfilerError('bad-usage', 'Standard output has no name that tells a format: add --to FORMAT.');
}
