// One HTML file that holds the page and recordings, and opens from disk: nothing is loaded, no server is needed.
//
// The page finds its worker, its recordings and its sources as texts in elements of the document (src/web/state/embedded.ts)
// instead of asking a server for them.

import { ProfilerError } from '../base/errors.ts';
import type { PageFile } from './page-files.ts';

export interface ReportContent {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly recordings: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** File → its lines. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** The policy of the server, for a page that is one file: no connection to anywhere. */
const REPORT_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The text of the file. */
export function formatReport({ files, recordings, sources }: ReportContent): string {
  const read = (name: string) => {
    const file = files.get(name);
    if (file === undefined) {
      throw new ProfilerError('cannot-read-file', `The page has no ${name}. Run npm run build.`, {
        facts: { name },
      });
    }
    return new TextDecoder().decode(file.bytes);
  };
  const body = [
    '<div id="page"></div>',
    `<script type="text/plain" id="embedded-worker">${escapeScript(read('worker.js'))}</script>`,
    ...recordings.map(
      ({ name, bytes }) =>
        `<script type="text/plain" class="embedded-recording" data-name="${escapeAttribute(name)}">` +
        `${Buffer.from(bytes).toString('base64')}</script>`,
    ),
    `<script type="application/json" id="embedded-sources">${formatJson(Object.fromEntries(sources))}</script>`,
    `<script type="module">${escapeScript(read('page.js'))}</script>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>vmprof: ${escapeAttribute(recordings.map(({ name }) => name).join(', '))}</title>
<link rel="icon" href="data:,">
<style>${read('page.css').replaceAll('</', '<\\/')}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

/** A script ends at the first `</script`, wherever it stands; in JavaScript it can only stand in a string or comment. */
function escapeScript(text: string): string {
  return text.replace(/<(\/script|!--)/gi, '\\x3c$1');
}

function formatJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
