// The table of all formats, and what finds the right one: by content for reading, by name for writing.

import { ProfilerError } from '../base/errors.ts';
import type { Profile } from '../profile/tables.ts';
import { AUSTIN_FORMAT } from './austin/austin-text.ts';
import { MOJO_FORMAT } from './austin/mojo.ts';
import { CALLGRIND_FORMAT } from './callgrind/callgrind.ts';
import { clampNegatives } from './clamp-negatives.ts';
import { COLLAPSED_FORMAT } from './collapsed/collapsed.ts';
import { CSV_FORMAT, CSV_LINES_FORMAT } from './csv.ts';
import { FIREFOX_FORMAT } from './firefox/firefox.ts';
import { SVG_FORMAT } from './flame-svg/flame-svg.ts';
import type { ExportedProfile, ExportOptions, Format, ImportedProfile } from './format.ts';
import { decompress, gzip } from './gzip.ts';
import { type Input, readHead } from './input.ts';
import { describeKnownOther } from './known-others.ts';
import { MEMRAY_FORMAT } from './memray/memray.ts';
import { OTLP_FORMAT } from './otlp/otlp.ts';
import { PERF_SCRIPT_FORMAT } from './perf-script/perf-script.ts';
import { PPROF_FORMAT } from './pprof/pprof.ts';
import { PSTATS_FORMAT } from './pstats/pstats.ts';
import { importReadablePart } from './readable-part.ts';
import { RECORDING_FORMAT } from './recording.ts';
import { SAMPLING_BINARY_FORMAT } from './sampling-binary/sampling-binary.ts';
import { SAMPLING_JSONL_FORMAT } from './sampling-jsonl/sampling-jsonl.ts';
import { SCALENE_FORMAT } from './scalene/scalene.ts';
import { SPEEDSCOPE_FORMAT } from './speedscope/speedscope.ts';
import { PY_SPY_FORMAT } from './thread-stacks/py-spy.ts';
import { SAMPLING_COLLAPSED_FORMAT } from './thread-stacks/sampling-collapsed.ts';
import { TRACE_EVENTS_FORMAT } from './trace-events/trace-events.ts';
import { CPUPROFILE_FORMAT } from './v8/cpuprofile.ts';
import { HEAPPROFILE_FORMAT } from './v8/heapprofile.ts';
import { VMPROF_PROF_FORMAT } from './vmprof-prof/vmprof-prof.ts';

/** In the order in which they are tried: formats with a mark of their own first, lenient text formats last; then those that are only written. */
export const FORMATS: readonly Format[] = [
  RECORDING_FORMAT,
  VMPROF_PROF_FORMAT,
  PSTATS_FORMAT,
  MOJO_FORMAT,
  SAMPLING_BINARY_FORMAT,
  SAMPLING_JSONL_FORMAT,
  MEMRAY_FORMAT,
  SCALENE_FORMAT,
  AUSTIN_FORMAT,
  PY_SPY_FORMAT,
  SAMPLING_COLLAPSED_FORMAT,
  PPROF_FORMAT,
  OTLP_FORMAT,
  CALLGRIND_FORMAT,
  PERF_SCRIPT_FORMAT,
  SPEEDSCOPE_FORMAT,
  FIREFOX_FORMAT,
  TRACE_EVENTS_FORMAT,
  CPUPROFILE_FORMAT,
  HEAPPROFILE_FORMAT,
  COLLAPSED_FORMAT,
  SVG_FORMAT,
  CSV_FORMAT,
  CSV_LINES_FORMAT,
];

/** Enough for the first lines of text formats with very deep stacks. */
const HEAD_LENGTH = 1 << 16;

/** The format of a file, by its content; undefined when no format knows it. Compressed files: by what is inside. */
export function detectFormat(input: Input): Format | undefined {
  return detectPlain(decompress(input));
}

/** Reads a profile in any format that can be read; `format` skips the detection. */
export function importProfile(input: Input, format?: Format): ImportedProfile & { readonly format: Format } {
  if (readHead(input, 1).length === 0) throw new ProfilerError('not-a-recording', 'The file is empty.');
  const plain = decompress(input);
  if (plain !== input && readHead(plain, 1).length === 0)
    throw new ProfilerError('not-a-recording', 'The file is compressed, and empty inside.');
  const other = format === undefined ? describeKnownOther(plain) : undefined;
  if (other !== undefined) throw new ProfilerError('not-a-recording', other);
  // Unknown content: the format that the name promises can say best what is wrong.
  const found = format ?? detectPlain(plain) ?? findFormatByFileName(input.fileName);
  if (found === undefined) {
    throw new ProfilerError(
      'not-a-recording',
      `The file is no profile that vmprof knows. It reads: ${listTitles((candidate) => candidate.importProfile)}.`,
    );
  }
  if (found.importProfile === undefined) {
    throw new ProfilerError('unknown-format', `${found.title} can be written, but not read.`);
  }
  return { ...importReadablePart(found.importProfile, plain), format: found };
}

/** Writes a profile, compressed if the file name ends in `.gz`. */
export function exportProfile(
  profile: Profile,
  format: Format,
  options: ExportOptions & { readonly fileName: string },
): ExportedProfile {
  if (format.exportProfile === undefined) {
    throw new ProfilerError('unknown-format', `${format.title} can be read, but not written.`);
  }
  const clamped =
    format.carries.negatives === false ? clampNegatives(profile, options.measure) : { profile, notes: [] };
  const { bytes, notes } = format.exportProfile(clamped.profile, options);
  return {
    bytes: /\.gz$/i.test(options.fileName) ? gzip(bytes) : bytes,
    notes: [...notes, ...clamped.notes],
  };
}

/** Throws `unknown-format` with the names that there are. */
export function getFormatByName(name: string): Format {
  const format = FORMATS.find((candidate) => candidate.name === name.toLowerCase());
  if (format !== undefined) return format;
  const names = FORMATS.map((candidate) => candidate.name).join(', ');
  throw new ProfilerError('unknown-format', `There is no format "${name}". Formats: ${names}.`, {
    facts: { name },
  });
}

/** The format that a file name asks for; a `.gz` behind it does not count. */
export function findFormatByFileName(fileName: string): Format | undefined {
  const name = fileName.toLowerCase().replace(/\.gz$/, '');
  let found: Format | undefined;
  let length = 0;
  for (const format of FORMATS) {
    for (const extension of format.extensions) {
      if (extension.length > length && name.endsWith(extension)) {
        found = format;
        length = extension.length;
      }
    }
  }
  return found;
}

/** As findFormatByFileName; throws `unknown-format` with the extensions that there are. */
export function getFormatByFileName(fileName: string): Format {
  const format = findFormatByFileName(fileName);
  if (format !== undefined) return format;
  const extensions = FORMATS.filter((candidate) => candidate.exportProfile !== undefined)
    .map((candidate) => candidate.extensions[0])
    .join(', ');
  throw new ProfilerError(
    'unknown-format',
    `The name "${fileName}" does not tell a format. Known ends: ${extensions}; or name the format with --to.`,
    { facts: { fileName } },
  );
}

function detectPlain(input: Input): Format | undefined {
  const bytes = readHead(input, HEAD_LENGTH + 1);
  const head = {
    bytes: bytes.subarray(0, HEAD_LENGTH),
    fileName: input.fileName,
    isWhole: bytes.length <= HEAD_LENGTH,
  };
  return FORMATS.find((format) => format.matches(head));
}

function listTitles(isListed: (format: Format) => unknown): string {
  return FORMATS.filter((format) => isListed(format) !== undefined)
    .map((format) => format.title)
    .join(', ');
}
