import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeCrc32 } from '../src/base/crc32.ts';
import { buildBusyService } from '../src/cli/output/busy-service.testing.ts';
import { ProfileBuilder } from '../src/profile/builder/profile-builder.ts';
import { encodeRecording, RecordingEncoder } from '../src/profile/recording/recording-encoder.ts';
import { MAGIC, PREAMBLE_LENGTH } from '../src/profile/recording/recording-format.ts';
import { MAIN, runVmprof, start, temporaryFolder } from './support.ts';

// `vmprof show`, and what all commands have in common: help, unknown commands, closed pipes.

const BUSY = encodeRecording(buildBusyService());

/** A folder with a recording in it. */
function recordingFolder(bytes: Uint8Array = BUSY): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.vmprof'), bytes);
  return folder;
}

function show(args: readonly string[], cwd: string = recordingFolder()) {
  return runVmprof(['show', ...args], { cwd });
}

describe('vmprof show', () => {
  it.each(['flat', 'tree', 'lines', 'memory', 'info'])(
    'prints the view %s on standard output',
    async (view) => {
      const { code, stdout, stderr } = await show(['app.vmprof', '--view', view]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('python3 manage.py serve --port 8000');
      // No colour and at most 100 columns, where there is no terminal.
      expect(stdout).not.toContain('\u001b');
      for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(106);
    },
  );

  it.each(['flat', 'tree', 'lines', 'memory', 'info'])('prints the view %s as JSON', async (view) => {
    const { code, stdout, stderr } = await show(['app.vmprof', '--view', view, '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, view, file: 'app.vmprof', notes: [], filters: [] });
  });

  it('filters and limits', async () => {
    const { stdout } = await show([
      ...['app.vmprof', '--json', '--thread', 'Worker-1', '--time', '10s-20s', '--process', '4242'],
      ...['--function', 'load_', '--state', 'running', '--measure', 'wall', '--limit', '2'],
    ]);
    const value = JSON.parse(stdout);
    expect(value.measure).toBe('wall');
    expect(value.functions).toHaveLength(2);
    expect(value.samples).toBeGreaterThan(50);
    expect(value.samples).toBeLessThan(300);
    expect(value.filters).toHaveLength(5);
  });

  it('tells of weights below zero in every view, and shows the functions that have them', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'difference.txt'), 'a;b 5\na;c -3\n');
    const note =
      '1 sample weighs less than nothing, -3 in all: shares are parts of the sum, and may be above 100 % or below zero.';
    for (const view of ['flat', 'tree', 'lines', 'memory']) {
      const { code, stderr } = await show(['difference.txt', '--view', view], folder);
      expect([code, stderr]).toEqual([0, `vmprof: difference.txt: ${note}\n`]);
    }
    const { stdout } = await show(['difference.txt', '--view', 'info'], folder);
    expect(stdout).toContain('1 sample weighs less than nothing');
    const json = await show(['difference.txt', '--json'], folder);
    const { notes, functions } = JSON.parse(json.stdout);
    expect(notes).toEqual([note]);
    const costs = functions.map((row: { name: string; self: { amount: number } }) => [
      row.name,
      row.self.amount,
    ]);
    expect(costs).toEqual([
      ['b', 5],
      ['a', 0],
      ['c', -3],
    ]);
    // What a filter leaves out is not told of.
    expect((await show(['difference.txt', '--function', 'b'], folder)).stderr).toBe('');
  });

  it('calls standard input by its name in warnings', async () => {
    const input = new TextEncoder().encode('a;b 7\na;c 5\nno stack\n');
    const { code, stderr } = await runVmprof(['show', '-'], { input });
    expect([code, stderr.split(':')[1]]).toEqual([0, ' standard input']);
  });

  it.each(['show', 'view', 'diff'])('%s says that a name is empty', async (command) => {
    const { code, stderr } = await runVmprof([command, '', ...(command === 'diff' ? ['x'] : [])]);
    expect([code, stderr]).toEqual([
      9,
      'vmprof: Cannot read a file without a name: the one given is empty.\n',
    ]);
  });

  it('says that standard input is a folder', () => {
    const folder = openSync(temporaryFolder(), 'r');
    try {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, 'show', '-'], {
        stdio: [folder, 'pipe', 'pipe'],
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([9, 'vmprof: Cannot read standard input: it is a folder.\n']);
    } finally {
      closeSync(folder);
    }
  });

  it('reads a recording from standard input', async () => {
    const { code, stdout } = await runVmprof(['show', '-'], { input: BUSY });
    expect(code).toBe(0);
    expect(stdout).toContain('standard input: python3 manage.py');
  });

  it('reads sources from the disk, and says when they have changed', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'app'));
    const source = join(folder, 'app', 'main.py');
    writeFileSync(source, 'def work():\n    return sum(range(10**6))\n');
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 7, command: 'python3 main.py', start: 0 });
    const thread = builder.addThread({ process, tid: 7, start: 0 });
    const work = builder.internFunction({ name: 'work', file: source, firstLine: 1, kind: 'python' });
    const stack = builder.internStack(-1, builder.internFrame({ function: work, line: 2 }));
    for (let sample = 0; sample < 100; sample++) builder.addSample(sample * 100, thread, stack, 1, 100, 100);
    builder.mergeFacts({ startedAt: Date.UTC(2026, 0, 1), duration: 1e9 });
    writeFileSync(join(folder, 'app.vmprof'), encodeRecording(builder.build()));

    utimesSync(source, new Date('2025-12-31'), new Date('2025-12-31'));
    const same = await show(['app.vmprof', '--view', 'lines'], folder);
    expect(same.stdout).toContain('app/main.py  self 1.00 s, 100.0 %\n');
    expect(same.stdout).toMatch(/100\.0 .* 2 {6}return sum\(range\(10\*\*6\)\)\n/);
    expect(same.stdout).not.toContain('changed');
    utimesSync(source, new Date('2026-01-02'), new Date('2026-01-02'));
    const changed = await show(['app.vmprof', '--view', 'lines'], folder);
    expect(changed.stdout).toContain('The file was changed after the recording');
  });

  it('reads a cut recording, and says on standard error what is lost', async () => {
    const folder = recordingFolder(encodeInTwoChunks().subarray(0, -100));
    const { code, stdout, stderr } = await show(['app.vmprof', '--view', 'info'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('Damage');
    expect(stderr).toBe('');
    const flat = await show(['app.vmprof', '--json'], folder);
    expect(JSON.parse(flat.stdout)).toMatchObject({ samples: 1000, notes: [expect.any(String)] });
    expect(flat.stderr).toMatch(/^vmprof: app\.vmprof: The recording cannot be read from byte \d+ on: .*\n$/);
  });

  it.each([
    [['missing.vmprof'], 9, 'Cannot read missing.vmprof: there is no such file or folder.'],
    [['.'], 9, 'Cannot read .: it is a folder.'],
    [['empty'], 11, 'empty: The file is empty.'],
    [['binary'], 11, 'binary: The file is no profile that vmprof knows.'],
    [['newer.vmprof'], 12, 'newer.vmprof: This recording has version 9'],
    [['app.vmprof', '--thread', 'nobody'], 2, 'The recording has no thread "nobody".'],
    [['app.vmprof', '--view', 'cake'], 2, "option '--view <name>' argument 'cake' is invalid."],
    [['app.vmprof', '--time', '5-2'], 2, 'The range ends before it begins.'],
    [['app.vmprof', '--limt', '5'], 2, "unknown option '--limt' (Did you mean --limit?)"],
    [[], 2, "missing required argument 'file'"],
    [['app.vmprof', '--time', '100s-'], 14, 'None of the 27,457 samples passes the filters: 1'],
    [['app.vmprof', '--state', 'waiting'], 14, 'show no CPU time. --measure wall'],
  ])('show %j fails with exit code %d', async (args, code, message) => {
    const folder = recordingFolder();
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'binary'), new Uint8Array([127, 69, 76, 70, 2, 1, 1, 0, 0]));
    writeFileSync(join(folder, 'newer.vmprof'), withMajorVersion(BUSY, 9));
    const finished = await show(args, folder);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toContain(`vmprof: `);
    expect(finished.stderr).toContain(message);
    expect(finished.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(finished.code).toBe(code);
  });
});

describe('the command line', () => {
  it('teaches itself', async () => {
    const { code, stdout, stderr } = await runVmprof(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const text of ['Record:', 'Look:', 'Exchange:', 'Examples:', 'convert'])
      expect(stdout).toContain(text);
    const nothing = await runVmprof([]);
    expect([nothing.code, nothing.stdout]).toEqual([2, '']);
    expect(nothing.stderr).toContain('Usage: vmprof');
  });

  it('tells its version', async () => {
    const { code, stdout } = await runVmprof(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['sohw', 'There is no command and no file "sohw". Did you mean "show"?'],
    ['app.vmprof', 'app.vmprof is a recording. To see it: vmprof show app.vmprof'],
  ])('does not guess what %s means', async (word, message) => {
    const { code, stderr } = await runVmprof([word], { cwd: recordingFolder() });
    expect([code, stderr]).toEqual([2, `vmprof: ${message}\n`]);
  });

  it.each([
    ['show app.vmprof --json', 0],
    ['--help', 0],
    ['show app.vmprof --view tree --limit 0 --min 0', 0],
  ])('%s ends quietly when nobody reads on', async (args, code) => {
    const folder = recordingFolder(encodeRecording(buildManyFunctions()));
    const script = `"$0" "$1" ${args} | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}`;
    const finished = await start(['bash', '-c', script, process.execPath, MAIN], { cwd: folder }).finished;
    expect(finished.stderr).toBe('');
    expect(finished.stdout).toBe(`${code}\n`);
  });

  it('says when standard output is full', async () => {
    const script = '"$0" "$1" show app.vmprof >/dev/full';
    const finished = await start(['bash', '-c', script, process.execPath, MAIN], { cwd: recordingFolder() })
      .finished;
    expect(finished.stderr).toBe('vmprof: Cannot write to standard output: the disk is full.\n');
    expect(finished.code).toBe(10);
  });

  it('shows the stack of a failure on demand', async () => {
    const { stderr } = await runVmprof(['show', 'missing'], { env: { VMPROF_DEBUG: '1' } });
    expect(stderr).toContain('caused by: Error: ENOENT');
  });
});

/** More output than a pipe holds. */
function buildManyFunctions() {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 7, command: 'many', start: 0 });
  const thread = builder.addThread({ process, tid: 7, start: 0 });
  for (let number = 0; number < 5000; number++) {
    const row = builder.internFunction({ name: `function_${number}`, file: '/srv/many.py', kind: 'python' });
    builder.addSample(
      number,
      thread,
      builder.internStack(-1, builder.internFrame({ function: row })),
      1,
      100,
      100,
    );
  }
  return builder.build();
}

/** 1000 samples, and 1000 more in another chunk. */
function encodeInTwoChunks(): Uint8Array {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 7, command: 'two', start: 0 });
  const thread = builder.addThread({ process, tid: 7, start: 0 });
  const row = builder.internFunction({ name: 'work', kind: 'python' });
  const stack = builder.internStack(-1, builder.internFrame({ function: row }));
  const encoder = new RecordingEncoder(builder);
  const chunks = [encoder.encodeHeader()];
  for (let time = 0; time < 2000; time++) {
    builder.addSample(
      time * 97 + ((time * 7919) % 13),
      thread,
      stack,
      1,
      90 + ((time * 104_729) % 21),
      time % 50,
    );
    if (time === 999) chunks.push(encoder.encodeNew());
  }
  return Buffer.concat([...chunks, encoder.encodeEnd()]);
}

function withMajorVersion(recording: Uint8Array, version: number): Uint8Array {
  const bytes = recording.slice();
  bytes[MAGIC.length] = version;
  new DataView(bytes.buffer).setUint32(
    PREAMBLE_LENGTH - 4,
    computeCrc32(bytes.subarray(0, PREAMBLE_LENGTH - 4)),
    true,
  );
  return bytes;
}
