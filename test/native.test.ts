import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readlinkSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { runTool } from '../src/base/run-tool.testing.ts';
import { skip } from '../src/base/skip.testing.ts';
import { FUNCTION_KINDS, NONE, type Profile } from '../src/profile/tables.ts';
import { isSince, placeFor } from './pythons.ts';
import {
  attachUntil,
  describeEachPython,
  functionsSeen,
  isAlive,
  namesOfStack,
  ordinaryPython,
  readRecording,
  runVmprof,
  start,
  startVmprof,
  target,
  temporaryFolder,
  waitUntil,
} from './support.ts';

// Native frames: of programs whose stacks are known, in every way they can be compiled; and of Python and C calling each other.

const STARTERS =
  /^(_start|__libc_start_main.*|__libc_start_call_main|libc.*\+0x[0-9a-f]+|chain\+0x[0-9a-f]+)$/;
const INNER = ['spin', 'third', 'second', 'first', 'compare', 'sort'];
/**
 * Compilers give a function that calls nothing no frame pointer even where all others have one: without rules its caller is
 * missing, third or compare.
 */
const LEGAL_BY_FRAME_POINTER =
  /^main( (first( second( third( mem\w+)?| third spin| spin)?)?|sort( \S+)*|\S*(clock|printf)\S*( \S+)*))?$/;
/** Inside of spin there may be a few instructions of nothing else; clock(3), printf(3) and memset(3) are called, too. */
const LEGAL =
  /^main( (first( second( third( spin| mem\w+)?)?)?|sort( \S+)*?( compare( spin)?)?|\S*(clock|printf)\S*( \S+)*))?$/;

describe('a C program', () => {
  for (const flags of [
    '-O0',
    '-O2',
    '-O2 -fomit-frame-pointer',
    '-O3 -flto',
    '-O2 -static',
    '-O2 -no-pie',
    '-O2 -g -gz=zlib',
  ]) {
    it(`compiled with ${flags} has no stack but the ones it can have`, async (context) => {
      const folder = temporaryFolder();
      const program = compile(context, folder, flags);
      const profile = await record(folder, [program, '60']);
      const stacks = stacksOf(profile);
      expect(sumOf(stacks)).toBeGreaterThan(50);
      for (const [stack, count] of stacks)
        expect([stack, count, isLegal(stack)]).toEqual([stack, count, true]);
      const seen = functionsSeen(profile);
      for (const name of ['first', 'second', 'third', 'spin', 'sort', 'compare'])
        expect(seen).toContain(name);
      // One sample may fall into the kernel's making or unmaking of the process.
      const { whole = 0, ...others } = profile.facts.nativeStacks ?? {};
      expect(whole).toBeGreaterThan(50);
      expect(sumOf(new Map(Object.entries(others)))).toBeLessThanOrEqual(1);
      expect(profile.facts.stopTimes?.median).toBeGreaterThan(0);
      expect(profile.mappings.length).toBeGreaterThan(0);
    });
  }

  it('without rules for unwinding is unwound by its frame pointers', async (context) => {
    const folder = temporaryFolder();
    const flags = '-O2 -fno-asynchronous-unwind-tables -fno-omit-frame-pointer';
    const profile = await record(folder, [compile(context, folder, flags), '60']);
    const stacks = stacksOf(profile);
    const legal = [...stacks].filter(([stack]) => isLegal(stack, LEGAL_BY_FRAME_POINTER));
    // At the very beginning of a function called by the C library, which has no frame pointers, nothing leads on.
    expect(sumOf(new Map(legal)) / sumOf(stacks)).toBeGreaterThan(0.9);
    expect([...stacks.keys()].some((stack) => stack.includes('main first second'))).toBe(true);
  });

  it('without symbols has the same stacks, with the addresses of its functions as names', async (context) => {
    const folder = temporaryFolder();
    const program = compile(context, folder, '-O2');
    const names = new Map<string, string>();
    for (const line of execFileSync('nm', [program], { encoding: 'utf8' }).split('\n')) {
      const [address, , name] = line.split(' ');
      if (name !== undefined) names.set(`chain+0x${Number.parseInt(address, 16).toString(16)}`, name);
    }
    execFileSync('strip', [program]);
    const profile = await record(folder, [program, '60']);
    const stacks = stacksOf(profile, (name) => names.get(name) ?? name);
    for (const [stack] of stacks) expect([stack, isLegal(stack)]).toEqual([stack, true]);
    expect([...stacks.keys()].some((stack) => stack.endsWith('main first second third spin'))).toBe(true);
  });

  it('is recorded when it runs already', async (context) => {
    const running = start([compile(context, temporaryFolder(), '-O2'), '10000']);
    await attachUntil(running.pid, ['--native', '-r', '200'], (profile) =>
      functionsSeen(profile).has('third'),
    );
  });

  it('is read as it was when it was loaded, although its file is another one by now', async (context) => {
    if (process.getuid?.() !== 0) skip(context, 'needs root: others cannot open files that were deleted');
    const folder = temporaryFolder();
    const program = compile(context, folder, '-O2');
    const running = start([program, '10000']);
    await waitUntil('the program', () => readlinkSync(`/proc/${running.pid}/exe`) === program);
    unlinkSync(program);
    writeFileSync(program, 'something else');
    await attachUntil(running.pid, ['--native', '-r', '200'], (profile) =>
      functionsSeen(profile).has('spin'),
    );
  });

  it('goes on, without native frames, when a debugger has its threads', async (context) => {
    if (spawnSync('gdb', ['--version']).error !== undefined) skip(context, 'there is no gdb here');
    const folder = temporaryFolder();
    const running = start([compile(context, folder, '-O2'), '1000']);
    const gdb = start([
      'gdb',
      '-q',
      '-nx',
      '-p',
      String(running.pid),
      '-ex',
      'shell echo attached',
      '-ex',
      'continue',
    ]);
    await gdb.waitForOutput('attached');
    const output = join(folder, 'out.vmprof');
    const vmprof = await runVmprof(['attach', '--native', '-d', '0.3', '-o', output, String(running.pid)]);
    expect(vmprof.stderr).toContain('Native frames of process');
    expect(vmprof.code).toBe(0);
    expect(readRecording(output).samples.length).toBeGreaterThan(0);
  });
});

describe('a program with signals, forks and short threads', () => {
  it('goes on, however often it is attached to, and however vmprof ends', async () => {
    const folder = temporaryFolder();
    const fifo = join(folder, 'input');
    execFileSync('mkfifo', [fifo]);
    const running = start([
      'sh',
      '-c',
      'exec "$@" < "$0"',
      fifo,
      ordinaryPython(),
      '-W',
      'ignore',
      target('tough.py'),
    ]);
    const writer = openSync(fifo, 'w');
    await running.waitForOutput('ready');
    for (let turn = 0; turn < 4; turn++) {
      const output = join(folder, `${turn}.vmprof`);
      const args = ['attach', '-q', '--native', '-r', '500', '-o', output, String(running.pid)];
      const vmprof = startVmprof(args);
      // Half of a kilobyte is the header and what was found at the beginning: samples are being taken.
      await waitUntil('a recording', () => existsSync(output) && statSync(output).size > 500);
      vmprof.kill(turn % 2 === 0 ? 'SIGKILL' : 'SIGINT');
      await vmprof.exited;
      expect(isAlive(running.pid)).toBe(true);
    }
    closeSync(writer);
    const { code, stdout, stderr } = await running.finished;
    expect([code, stdout, stderr]).toEqual([0, 'ready\nfine\n', '']);
  });
});

describe('code made at run time', () => {
  it('has the names of the perf map', async () => {
    const folder = temporaryFolder();
    const script =
      'function hot(n){let s=0;for(let i=0;i<n;i++)s=(s+i*i)%7;return s} while(process.cpuUsage().user<2e6)hot(1e6)';
    const profile = await record(folder, [
      process.execPath,
      '--perf-basic-prof',
      '--interpreted-frames-native-stack',
      '-e',
      script,
    ]);
    const named = [...functionsSeen(profile)].filter((name) => /\bhot\b/.test(name));
    expect(named.length).toBeGreaterThan(0);
    const jit = FUNCTION_KINDS.indexOf('jit');
    expect(profile.functions.kind.includes(jit)).toBe(true);
  });
});

describeEachPython('native and Python frames with -X perf', { since: [3, 12], minors: [13] }, (python) => {
  it('stand in one stack, through the stubs that call them', async (context) => {
    if (python.root !== undefined) skip(context, 'its perf map would be in another system');
    const folder = temporaryFolder();
    const profile = await record(folder, [...python.command, '-X', 'perf', target('mixed.py'), '0.7']);
    for (const pid of profile.processes.pid) rmSync(`/tmp/perf-${pid}.map`, { force: true });
    const { whole = 0, ...others } = profile.facts.nativeStacks ?? {};
    expect(whole).toBeGreaterThan(30);
    expect(others).not.toHaveProperty('seam');
    expect(sumOf(new Map(Object.entries(others)))).toBeLessThanOrEqual(2);
    expect([...functionsSeen(profile)].filter((name) => name.startsWith('py::'))).toEqual([]);
  });
});

describeEachPython('native and Python frames', { since: [2, 7] }, (python) => {
  it('stand in one stack, each where it belongs', async () => {
    const { path, remove } = placeFor(python, target('mixed.py'));
    onTestFinished(remove);
    const output = join(temporaryFolder(), 'out.vmprof');
    const args = ['run', '-q', '--native', '-r', '300', '-o', output, '--', ...python.command, path, '1.5'];
    const { stderr, code } = await runVmprof(args);
    expect([code, stderr]).toEqual([0, '']);
    const profile = readRecording(output);
    const all = [...stacksOf(profile).keys()].map((stack) => stack.split(' '));
    // Where callers are unknown, they are missing between the functions of Python, too.
    const stacks = all.filter((stack) => !stack.includes('(callers'));
    const { whole = 0, ...others } = profile.facts.nativeStacks ?? {};
    expect(whole).toBeGreaterThan(30);
    // A few may be caught where nothing describes the code; the busier the machine, the more of them are the same moment.
    expect(sumOf(new Map(Object.entries(others)))).toBeLessThanOrEqual(Math.max(3, whole * 0.02));
    expect(others).not.toHaveProperty('seam');
    // One sample may be taken just as a function is entered: Python counts it already, and C has not come to run it.
    const misplaced = stacks.filter((stack) => !isInOrder(stack)).map((stack) => stack.join(' '));
    expect(misplaced.slice(1), misplaced.join('\n')).toEqual([]);
    const seen = new Set(stacks.flat());
    for (const name of ['KEY', 'REDUCER', 'MAPPED', 'COMPARE', 'GENERATOR']) expect(seen).toContain(name);
    expect([...seen].some((name) => /^_?PyEval_EvalFrame/.test(name))).toBe(false);
    if (isSince(python, [3, 6])) expect(seen).toContain('deflate');
  });
});

describeEachPython('threads that Python has not made', { since: [3, 6], minors: [6, 11, 13] }, (python) => {
  it('call it, and stay the same threads', async (context) => {
    if (python.root !== undefined) skip(context, 'the library of the test is built for this system');
    const folder = temporaryFolder();
    const library = join(folder, 'libforeign.so');
    compile(context, folder, '-O2 -shared -fPIC -pthread', 'foreign.c', library);
    const profile = await record(folder, [...python.command, target('foreign.py'), library, '0.5']);
    const called = [...stacksOf(profile)].filter(
      ([stack]) => stack.includes('FOREIGN') && !stack.includes('(callers unknown)'),
    );
    expect(sumOf(new Map(called))).toBeGreaterThan(30);
    for (const [stack] of called) {
      expect([stack, /foreign_thread foreign_call .* FOREIGN\b/.test(stack)]).toEqual([stack, true]);
    }
    const { whole = 0, ...others } = profile.facts.nativeStacks ?? {};
    expect(sumOf(new Map(Object.entries(others)))).toBeLessThanOrEqual(Math.max(3, whole * 0.02));
    // Python makes a new thread state for each call.
    expect(profile.threads.length).toBe(3);
  });
});

describe('a 32-bit program', () => {
  it('is recorded without native frames, which one sentence says', async (context) => {
    const folder = temporaryFolder();
    const program = join(folder, 'program');
    const source = 'void _start(void) { for (;;) __asm__ volatile(""); }';
    const flags = ['-m32', '-nostdlib', '-static', '-o', program, '-x', 'c', '-'];
    const { error, status } = spawnSync('cc', flags, { input: source });
    if (error !== undefined || status !== 0) skip(context, 'there is no compiler of 32-bit programs here');
    if (spawnSync(program, { timeout: 1 }).signal === null) skip(context, '32-bit programs do not run here');
    const running = start([program]);
    const output = join(folder, 'out.vmprof');
    const args = ['attach', '--native', '-d', '0.5', '-r', '200', '-o', output, String(running.pid)];
    const { code, stderr } = await runVmprof(args);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `Native frames of process ${running.pid} cannot be recorded: it is a 32-bit program.`,
    );
    expect(functionsSeen(readRecording(output))).toEqual(new Set(['program']));
  });
});

/** Between a function and what C calls for it stands C; between Python functions that call each other nothing does. */
function isInOrder(stack: readonly string[]): boolean {
  const needsNative = [
    ['by_sort', 'KEY'],
    ['by_reduce', 'REDUCER'],
    ['by_map', 'MAPPED'],
    ['by_callback', 'COMPARE'],
  ];
  for (const [caller, called] of needsNative) {
    const at = stack.indexOf(called);
    if (at < 0) continue;
    const from = stack.indexOf(caller);
    if (from < 0 || at - from < 2) return false;
  }
  const work = stack.indexOf('work');
  return (
    work <= 0 || /^(KEY|REDUCER|MAPPED|COMPARE|GENERATOR|__init__|__eq__|by_recursion)$/.test(stack[work - 1])
  );
}

function compile(
  context: TestContext,
  folder: string,
  flags: string,
  source = 'chain.c',
  program = join(folder, 'chain'),
): string {
  runTool(context, folder, ['cc', ...flags.split(' '), '-o', program, target(source)]);
  return program;
}

async function record(folder: string, command: readonly string[]): Promise<Profile> {
  const output = join(folder, 'out.vmprof');
  const vmprof = startVmprof(['run', '-q', '--native', '-r', '500', '-o', output, '--', ...command], {
    cwd: folder,
  });
  const { code, stderr } = await vmprof.finished;
  expect([code, stderr]).toEqual([0, '']);
  await waitUntil('the recording', () => readRecording(output).samples.length > 0);
  return readRecording(output);
}

/** Stacks as texts, outermost first, → samples. Without what starts a program, and system calls. */
function stacksOf(profile: Profile, rename: (name: string) => string = (name) => name): Map<string, number> {
  const stacks = new Map<string, number>();
  const kernel = FUNCTION_KINDS.indexOf('kernel');
  for (const row of profile.samples.stack) {
    if (row === NONE) continue;
    const isInKernel = profile.functions.kind[profile.frames.function[profile.stacks.frame[row]]] === kernel;
    const names = namesOfStack(profile, row)
      .map(rename)
      .slice(0, isInKernel ? -1 : undefined);
    const stack = names.join(' ');
    stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
  }
  return stacks;
}

/** Before main, the loader and the C library may be seen at work; from main on, nothing but what the source says. */
function isLegal(stack: string, legal = LEGAL): boolean {
  const names = stack.split(' ');
  const main = names.indexOf('main');
  if (main < 0) return !names.some((name) => INNER.includes(name));
  return names.slice(0, main).every((name) => STARTERS.test(name)) && legal.test(names.slice(main).join(' '));
}

function sumOf(stacks: ReadonlyMap<string, number>): number {
  return [...stacks.values()].reduce((sum, count) => sum + count, 0);
}
