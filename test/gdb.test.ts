import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import { ProcessCode } from '../src/sampler/native/process-code.ts';
import { StackCopy } from '../src/sampler/native/stack-copy.ts';
import { openProcessMemory } from '../src/sampler/process/memory.ts';
import { AddressChain, type InstructionAddress } from '../src/symbols/unwind/code-address.ts';
import { X86_64 } from '../src/symbols/unwind/unwind-table.ts';
import { Unwinder } from '../src/symbols/unwind/unwinder.ts';
import { ordinaryPython, start, target, waitUntil } from './support.ts';

// The unwinder against gdb: the same registers and stack, at random stops of real programs, have to lead to the same frames.

/** Stops of each program; 1000 is the full proof. */
const STOPS = Number(process.env.VMPROF_GDB_STOPS ?? 15);
const COPY_SIZE = 2 << 20;

const SQLITE = `
import sqlite3
db = sqlite3.connect(':memory:')
db.execute('create table t (a integer, b text)')
db.executemany('insert into t values (?, ?)', [(i * 7919 % 10007, str(i)) for i in range(10007)])
while True:
    db.execute('select count(*), b from t where a % 7 = 3 group by length(b), a % 13 order by b').fetchall()
`;

/** Executes a program whose standard input never ends: the same line again and again. */
const FEED = `
import os, sys
output, input = os.pipe()
if os.fork() == 0:
    while True:
        os.write(input, (sys.argv[1] + chr(10)).encode())
os.dup2(output, 0)
os.execvp(sys.argv[2], sys.argv[2:])
`;

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  gzip: ['gzip', '-9', '-c', '/dev/urandom'],
  'Python calling C calling Python': [ordinaryPython(), target('mixed.py'), '100000'],
  sqlite: [ordinaryPython(), '-c', SQLITE],
  // The tests of the interpreter itself, over and over.
  "Python's tests": [ordinaryPython(), '-m', 'test', '-F', '-q', 'test_json', 'test_functools', 'test_re'],
  git: [ordinaryPython(), '-c', FEED, target('mixed.py'), 'git', 'hash-object', '--stdin-paths'],
  sort: ['sh', '-c', 'exec sort --parallel=1 -R /dev/urandom'],
};

interface Stop {
  readonly registers: readonly number[];
  readonly addresses: readonly number[];
}

describe('the same frames as gdb', () => {
  for (const [name, command] of Object.entries(PROGRAMS)) {
    it(name, { timeout: 60_000 + STOPS * 1000 }, async (context) => {
      if (process.arch !== 'x64') skip(context, 'registers are compared on x86-64 only');
      if (spawnSync('gdb', ['--version']).error !== undefined) skip(context, 'there is no gdb here');
      if (name === 'git' && spawnSync('git', ['--version']).error !== undefined)
        skip(context, 'there is no git here');
      if (command.includes('test') && spawnSync(command[0], ['-c', 'import test.test_json']).status !== 0)
        skip(context, 'this Python has no tests');
      if (spawnSync(command[0], ['--version']).error !== undefined)
        skip(context, `there is no ${command[0]} here`);
      const target = start(['sh', '-c', 'exec "$@" > /dev/null', 'sh', ...command]);
      await waitUntil('the program', () => isWorking(target.pid));
      const memory = openProcessMemory(target.pid);
      const code = new ProcessCode(memory, { known: new Map(), source: undefined, tables: undefined });
      const unwinder = new Unwinder(X86_64, code.find);
      const copy = new StackCopy();
      const chain = new AddressChain();
      let frames = 0;
      const differing: string[] = [];
      for await (const stop of stopsOf(target.pid, STOPS)) {
        code.now += 1e9;
        copy.read(target.pid, stop.registers[X86_64.stackPointer], COPY_SIZE);
        const instruction = stop.registers[X86_64.returnAddress] as InstructionAddress;
        unwinder.unwind(Float64Array.from(stop.registers), instruction, copy.wordAt, chain);
        const ours = Array.from(
          { length: chain.length },
          (_, level) => chain.lookupAt(level) + (level === 0 ? 0 : 1),
        );
        frames += stop.addresses.length;
        for (let level = 0; level < Math.max(ours.length, stop.addresses.length); level++) {
          if (ours[level] !== stop.addresses[level]) {
            differing.push(
              `${level} of ${stop.addresses.length}: ${ours[level]?.toString(16)} instead of ${stop.addresses[level]?.toString(16)}`,
            );
          }
        }
      }
      expect(frames).toBeGreaterThan(STOPS);
      if (process.env.VMPROF_GDB_STOPS !== undefined) {
        process.stderr.write(`${name}: ${frames} frames at ${STOPS} stops, ${differing.length} differ\n`);
        for (const one of differing.slice(0, 20)) process.stderr.write(`  ${one}\n`);
      }
      expect(differing.length / frames).toBeLessThanOrEqual(0.005);
    });
  }
});

/** The program is past its start: a tenth of a second of CPU time. */
function isWorking(pid: number): boolean {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]) >= 10;
}

/** Stops a process again and again, with gdb attached; it stays stopped while a stop is looked at. */
async function* stopsOf(pid: number, count: number): AsyncGenerator<Stop> {
  const gdb: ChildProcessWithoutNullStreams = spawn('gdb', [
    '-q',
    '-nx',
    '-batch',
    '-p',
    String(pid),
    '-x',
    target('../gdb/stops.py'),
  ]);
  onTestFinished(() => void gdb.kill('SIGKILL'));
  gdb.stderr.resume();
  const lines = createInterface({ input: gdb.stdout })[Symbol.asyncIterator]();
  const nextLine = async (prefix: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('gdb has ended');
      if (value.startsWith(prefix)) return value.slice(prefix.length);
    }
  };
  await nextLine('READY');
  for (let stop = 0; stop < count; stop++) {
    await letRun(pid);
    process.kill(pid, 'SIGUSR1');
    yield JSON.parse(await nextLine('STOP ')) as Stop;
    gdb.stdin.write('go\n');
  }
}

/** Waits until the program goes on after a stop. */
async function letRun(pid: number): Promise<void> {
  await waitUntil('the program to go on', () => !/\) t /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
}
