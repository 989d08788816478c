import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { assertDefined } from '../base/assert.ts';
import { listPythons, type PythonTarget, startPython } from './cpython/python-targets.testing.ts';
import { type Dump, dumpProcesses } from './dump.ts';
import type { FrameDump, ThreadDump } from './thread-dump.ts';

let target: PythonTarget | undefined;
afterEach(() => target?.stop());

const PYTHONS = listPythons();
const COMMON = PYTHONS.filter(({ major, minor, root }) => major === 3 && minor >= 8 && root === '/').slice(
  0,
  1,
);

/** Two threads that wait at known places. The comments name lines. */
const BLOCKED = `
import threading
lock = threading.Lock()
lock.acquire()
class Worker(object):
    def work(self, items, *more):
        total = sum(items)
        def take(amount):
            began = True
            lock.acquire() #: take
            return amount + total
        return take(amount=7) #: work
def run():
    Worker().work([1, 2], "x") #: run
thread = threading.Thread(target=run, name="taker")
thread.daemon = True
thread.start()
def produce(count):
    here = {"a": count}
    wait_here() #: produce
    yield count
def wait_here():
    ready() #: wait_here
def main():
    for value in produce(5): #: main
        pass
main() #: module
`;

/** The program as a file of its own, so that its lines do not depend on what stands before it. */
function asFile(source: string): string {
  return `exec(compile(${JSON.stringify(source)}, "blocked.py", "exec"))`;
}

function lineOf(label: string): number {
  return BLOCKED.split('\n').findIndex((line) => line.endsWith(`#: ${label}`)) + 1;
}

/** Dumps until the dump is as wanted: threads take a moment to get where they wait. */
async function dumpUntil(
  pid: number,
  wantsLocals: boolean,
  isWanted: (dump: Dump) => boolean,
): Promise<Dump> {
  for (let attempt = 0; ; attempt++) {
    const dump = await dumpProcesses(pid, { wantsLocals, followChildren: true });
    if (isWanted(dump) || attempt === 500) return dump;
    await sleep(5);
  }
}

function threadNamed(dump: Dump, name: string): ThreadDump {
  const thread = dump.processes[0].threads.find((each) => each.name === name);
  return assertDefined(thread, `a thread ${name}`);
}

function placesOf(thread: ThreadDump): (string | number | undefined)[][] {
  return thread.frames.map(({ function: name, file, line }) => [name, file, line]);
}

function localsOf(frame: FrameDump | undefined): string[] {
  return (frame?.locals ?? []).map(({ kind, name, value }) => `${kind} ${name} = ${value}`);
}

describe.each(PYTHONS.map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('shows exactly the frames, lines, names and locals of blocked threads', async () => {
    target = await startPython(python, asFile(BLOCKED));
    const dump = await dumpUntil(target.pid, true, ({ processes }) =>
      processes[0].threads.every(
        ({ syscall, frames }) => ['read', 'futex'].includes(syscall ?? '') && frames.length >= 6,
      ),
    );
    expect(dump.skipped).toEqual([]);
    expect(dump.processes).toHaveLength(1);
    const [process] = dump.processes;
    expect(process.pid).toBe(target.pid);
    expect(process.runtime).toMatch(new RegExp(`^CPython ${python.major}\\.${python.minor}\\.`));
    expect(process.threads.map(({ name }) => name)).toEqual(['MainThread', 'taker']);

    const isQualified = python.major === 3 && python.minor >= 11;
    const main = threadNamed(dump, 'MainThread');
    expect(main).toMatchObject({ tid: target.pid, state: 'waiting', syscall: 'read', isConsistent: true });
    expect(placesOf(main).slice(1, 5)).toEqual([
      ['wait_here', 'blocked.py', lineOf('wait_here')],
      ['produce', 'blocked.py', lineOf('produce')],
      ['main', 'blocked.py', lineOf('main')],
      ['<module>', 'blocked.py', lineOf('module')],
    ]);
    expect(main.frames.map((frame) => frame.function)).toEqual([
      'ready',
      'wait_here',
      'produce',
      'main',
      '<module>',
      '<module>',
    ]);
    expect(localsOf(main.frames[2])).toEqual(['argument count = 5', "local here = {'a': 5}"]);

    const taker = threadNamed(dump, 'taker');
    expect(taker).toMatchObject({ state: 'waiting', syscall: 'futex', holdsGil: false, isPython: true });
    expect(placesOf(taker).slice(0, 3)).toEqual([
      [isQualified ? 'Worker.work.<locals>.take' : 'take', 'blocked.py', lineOf('take')],
      [isQualified ? 'Worker.work' : 'work', 'blocked.py', lineOf('work')],
      ['run', 'blocked.py', lineOf('run')],
    ]);
    expect(taker.frames.map((frame) => frame.function.replace(/.*\./, '')).slice(3)).toEqual([
      'run',
      expect.stringMatching(/bootstrap_inner$/),
      expect.stringMatching(/bootstrap$/),
    ]);
    expect(localsOf(taker.frames[0])).toEqual([
      'argument amount = 7',
      'local began = True',
      'free total = 3',
    ]);
    expect(localsOf(taker.frames[1]).sort()).toEqual([
      'argument items = [1, 2]',
      "argument more = ('x',)",
      expect.stringMatching(/^argument self = <__main__\.Worker at 0x[0-9a-f]+>$/),
      'cell total = 3',
      expect.stringMatching(/^local take = <function .*at 0x[0-9a-f]+>$/),
    ]);
  });
});

describe.each(COMMON.map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('tells who has the interpreter lock, and reads running threads with their locals', async () => {
    target = await startPython(
      python,
      asFile(`
import threading
def spin(number):
    while True:
        number += 1
for name in ("one", "two"):
    threading.Thread(target=spin, args=(1000,), name=name, daemon=True).start()
ready()
`),
    );
    const dump = await dumpUntil(target.pid, true, ({ processes: [process] }) =>
      process.threads.some((thread) => thread.state === 'running' && thread.holdsGil),
    );
    const spinning = ['one', 'two'].map((name) => threadNamed(dump, name));
    expect(spinning.filter((thread) => thread.holdsGil)).toHaveLength(1);
    for (const thread of spinning) {
      expect(thread.isConsistent).toBe(true);
      expect(thread.frames[0].function).toBe('spin');
      expect(localsOf(thread.frames[0])).toEqual([expect.stringMatching(/^argument number = \d{4,}$/)]);
    }
    expect(threadNamed(dump, 'MainThread').holdsGil).toBe(false);
  });

  test('reads a thread that it may not stop, and says so', async () => {
    // Who asks to be traced has its parent for a tracer; there can be only one.
    target = await startPython(
      python,
      asFile(`
import ctypes
def spin(number):
    spinning.append(number)
    while True:
        number += 1
def tell():
    while not spinning: pass
    ready()
ctypes.CDLL(None).ptrace(0, 0, 0, 0)
import threading, sys
spinning = []
threading.Timer(0, tell).start()
spin(1000)
`),
    );
    const [main] = (await dumpProcesses(target.pid, { wantsLocals: true, followChildren: false }))
      .processes[0].threads;
    expect(main).toMatchObject({ isConsistent: false, state: 'running' });
    expect(main.frames[0].function).toBe('spin');
    expect(localsOf(main.frames[0])).toEqual([expect.stringMatching(/^argument number = \d{4,}$/)]);
  });

  test('finds children that run Python, and lists those that do not', async () => {
    target = await startPython(
      python,
      asFile(`
import subprocess, sys
child = subprocess.Popen(["sleep", "60"])
other = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], stdout=subprocess.PIPE)
other.stdout.readline()
print(child.pid, other.pid)
ready()
child.kill()
other.kill()
ready()
`),
    );
    const [plain, other] = target.output.split(' ').map(Number);
    const all = await dumpProcesses(target.pid, { wantsLocals: false, followChildren: true });
    expect(all.processes.map(({ pid, parent }) => [pid, parent])).toEqual([
      [target.pid, undefined],
      [other, target.pid],
    ]);
    expect(all.processes[1].threads[0].frames).toMatchObject([{ function: '<module>', line: 1 }]);
    expect(all.skipped).toMatchObject([{ pid: plain, parent: target.pid, command: 'sleep 60' }]);
    const alone = await dumpProcesses(target.pid, { wantsLocals: false, followChildren: false });
    expect(alone.processes.map(({ pid }) => pid)).toEqual([target.pid]);
    expect(alone.skipped).toEqual([]);
    await target.next();
  });

  test('leaves a stopped program stopped', async () => {
    target = await startPython(python, 'ready()');
    process.kill(target.pid, 'SIGSTOP');
    const dump = await dumpUntil(
      target.pid,
      true,
      ({ processes }) => processes[0].threads[0].state === 'stopped',
    );
    expect(dump.processes[0].threads[0]).toMatchObject({ state: 'stopped' });
    expect(dump.processes[0].threads[0].frames[0].function).toBe('ready');
    const again = await dumpProcesses(target.pid, { wantsLocals: true, followChildren: true });
    expect(again.processes[0].threads[0].state).toBe('stopped');
    process.kill(target.pid, 'SIGCONT');
  });
});
