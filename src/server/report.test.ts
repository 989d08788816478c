import { expect, test } from 'vitest';
import { formatReport } from './report.ts';

const file = (text: string) => ({ bytes: new TextEncoder().encode(text), contentType: '' });
const FILES = new Map([
  ['page.js', file('const a = "</script><!-- x";')],
  ['page.css', file('a::after { content: "</style>" }')],
  ['worker.js', file('postMessage("</SCRIPT>")')],
]);

test('nothing that goes into the file can end its element, or open another one', () => {
  const text = formatReport({
    files: FILES,
    recordings: [{ name: '"><img src=x onerror=1>.vmprof', bytes: Uint8Array.of(1, 2, 3) }],
    sources: new Map([['/srv/</script><b>.py', ['</script><script>evil()']]]),
  });
  // Worker, one recording, sources, page: and the style.
  expect(text.match(/<\/script/gi)).toHaveLength(4);
  expect(text.match(/<\/style/gi)).toHaveLength(1);
  expect(text).not.toContain('<img');
  expect(text).not.toContain('<b>');
  expect(text).not.toContain('<!-- x');
  expect(text).toContain('>AQID</script>');
  expect(text).toContain('const a = "\\x3c/script>\\x3c!-- x";');
});

test('the page may connect to nothing', () => {
  const text = formatReport({ files: FILES, recordings: [], sources: new Map() });
  expect(text).toContain("default-src 'none'");
  expect(text).not.toContain('connect-src');
});

test('a page that was not built is told', () => {
  expect(() => formatReport({ files: new Map(), recordings: [], sources: new Map() })).toThrow(
    'The page has no worker.js',
  );
});
