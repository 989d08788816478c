// docs/formats.md and the list in `vmprof convert --help`, both made from the table of formats, so that they cannot say
// anything else than what the program does. `npm run docs` writes the page; a test compares it.

import type { Format } from './format.ts';

const HEAD = `# File formats

What vmprof reads and writes. This page is made by \`npm run docs\` from the table of formats in the code
(\`src/formats/formats.ts\`): change the remarks there.

What is read is told by its content, never by the name alone; what is written by the end of the file's name, or by \`--to\`. Gzip
around a file is seen through, and \`.gz\` behind the name of an output compresses it. Weights are never turned into as many
samples. What a format has no place for is told on standard error by \`vmprof convert\`, for the profile at hand.
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
  const { usedBy, losses = [], limits = [] } = format.remarks ?? {};
  const points = [
    ...(usedBy === undefined ? [] : [`Who uses it: ${usedBy}.`]),
    ...describeUncarried(format),
    ...losses.map((loss) => `Lost or changed: ${loss}`),
    ...limits,
  ];
  if (points.length === 0) return [];
  return ['', `## ${format.name}`, '', ...points.map((point) => `- ${point}`)];
}

function describeUncarried({ carries, exportProfile }: Format): string[] {
  if (carries === undefined || exportProfile === undefined) return [];
  const lost = [
    ...(carries.threads ? [] : ['threads and processes']),
    ...(carries.times ? [] : ['times of samples']),
    ...(carries.lines ? [] : ['executed lines']),
    'weights but one',
    'states of threads',
    'memory',
  ];
  return [`Cannot carry: ${lost.join(', ')}.`];
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
