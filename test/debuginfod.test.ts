import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import { makeStripped, type StrippedProgram } from '../src/sampler/native/stripped-program.testing.ts';
import {
  functionsSeen,
  readRecording,
  runVmprof,
  start,
  startVmprof,
  temporaryFolder,
  waitUntil,
} from './support.ts';

// --debuginfod, with a stripped program and a server that has what was stripped.

it('a second recording has all names, without a server', async (context) => {
  const { made, folder, server, env } = await prepare(context);
  const first = await record(folder, made, env, '40');
  expect(first.seen.filter((name) => name.startsWith('chain+0x')).length).toBeGreaterThan(0);
  expect(server.asked).toContain(made.buildId);
  server.close();
  const second = await record(folder, made, env, '40');
  expect(second.seen).toEqual(expect.arrayContaining(['main', 'spin', 'sort', 'compare']));
  expect(second.seen.filter((name) => name.startsWith('chain+0x'))).toEqual([]);
  expect(second.files.some((file) => file.endsWith('/chain.c'))).toBe(true);
});

it('names come while a recording goes on', async (context) => {
  const { made, folder, env } = await prepare(context);
  const { seen } = await record(folder, made, env, '450');
  expect(seen).toEqual(expect.arrayContaining(['main', 'spin', 'sort']));
});

it('a damaged file in the cache is fetched anew', async (context) => {
  const { made, folder, env } = await prepare(context);
  const cache = join(env.XDG_CACHE_HOME, 'vmprof/debuginfod');
  const path = join(cache, `${made.buildId}.debug`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(path, readFileSync(made.debugFile).subarray(0, 2000));
  await record(folder, made, env, '20');
  expect(readFileSync(path).equals(readFileSync(made.debugFile))).toBe(true);
});

it('a dump waits for them', async (context) => {
  const { made, env } = await prepare(context);
  const target = start([made.program, '6000']);
  await waitUntil('the program', () => readFileSync(`/proc/${target.pid}/comm`, 'utf8') === 'chain\n');
  const { code, stdout } = await runVmprof(['dump', '--debuginfod', `${target.pid}`], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/main.*chain\.c:\d+/);
});

it('without it, no server is asked', async (context) => {
  const { made, folder, server, env } = await prepare(context);
  const output = join(folder, 'out.vmprof');
  const { code } = await runVmprof(['run', '-q', '--native', '-o', output, '--', made.program, '20'], {
    env,
  });
  expect([code, server.asked]).toEqual([0, []]);
});

it('servers that cannot be reached are told, and the recording goes on', async (context) => {
  const { made, folder, server, env } = await prepare(context);
  server.close();
  const output = join(folder, 'out.vmprof');
  const { code, stderr } = await runVmprof(['run', '--debuginfod', '-o', output, '--', made.program, '20'], {
    env,
  });
  expect(code).toBe(0);
  expect(stderr.match(/is not asked for debug information any more/g)).toHaveLength(1);
  expect(readRecording(output).samples.length).toBeGreaterThan(0);
});

interface Prepared {
  readonly made: StrippedProgram;
  readonly folder: string;
  /** Has the debug information of the program, and of nothing else. */
  readonly server: { readonly asked: readonly string[]; close(): void };
  readonly env: { readonly DEBUGINFOD_URLS: string; readonly XDG_CACHE_HOME: string };
}

async function prepare(context: TestContext): Promise<Prepared> {
  const folder = temporaryFolder();
  const made = makeStripped(folder);
  if (typeof made === 'string') skip(context, made);
  const asked: string[] = [];
  const bytes = readFileSync(made.debugFile);
  const listening = createServer((request, response) => {
    const buildId = /^\/buildid\/([0-9a-f]+)\/debuginfo$/.exec(request.url ?? '')?.[1];
    asked.push(buildId ?? '');
    if (buildId === made.buildId) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const close = () => {
    listening.closeAllConnections();
    listening.close();
  };
  onTestFinished(close);
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const env = { DEBUGINFOD_URLS: url, XDG_CACHE_HOME: join(folder, 'cache') };
  return { made, folder, server: { asked, close }, env };
}

async function record(
  folder: string,
  made: StrippedProgram,
  env: Readonly<Record<string, string>>,
  hundredths: string,
): Promise<{ readonly seen: readonly string[]; readonly files: readonly string[] }> {
  const output = join(folder, 'out.vmprof');
  const vmprof = startVmprof(
    ['run', '-q', '--debuginfod', '-r', '500', '-o', output, '--', made.program, hundredths],
    { cwd: folder, env },
  );
  const { code, stderr } = await vmprof.finished;
  expect([code, stderr]).toEqual([0, '']);
  const profile = readRecording(output);
  return { seen: [...functionsSeen(profile)], files: [...profile.strings] };
}
