import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runVmprof, temporaryFolder } from './support.ts';

// `vmprof show` of files that the original vmprof and PyPy have written.

const LOG = resolve('fixtures/jitlog/pypy-7.3.11.jit.gz');
const PROFILE = resolve('fixtures/vmprof-prof/pypy-7.3.11-memory-native.prof.gz');

function run(args: readonly string[], input?: Uint8Array) {
  return runVmprof(args, { cwd: temporaryFolder(), ...(input === undefined ? {} : { input }) });
}

describe("a log of PyPy's JIT", () => {
  it('is shown as a table of traces, those that ran most often first', async () => {
    const { code, stdout, stderr } = await run(['show', LOG]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain("log of PyPy's JIT, version 4, x86_64 · 3 loops, 2 bridges");
    const [, first, second] = stdout.slice(stdout.indexOf('entered')).split('\n');
    expect(first).toMatch(/^ *1,204 +4,798,955 +loop 3 .* leaf .*work\.py:13$/);
    expect(second).toContain('bridge 4 of 3 (guard_true)');
    for (const line of stdout.split('\n'))
      expect([...line].length, line).toBeLessThanOrEqual(Math.max(100, LOG.length));
  });

  it('is shown as JSON, from standard input too', async () => {
    const { code, stdout } = await run(['show', '-', '--json', '--limit', '2'], readFileSync(LOG));
    expect(code).toBe(0);
    const value = JSON.parse(stdout);
    expect(value).toMatchObject({
      schema: 1,
      view: 'jitlog',
      version: 4,
      machine: 'x86_64',
      left: { traces: 3 },
    });
    expect(value.traces).toHaveLength(2);
    expect(value.traces[1]).toMatchObject({ kind: 'bridge', parent: 3, guard: 'guard_true', scope: 'leaf' });
  });

  it('has no other view', async () => {
    const { code, stdout, stderr } = await run(['show', LOG, '--view', 'tree']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('is a log of the JIT, not a profile');
  });
});

describe('a .prof file of PyPy', () => {
  it('is shown, and becomes a .prof file again', async () => {
    const shown = await run(['show', PROFILE]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('44 samples · PyPy');
    expect(shown.stdout).toMatch(/ leaf .*work\.py:11/);
    const converted = await run(['convert', PROFILE, '-o', '-', '--to', 'prof']);
    expect(converted.code).toBe(0);
    expect(converted.stderr).toContain('the times of the samples');
  });
});
