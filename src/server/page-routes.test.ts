import { expect, test } from 'vitest';
import { createPageRoutes } from './page-routes.ts';
import { serveBytes } from './page-server.ts';

const SECRET = 'c2VjcmV0LXNlY3JldC1zZQ';
const HOST = '127.0.0.1:4711';
const APP = createPageRoutes({
  secret: SECRET,
  files: new Map([
    ['index.html', { bytes: new TextEncoder().encode('<html>'), contentType: 'text/html; charset=utf-8' }],
    ['page.js', { bytes: new TextEncoder().encode('1;'), contentType: 'text/javascript' }],
  ]),
  recordings: [serveBytes('a.vmprof', Uint8Array.of(1, 2, 3))],
  example: serveBytes('example', Uint8Array.of(4, 5)),
  readSource: async (file) => (file === '/srv/app.py' ? { lines: ['print(1)'] } : undefined),
});

function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return Promise.resolve(APP.request(`http://${HOST}${path}`, { headers: { host: HOST, ...headers } }));
}

test('the page, recordings and named sources are served behind the secret', async () => {
  expect(await (await ask(`/${SECRET}/`)).text()).toBe('<html>');
  expect(await (await ask(`/${SECRET}/page.js`)).text()).toBe('1;');
  expect(await (await ask(`/${SECRET}/recordings`)).json()).toEqual([{ name: 'a.vmprof', isLive: false }]);
  const recording = await ask(`/${SECRET}/recordings/0`);
  expect(recording.headers.get('content-length')).toBe('3');
  expect(new Uint8Array(await recording.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  const example = await ask(`/${SECRET}/example`);
  expect(new Uint8Array(await example.arrayBuffer())).toEqual(Uint8Array.of(4, 5));
  expect(await (await ask(`/${SECRET}/source?file=/srv/app.py`)).json()).toEqual({ lines: ['print(1)'] });
});

test.each([
  '/',
  '/page.js',
  '/recordings/0',
  `/${SECRET.slice(1)}/`,
  `/${SECRET}x/`,
  `/${SECRET}/recordings/1`,
  `/${SECRET}/recordings/-1`,
  `/${SECRET}/recordings/0/live`,
  `/${SECRET}/source?file=/etc/passwd`,
  `/${SECRET}/source`,
  `/${SECRET}/../package.json`,
  `/${SECRET}/..%2f..%2fpackage.json`,
  `/${SECRET}/%2e%2e/package.json`,
  `/${SECRET}//etc/passwd`,
])('%s is not found', async (path) => {
  expect((await ask(path)).status).toBe(404);
});

test('foreign hosts and origins are refused, with the secret, too', async () => {
  expect((await ask(`/${SECRET}/`, { host: 'evil.example:4711' })).status).toBe(403);
  expect((await ask(`/${SECRET}/`, { host: '127.0.0.1.evil.example' })).status).toBe(403);
  expect((await ask(`/${SECRET}/recordings`, { origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask(`/${SECRET}/recordings`, { origin: 'null' })).status).toBe(403);
  expect((await ask(`/${SECRET}/recordings`, { origin: 'http://127.0.0.1:1' })).status).toBe(403);
  expect((await ask(`/${SECRET}/recordings`, { origin: `http://${HOST}` })).status).toBe(200);
});

test('every answer, of any status, has the policy that nothing else may be loaded', async () => {
  for (const path of [`/${SECRET}/`, `/${SECRET}/recordings/0`, `/${SECRET}/nothing`, '/']) {
    const { headers } = await ask(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
