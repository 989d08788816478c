import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildBusyService } from '../src/cli/output/busy-service.testing.ts';
import { ProfileBuilder } from '../src/profile/builder/profile-builder.ts';
import { encodeRecording } from '../src/profile/recording/recording-encoder.ts';
import { runVmprof, temporaryFolder } from './support.ts';

// `vmprof diff`: two files in, text or JSON and an exit code out.

const BUSY = encodeRecording(buildBusyService());
const STACKS = 'main;load 601\nmain;draw 1300\n';
const SLOWER = 'main;load 1601\nmain;draw 1300\n';

function folderWithFiles(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.vmprof'), BUSY);
  writeFileSync(join(folder, 'a.txt'), STACKS);
  writeFileSync(join(folder, 'b.txt'), SLOWER);
  return folder;
}

function diff(args: readonly string[], input?: string | Uint8Array) {
  return runVmprof(['diff', ...args], { cwd: folderWithFiles(), ...(input === undefined ? {} : { input }) });
}

describe('vmprof diff', () => {
  it('finds nothing between a recording and itself', async () => {
    const { code, stdout, stderr } = await diff(['app.vmprof', 'app.vmprof', '--fail-above', '0']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('No difference is more than chance.');
  });

  it('prints JSON, of a part and of another measure', async () => {
    const args = ['app.vmprof', 'app.vmprof', '--json', '--measure', 'wall', '--time', '10s-20s'];
    const { code, stdout } = await diff([...args, '--normalise', 'time']);
    expect(code).toBe(0);
    const value = JSON.parse(stdout);
    expect(value).toMatchObject({ view: 'diff', measure: 'wall', normalise: 'time' });
    // Four threads, and a child that began in between: wall time of more than four seconds a second.
    expect(value.whole.before / 1e9).toBeGreaterThan(4);
    expect(value.whole.before / 1e9).toBeLessThan(5);
    expect(value.before.filters).toEqual(['10.0 s to 20.0 s']);
  });

  it('fails above a limit when all is printed, and says what grew', async () => {
    const { code, stdout, stderr } = await diff(['a.txt', 'b.txt', '--fail-above', '5%']);
    expect(code).toBe(17);
    expect(stdout).toContain('Functions that grew');
    expect(stderr).toBe('vmprof: load grew by 23.6 % of the whole in self, above the limit of 5.0 %.\n');
    expect((await diff(['b.txt', 'a.txt', '--fail-above', '30'])).code).toBe(0);
  });

  it('takes limits above 100 % where amounts are compared, not for shares', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), 'main;load 600\n');
    writeFileSync(join(folder, 'b.txt'), 'main;load 1800\n');
    const compare = (limit: string, ...more: string[]) =>
      runVmprof(['diff', 'a.txt', 'b.txt', '--fail-above', limit, ...more], { cwd: folder });
    const above = await compare('150', '--normalise', 'none');
    expect(above.code).toBe(17);
    expect(above.stderr).toContain('grew by 200.0 % of the whole');
    expect((await compare('250%', '--normalise', 'none')).code).toBe(0);
    const refused = await compare('150');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toBe(
      "vmprof: option '--fail-above <percent>' argument '150' is invalid. Expected a percentage from 0 to 100; more is possible with --normalise time or none.\n",
    );
  });

  it('reads standard input', async () => {
    const { code, stdout } = await diff(['-', 'b.txt'], STACKS);
    expect(code).toBe(0);
    expect(stdout).toContain('standard input → b.txt');
  });

  it('tells when the two do not measure the same', async () => {
    const { code, stderr } = await diff(['app.vmprof', 'b.txt']);
    expect(code).toBe(0);
    expect(stderr).toContain('One counts wall time (nanoseconds), the other samples (count)');
  });

  it('compares profiles whose first weight is CPU time with others', async () => {
    // As Go's CPU profiles: no wall time, which is what first weights are asked for by.
    const builder = new ProfileBuilder({
      weights: [{ type: 'cpu', unit: 'nanoseconds', scale: 1, storage: 'float64' }],
    });
    const thread = builder.addThread({
      process: builder.addProcess({ pid: 1, command: '', start: 0 }),
      tid: 1,
      start: 0,
    });
    const func = builder.internFunction({ name: 'main', kind: 'native' });
    const stack = builder.internStack(-1, builder.internFrame({ function: func }));
    for (let time = 0; time < 100; time++) builder.addSampleWeights(time, thread, stack, 0, [1e7]);
    const { code, stdout, stderr } = await diff(['a.txt', '-'], encodeRecording(builder.build()));
    expect(code).toBe(0);
    expect(stdout).toContain('samples → CPU time 1,901 → 1.00 s');
    expect(stderr).toContain('One counts samples (count), the other CPU time (nanoseconds)');
  });

  it.each([
    [['a.txt'], 2, "missing required argument 'after'"],
    [['-', '-'], 2, 'Standard input can be read once only'],
    [['a.txt', 'missing'], 9, 'Cannot read missing'],
    [['a.txt', 'b.txt', '--normalise', 'time'], 2, 'a.txt does not tell how long it took'],
    [['app.vmprof', 'b.txt', '--normalise', 'none'], 2, 'only --normalise samples can compare them'],
    [['app.vmprof', 'b.txt', '--measure', 'cpu'], 2, 'b.txt: The recording holds no CPU time.'],
    [['a.txt', 'b.txt', '--function', 'nothing'], 2, 'a.txt: The recording has no function "nothing".'],
    [
      ['a.txt', 'app.vmprof', '--thread', 'MainThread'],
      2,
      'a.txt: The recording has no thread "MainThread".',
    ],
  ])('diff %j fails with exit code %d', async (args, code, message) => {
    const finished = await diff(args);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toContain(message);
    expect(finished.code).toBe(code);
  });
});
