// Text formats of other profilers, made up, for formats.mjs.

import { createStacks, makeCase, writeBlocks } from './made-files.mjs';
import { createRandom } from './synthetic.mjs';

const FUNCTIONS = 2000;
const nameOf = (row) => `module_${row % 90}.Class.function_${row}`;

/** Collapsed stacks, in the order of the samples. */
function writeCollapsed(path, bytes) {
  const lines = createStacks(20_000, FUNCTIONS, 1).map((stack) => stack.map(nameOf).join(';'));
  const random = createRandom(2);
  return writeBlocks(path, bytes, () => {
    const block = [];
    for (let i = 0; i < 200; i++) {
      block.push(`${lines[Math.floor(random() * lines.length)]} ${1 + Math.floor(random() * 90)}\n`);
    }
    return block.join('');
  });
}

/** Collapsed stacks that were added up and sorted: each stands there once. */
function writeMergedCollapsed(path, bytes) {
  // Lines have some 1500 bytes.
  const stacks = createStacks(Math.ceil(bytes / 1500), FUNCTIONS, 1);
  const lines = [...new Set(stacks.map((stack) => stack.map(nameOf).join(';')))].sort();
  const random = createRandom(2);
  const samples = lines.map((line) => `${line} ${1 + Math.floor(random() * 90)}\n`);
  const size = samples.reduce((sum, line) => sum + line.length, 0);
  return writeBlocks(path, size, (block) => samples.slice(block * 200, (block + 1) * 200).join(''));
}

/** `perf script` of four threads. */
function writePerfScript(path, bytes) {
  const stacks = createStacks(20_000, FUNCTIONS, 3).map((stack) =>
    stack
      .map((row, depth) => {
        const address = (0x5500_0000_0000 + row * 4096 + depth).toString(16);
        return `\t    ${address} ${nameOf(row)}+0x${depth.toString(16)} (/usr/bin/server)\n`;
      })
      .reverse()
      .join(''),
  );
  const random = createRandom(4);
  return writeBlocks(path, bytes, (round) => {
    const block = [];
    for (let i = 0; i < 100; i++) {
      const time = ((round * 100 + i) / 1000).toFixed(6);
      block.push(
        `server 4711/${4711 + (i % 4)} [00${i % 4}] ${time}:    1000000 cycles:u: \n${stacks[Math.floor(random() * stacks.length)]}\n`,
      );
    }
    return block.join('');
  });
}

/** callgrind's output of a large program, in a few parts: functions with lines of their own and calls, names compressed. */
function writeCallgrind(path, bytes) {
  const random = createRandom(5);
  const functions = 20_000;
  return writeBlocks(path, bytes, (round) => {
    if (round === 0) return '# callgrind format\nversion: 1\npositions: line\nevents: Ir Dr\n\n';
    const block = [];
    for (let i = 0; i < 40; i++) {
      const own = ((round - 1) * 40 + i) % functions;
      block.push(`fl=(${own % 90}) src/file_${own % 90}.c\nfn=(${own}) function_${own}\n`);
      for (let line = 1; line < 30; line++) {
        const place = line === 1 ? 10 + (own % 900) : `+${line % 4}`;
        block.push(`${place} ${Math.floor(random() * 9999)} ${line}\n`);
        if (line % 6 !== 0) continue;
        // The same calls in each part, some hundred deep.
        const callee = own + 1 + ((own * 31 + line * 17) % 400);
        if (callee < functions)
          block.push(
            `cfi=(${callee % 90}) src/file_${callee % 90}.c\ncfn=(${callee}) function_${callee}\n`,
            `calls=${line} 7\n* ${line * 100} ${line}\n`,
          );
      }
      block.push('\n');
    }
    return block.join('');
  });
}

/** speedscope's JSON, of one sampled profile. */
function writeSpeedscope(path, bytes) {
  const stacks = createStacks(20_000, FUNCTIONS, 6).map((stack) => JSON.stringify(stack));
  const random = createRandom(7);
  let samples = 1;
  return writeBlocks(
    path,
    bytes,
    (round) => {
      if (round === 0) {
        const names = Array.from({ length: FUNCTIONS }, (_, row) => nameOf(row));
        const frames = JSON.stringify(names.map((name) => ({ name, file: 'server.py', line: 7 })));
        const head = `{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":${frames}},`;
        return `${head}"profiles":[{"type":"sampled","name":"main","unit":"microseconds","startValue":0,"endValue":1,"samples":[[]`;
      }
      const block = [];
      for (let i = 0; i < 200; i++) block.push(`,${stacks[Math.floor(random() * stacks.length)]}`);
      samples += 200;
      return block.join('');
    },
    () => `],"weights":[0${',1000'.repeat(samples - 1)}]}]}`,
  );
}

export const cases = [
  makeCase('collapsed', writeCollapsed),
  makeCase('collapsed, merged', writeMergedCollapsed),
  makeCase('perf-script', writePerfScript),
  makeCase('callgrind', writeCallgrind),
  makeCase('speedscope', writeSpeedscope),
];
