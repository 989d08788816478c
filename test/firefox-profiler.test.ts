// The Firefox Profiler's own command line, from npm, opens what we write: functions must cost there what they cost here. Its
// server, which holds the opened profile, is started here rather than by its `load`, which waits for it for half a second only.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildBusyService } from '../src/cli/output/busy-service.testing.ts';
import { exportProfile, getFormatByName, importProfile } from '../src/formats/formats.ts';
import { computeFunctionLabels } from '../src/formats/function-labels.ts';
import { inputOfBytes } from '../src/formats/input.ts';
import { testSample } from '../src/formats/samples.testing.ts';
import { computeFunctionCosts } from '../src/profile/costs/function-costs.ts';
import type { Measure } from '../src/profile/measure.ts';
import type { Profile } from '../src/profile/tables.ts';
import { isAlive, start, temporaryFolder, waitUntil } from './support.ts';

const READER = join(
  import.meta.dirname,
  '../node_modules/@firefox-devtools/profiler-cli/dist/profiler-cli.js',
);

test.for(['wall', 'samples'] as const)(
  '%s: functions cost the same in the Firefox Profiler',
  async (measure) => {
    const profile = buildBusyService();
    const read = await openInFirefoxProfiler(profile, measure);
    expect(read.threads).toEqual(listThreads(profile));
    expectSameCosts(read.costs, listCosts(profile, measure));
  },
);

for (const name of ['vmprof/pypy-pipe-threads.prof', 'vmprof/cpy311-native-mem-lines.prof']) {
  testSample(`real file ${name}: functions cost the same in the Firefox Profiler`, name, async (path) => {
    const { profile } = importProfile(inputOfBytes(readFileSync(path), path));
    const read = await openInFirefoxProfiler(profile, 'wall');
    expect(read.threads).toHaveLength(profile.threads.length);
    expectSameCosts(read.costs, listCosts(profile, 'wall'));
  });
}

/** By the name of the function; milliseconds, or a number of samples. */
type Costs = ReadonlyMap<string, { self: number; total: number }>;

/** What `thread functions` prints. */
interface FunctionList {
  readonly functions: readonly {
    readonly name: string;
    readonly selfSamples: number;
    readonly totalSamples: number;
  }[];
}

interface ThreadList {
  readonly threads: readonly { readonly threadHandle: string; readonly name: string; readonly pid: string }[];
}

async function openInFirefoxProfiler(
  profile: Profile,
  measure: Measure,
): Promise<{ threads: string[]; costs: Costs }> {
  const path = join(temporaryFolder(), 'profile.json');
  const format = getFormatByName('firefox');
  writeFileSync(path, exportProfile(profile, format, { measure, title: 'made up', fileName: path }).bytes);
  // No look for symbols anywhere: all functions have names.
  const folder = temporaryFolder();
  const env = { PROFILER_CLI_SESSION_DIR: folder, PROFILER_CLI_NO_SYMBOLICATE: '1' };
  const session = ['--session', 'test'];
  const ask = (command: readonly string[]) =>
    start([process.execPath, READER, ...command, ...session], { env }).finished;
  const server = start([process.execPath, READER, '--daemon', path, ...session], { env });
  // Whoever asks a server that is not up yet takes it for dead, and removes its session.
  const log = join(folder, 'test.log');
  await waitUntil('the Firefox Profiler to open the file', () => {
    if (!isAlive(server.pid)) throw new Error(`it ends: ${server.stderr}`);
    return existsSync(log) && readFileSync(log, 'utf8').includes('Profile loaded successfully');
  });
  const askFor = async (...command: string[]) => {
    const { code, stdout, stderr } = await ask([...command, '--json', '--limit', '0']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const { threads }: ThreadList = await askFor('thread', 'list');
  const costs = new Map<string, { self: number; total: number }>();
  for (const { threadHandle } of threads) {
    const list: FunctionList = await askFor(
      'thread',
      'functions',
      '--thread',
      threadHandle,
      '--include-idle',
    );
    for (const { name, selfSamples, totalSamples } of list.functions)
      add(costs, name, selfSamples, totalSamples);
  }
  return { threads: threads.map(({ name, pid }) => `${pid} ${name}`).sort(), costs };
}

function listThreads({ threads, processes, strings }: Profile): string[] {
  const names = Array.from(
    threads.name,
    (name, row) => `${processes.pid[threads.process[row]]} ${strings[name]}`,
  );
  return names.sort();
}

function listCosts(profile: Profile, measure: Measure): Costs {
  const { self, total, unit } = computeFunctionCosts(profile, measure);
  const factor = unit === 'nanoseconds' ? 1e-6 : 1;
  const costs = new Map<string, { self: number; total: number }>();
  computeFunctionLabels(profile).forEach(({ name }, row) => {
    if (total[row] > 0) add(costs, name, self[row] * factor, total[row] * factor);
  });
  return costs;
}

function add(costs: Map<string, { self: number; total: number }>, name: string, self: number, total: number) {
  const known = costs.get(name) ?? { self: 0, total: 0 };
  costs.set(name, { self: known.self + self, total: known.total + total });
}

function expectSameCosts(read: Costs, expected: Costs): void {
  expect([...read.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { self, total }] of expected) {
    expect(read.get(name)?.self, `self of ${name}`).toBeCloseTo(self, 6);
    expect(read.get(name)?.total, `total of ${name}`).toBeCloseTo(total, 6);
  }
}
