// docs/formats.md and the list in `vmprof convert --help`, both made from the table of formats, so that they cannot say
// anything else than what the program does. `npm run docs` writes the page; a test compares it.

import type { Format } from './format.ts';

const HEAD = `# File formats

What vmprof reads and writes. This page is made by \`npm run docs\` from the table of formats in the code
(\`src/formats/formats.ts\`): change the remarks there.

    vmprof show FILE                              # any of them, also compressed by gzip
    vmprof convert FILE -o profile.speedscope.json
    vmprof convert FILE -o profile.pb.gz          # .gz compresses
    vmprof convert FILE -o - --to collapsed

What is read is told by its content, never by the name alone; what is written by the end of the file's name, or by \`--to\`. All
formats keep functions and what they cost. \`vmprof convert\` tells on standard error what else of the profile at hand the
format has no place for. Functions that share name and file (lambdas, functions defined twice) stay apart: all but the first get their
first line or a number behind their names, \`<lambda>:12\`. Processes and threads that share a number get new ones where the format
tells them apart by nothing else. Both is told, too.

Bad input: what stands before the damage is read where the format allows, and told; else one sentence says what is wrong and
where. A number is never turned into as many samples, and a file never takes memory beyond its class of size. The bounds below are
far above what any profiler writes.
`;

/** The whole of docs/formats.md. */
export function formatFormatsPage(formats: readonly Format[]): string {
  const rows = formats.map((format) =>
    [
      `[\`${format.name}\`](#${format.name})`,
      format.title,
      listExtensions(format),
      format.importProfile === undefined ? '–' : 'yes',
      format.exportProfile === undefined ? '–' : 'yes',
    ].join(' | '),
  );
  const table = [
    '| name | what it is | ends of names | read | written |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ];
  return `${[HEAD, ...table, ...formats.flatMap(formatSection)].join('\n')}\n`;
}

/** `  vmprof      vmprof recording (.vmprof)`, a line for each format. */
export function formatFormatsHelp(formats: readonly Format[]): string {
  const width = Math.max(0, ...formats.map((format) => format.name.length));
  return formats
    .map((format) => {
      const [extension] = format.extensions;
      const only = describeDirections(format);
      const details = [...(extension === undefined ? [] : [extension]), ...(only === '' ? [] : [only])];
      const behind = details.length === 0 ? '' : ` (${details.join(', ')})`;
      return `  ${format.name.padEnd(width)}  ${format.title}${behind}`;
    })
    .join('\n');
}

function formatSection(format: Format): string[] {
  const { usedBy, losses = [], limits = [] } = format.remarks;
  const points = [
    `Who uses it: ${usedBy}.`,
    ...describeCarried(format),
    ...losses.map((loss) => `Lost or changed: ${loss}`),
    ...limits,
  ];
  return ['', `## ${format.name}`, '', ...points.map((point) => `- ${point}`)];
}

function describeCarried({ carries, exportProfile }: Format): string[] {
  const places: readonly (readonly [boolean | undefined, string, string?])[] = [
    [carries.threads, 'threads and processes'],
    [carries.times, 'times of samples'],
    [carries.lines, 'executed lines'],
    [carries.weights, 'all weights', 'weights but one'],
    [carries.states, 'states of threads'],
    [carries.memory, 'memory over time'],
  ];
  const kept = places.filter(([isKept]) => isKept === true).map(([, text]) => text);
  const lost = places.filter(([isKept]) => isKept !== true).map(([, text, others = text]) => others);
  const lines: string[] = [];
  if (kept.length > 0)
    lines.push(`${exportProfile === undefined ? 'Can hold' : 'Written, it keeps'}: ${kept.join(', ')}.`);
  if (exportProfile !== undefined && lost.length > 0) lines.push(`Written, it loses: ${lost.join(', ')}.`);
  return lines;
}

function listExtensions(format: Format): string {
  return format.extensions.length === 0
    ? '–'
    : format.extensions.map((extension) => `\`${extension}\``).join(', ');
}

function describeDirections(format: Format): string {
  if (format.exportProfile === undefined) return 'read only';
  return format.importProfile === undefined ? 'written only' : '';
}
