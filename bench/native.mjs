// What native frames take: compiling unwind tables, unwinding a copied stack, and how long a thread is stopped for it.
//
//   --python 3.11  --seconds 5

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findMappedFiles, median, option, printTable, sleep, start, stop } from './measure.mjs';
import { findPythons, place } from './pythons.mjs';

const TARGET = fileURLToPath(new URL('../test/targets/mixed.py', import.meta.url));
const dist = (path) => import(new URL(`../dist/${path}`, import.meta.url));

export async function run() {
  for (const python of findPythons('3.11').slice(0, 1)) {
    const target = start([...python.command, place(python, TARGET), '600'], { stderr: 'pipe' });
    await sleep(1000);
    await measureTables(target.pid);
    await measureStops(target.pid);
    await stop(target);
  }
}

/** Compiles the tables of every file that the program has mapped. */
async function measureTables(pid) {
  const { parseElf } = await dist('symbols/elf/elf.js');
  const { readUnwindTable } = await dist('symbols/unwind/elf-unwind.js');
  const rows = [];
  for (const path of [...findMappedFiles(pid), process.execPath]) {
    const bytes = new Uint8Array(readFileSync(path));
    const readAt = (offset, length) => bytes.subarray(offset, offset + length);
    const times = [];
    let table;
    for (let turn = 0; turn < 5; turn++) {
      const begin = performance.now();
      table = readUnwindTable(readAt, parseElf(readAt));
      times.push(performance.now() - begin);
    }
    const size = parseElf(readAt).findSection('.eh_frame')?.size ?? 0;
    if (table === undefined || size === 0) continue;
    const { length, words, starts, rules } = table;
    const kilobytes = (words.byteLength + starts.byteLength + rules.byteLength) / 1024;
    rows.push([
      path.slice(path.lastIndexOf('/') + 1),
      `${(size / 1024).toFixed(0)} KB`,
      `${Math.min(...times).toFixed(1)} ms`,
      `${((Math.min(...times) * 1048576) / size).toFixed(0)} ms/MB`,
      `${length}`,
      `${kilobytes.toFixed(0)} KB`,
    ]);
  }
  console.log('### Unwind tables\n');
  printTable(['file', '.eh_frame', 'best of 5', '', 'rows', 'memory'], rows);
}

async function measureStops(pid) {
  const { ThreadStopper } = await dist('sampler/process/thread-stop.js');
  const { RegisterReader, ownArchitecture } = await dist('sampler/native/registers.js');
  const { StackCopy } = await dist('sampler/native/stack-copy.js');
  const { ProcessCode } = await dist('sampler/native/process-code.js');
  const { openProcessMemory } = await dist('sampler/process/memory.js');
  const { Unwinder } = await dist('symbols/unwind/unwinder.js');
  const { AddressChain } = await dist('symbols/unwind/code-address.js');
  const stopper = new ThreadStopper();
  const registers = new RegisterReader(ownArchitecture());
  const copy = new StackCopy();
  const code = new ProcessCode(openProcessMemory(pid), {
    known: new Map(),
    source: undefined,
    tables: undefined,
  });
  const unwinder = new Unwinder(ownArchitecture(), code.find);
  const chain = new AddressChain();
  const within = [];
  let frames = 0;
  let unwinding = 0;
  const end = performance.now() + Number(option('seconds', '5')) * 1000;
  while (performance.now() < end) {
    stopper.stop(pid, () => {
      const begin = performance.now();
      registers.read(pid);
      copy.read(pid, registers.stackPointer, 16384);
      within.push((performance.now() - begin) * 1000);
    });
    const begin = performance.now();
    for (let turn = 0; turn < 10; turn++) {
      unwinder.unwind(registers.registers, registers.instruction, copy.wordAt, chain);
      frames += chain.length;
    }
    // The first stops compile tables.
    if (within.length > 20) unwinding += performance.now() - begin;
    else frames = 0;
    await sleep(2);
  }
  console.log('### Stops and unwinding\n');
  printTable(
    ['what', 'measured'],
    [
      ['stops', `${within.length}`],
      [
        'from the request until the thread is let go, median',
        `${(stopper.times.percentile(50) / 1000).toFixed(0)} µs`,
      ],
      ['the same, 99th percentile', `${(stopper.times.percentile(99) / 1000).toFixed(0)} µs`],
      ['of that, reading registers and 16 KB of stack, median', `${median(within).toFixed(1)} µs`],
      ['frames unwound in a second', `${((frames / unwinding) * 1000).toFixed(0)}`],
    ],
  );
}
