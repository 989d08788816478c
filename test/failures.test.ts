import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ERROR_CODES } from '../src/base/errors.ts';
import { skip } from '../src/base/skip.testing.ts';
import { parseRecording } from '../src/profile/recording/recording-decoder.ts';
import {
  type Finished,
  isAlive,
  MAIN,
  ordinaryPython,
  runVmprof,
  start,
  target,
  temporaryFolder,
} from './support.ts';

// What cannot be done is said in one sentence, with the exit code of docs/errors.md, and nothing is lost.

const PYTHON = ordinaryPython();

describe('the target', () => {
  it('no such process', async () => {
    const program = start(['true']);
    await program.finished;
    expectFailure(await runVmprof(['attach', String(program.pid)]), 'no-such-process', String(program.pid));
  });

  it('no such command', async () => {
    const folder = temporaryFolder();
    const finished = await runVmprof(['run', '--', 'no-such-command-here'], { cwd: folder });
    expectFailure(finished, 'cannot-start', 'no-such-command-here');
  });

  it('a file that is not executable', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'not a program');
    const finished = await runVmprof(['run', '--', './notes.txt'], { cwd: folder });
    expectFailure(finished, 'cannot-start', 'notes.txt');
  });

  it('attach to a process that is not Python', async () => {
    const program = start(['sleep', '30']);
    const output = join(temporaryFolder(), 'out.vmprof');
    const finished = await runVmprof(['attach', String(program.pid), '--duration', '2', '-o', output]);
    expectFailure(finished, 'not-python', 'sleep');
    expect(isAlive(program.pid)).toBe(true);
  });

  it('attach to a process of somebody else, without being root', async (context) => {
    if (process.getuid?.() !== 0) skip(context, 'needs root, to become somebody else');
    const program = start([PYTHON, target('spin.py'), '30']);
    await program.waitForOutput('ready');
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const node = readableNode(folder);
    if (node === undefined) skip(context, 'the project cannot be read by another user here');
    const finished = await start(
      [
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        node,
        MAIN,
        'attach',
        String(program.pid),
      ],
      { cwd: folder },
    ).finished;
    expectFailure(finished, 'not-permitted', String(program.pid));
    expect(finished.stderr).toMatch(/same user|sudo|root/);
    expect(isAlive(program.pid)).toBe(true);
  });

  it('a program that ends before the first sample', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.vmprof');
    const finished = await runVmprof(['run', '-o', output, '--', 'true']);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).not.toMatch(/\n\s+at /);
    expect(parseRecording(readFileSync(output)).isComplete).toBe(true);
    const failing = await runVmprof(['run', '-o', output, '--', 'false']);
    expect(failing.code).toBe(1);
  });

  it('attach to a zombie', async () => {
    const program = start([
      PYTHON,
      '-c',
      'import os, time\npid = os.fork()\nif pid == 0: os._exit(0)\nprint(pid, flush=True)\ntime.sleep(30)',
    ]);
    await program.waitForOutput('\n');
    const finished = await runVmprof(['attach', program.stdout.trim()]);
    expect([ERROR_CODES['no-such-process'], ERROR_CODES['target-ended-early']]).toContain(finished.code);
    expectOneSentence(finished);
  });

  it('attach to a kernel thread', async () => {
    const finished = await runVmprof(['attach', '2', '--duration', '0.3'], { cwd: temporaryFolder() });
    expect(finished.code).not.toBe(0);
    expectOneSentence(finished);
  });
});

describe('the output', () => {
  it('in a folder that is not there: said before the program starts', async () => {
    const output = join(temporaryFolder(), 'nowhere', 'out.vmprof');
    const finished = await runVmprof(['run', '-o', output, '--', PYTHON, '-c', 'print("started")']);
    expectFailure(finished, 'cannot-write-file', output);
    expect(finished.stdout).toBe('');
  });

  it('a folder', async () => {
    const output = join(temporaryFolder(), 'folder.vmprof');
    mkdirSync(output);
    const finished = await runVmprof(['run', '-o', output, '--', PYTHON, '-c', 'print("started")']);
    expectFailure(finished, 'cannot-write-file', output);
    expect(finished.stdout).toBe('');
  });

  it('a format that is not known: said before the program starts', async () => {
    const output = join(temporaryFolder(), 'out.unheard-of');
    const finished = await runVmprof(['run', '-o', output, '--', PYTHON, '-c', 'print("started")']);
    expectFailure(finished, 'unknown-format', 'unheard-of');
    expect(finished.stdout).toBe('');
    expect(existsSync(output)).toBe(false);
  });

  it('a format without a place for sources: said before the program starts', async () => {
    const output = join(temporaryFolder(), 'out.speedscope.json');
    const options = ['--embed-sources', '-o', output];
    const finished = await runVmprof(['run', ...options, '--', PYTHON, '-c', 'print("started")']);
    expectFailure(finished, 'bad-usage', 'no place for source files');
    expect(finished.stdout).toBe('');
    const program = start(['sleep', '30']);
    const attached = await runVmprof(['attach', String(program.pid), ...options]);
    expectFailure(attached, 'bad-usage', 'no place for source files');
    expect(existsSync(output)).toBe(false);
    expect(isAlive(program.pid)).toBe(true);
  });

  it('a disk that is full: the program goes on, what was written can be read', async (context) => {
    const folder = mountSmallDisk();
    if (folder === undefined) skip(context, 'needs root, to mount a small disk');
    const output = join(folder, 'out.vmprof');
    // Random names fill the disk quickly: in less than a second, before which something has to be written.
    const script = [
      'import random, time',
      'start = time.time()',
      'while time.time() < start + 2.5: pass',
      'while time.time() < start + 9:',
      '  name = "f%x" % random.getrandbits(1600)',
      '  names = {}; exec("def " + name + "():\\n for i in range(20000): pass", names); names[name]()',
      'print("finished")',
    ].join('\n');
    const finished = await runVmprof(['run', '--rate', '1000', '-o', output, '--', PYTHON, '-c', script]);
    expect(finished.stdout).toBe('finished\n');
    expect(finished.stderr).toMatch(/no space|full/i);
    expectOneSentence(finished);
    const { profile } = parseRecording(readFileSync(output));
    expect(profile.samples.length).toBeGreaterThan(10);
  });

  it('a file that may not grow further', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    // Blocks of 512 or 1024 bytes, as the shell likes.
    const shell = `ulimit -f 8; exec "$0" "$@"`;
    const script = 'import time\nend = time.time() + 2\nwhile time.time() < end: pass\nprint("finished")';
    const args = [MAIN, 'run', '--rate', '20000', '-o', output, '--', PYTHON, '-c', script];
    const finished = await start(['sh', '-c', shell, process.execPath, ...args]).finished;
    expect(finished.stdout).toBe('finished\n');
    expect(finished.signal).toBe(null);
    expectOneSentence(finished);
    parseRecording(readFileSync(output));
  });
});

describe('the options', () => {
  it.each([
    [['run', '--rate', '0', '--', 'true'], '--rate'],
    [['run', '--rate', 'fast', '--', 'true'], '--rate'],
    [['run', '--rate', '-5', '--', 'true'], '--rate'],
    [['run', '-p', '0', '--', 'true'], '-p'],
    [['run', '--duration', 'long', '--', 'true'], '--duration'],
    [['run', '--no-such-option', '--', 'true'], '--no-such-option'],
    [['run'], ''],
    [['attach'], ''],
    [['attach', 'python'], 'python'],
    [['attach', '-1'], '1'],
    [['frobnicate'], 'frobnicate'],
    [['show'], ''],
  ])('%j', async (args, named) => {
    const finished = await runVmprof(args, { cwd: temporaryFolder() });
    expectFailure(finished, 'bad-usage', named);
  });
});

describe('the recording to show', () => {
  it('is not there', async () => {
    expectFailure(await runVmprof(['show', '/no/such.vmprof']), 'cannot-read-file', '/no/such.vmprof');
  });

  it.each([
    ['is empty', ''],
    ['is something else', 'x'.repeat(5000)],
    ['is a folder', undefined],
  ])('%s', async (_, content) => {
    const path = join(temporaryFolder(), 'a.vmprof');
    if (content === undefined) mkdirSync(path);
    else writeFileSync(path, content);
    const finished = await runVmprof(['show', path]);
    expect([ERROR_CODES['not-a-recording'], ERROR_CODES['cannot-read-file']]).toContain(finished.code);
    expectOneSentence(finished);
    expect(finished.stderr).toContain('a.vmprof');
  });

  it.skipIf(!existsSync('/dev/zero'))('never ends', async () => {
    expectFailure(await runVmprof(['show', '/dev/zero']), 'cannot-read-file', 'Write them to a file');
  });

  it.each([
    ['counts nothing', 'main;work 0\n', 'they weigh 0 in all'],
    ['is a log of the JIT without traces', '\x1e\x04\0\0\x03\0\0\0x86', 'holds no traces'],
  ])('%s', async (_, content, named) => {
    const path = join(temporaryFolder(), 'a.txt');
    writeFileSync(path, content);
    expectFailure(await runVmprof(['show', path]), 'no-samples', named);
  });

  it('is cut: shown as far as it goes, and said so', async () => {
    const path = join(temporaryFolder(), 'a.vmprof');
    await runVmprof(['run', '--quiet', '-o', path, '--', PYTHON, target('spin.py'), '2.5']);
    const bytes = readFileSync(path);
    // The last chunks are small; most samples of the first second stay.
    writeFileSync(path, bytes.subarray(0, bytes.length - 40));
    const finished = await runVmprof(['show', path, '--view', 'flat']);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain('heavy');
    expect(finished.stdout + finished.stderr).toMatch(/cut|incomplete|not whole|ends? early/i);
  });
});

function expectFailure(finished: Finished, code: keyof typeof ERROR_CODES, named: string): void {
  expect(finished.stderr).toContain(named);
  expectOneSentence(finished);
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({
    code: ERROR_CODES[code],
    stderr: finished.stderr,
  });
}

/** A message begins with the program's name, and nobody sees a stack trace. */
function expectOneSentence({ stderr }: Finished): void {
  expect(stderr).toMatch(/^vmprof: /m);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain('internal error');
}

/** A disk of 64 KB, unmounted at the end of the test; undefined where that is not allowed. */
function mountSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

/** Node, when another user can run it and read the project. */
function readableNode(folder: string): string | undefined {
  try {
    execFileSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, MAIN, '--version'],
      { cwd: folder, stdio: 'ignore' },
    );
    return process.execPath;
  } catch {
    return undefined;
  }
}
