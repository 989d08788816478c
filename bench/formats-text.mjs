// Files to measure the readers of text formats with: as large as asked for, shaped like real ones, the same on every run.

import { createRandom, createZipf } from './synthetic.mjs';

/** Blocks of text that make up one file, made again each time they are asked for. */
function inputOf(fileName, makeBlocks) {
  return { fileName, length: undefined, blocks: makeBlocks };
}

/** The paths of a made-up program: frames from the outermost on, 30 deep on average. */
function createPaths(count, seed) {
  const random = createRandom(seed);
  const pick = createZipf(2000, random);
  const paths = [];
  let path = ['main'];
  while (paths.length < count) {
    const keep = Math.max(1, Math.min(path.length - 1 - Math.floor(random() * 6), 60));
    path = path.slice(0, keep);
    const depth = keep + Math.floor(random() * 9);
    while (path.length < depth) path.push(`module_${pick() % 90}.Class.function_${pick()}`);
    paths.push(path);
  }
  return paths;
}

function* repeat(bytes, makeText) {
  const encoder = new TextEncoder();
  let length = 0;
  for (let round = 0; length < bytes; round++) {
    const block = encoder.encode(makeText(round));
    length += block.length;
    yield block;
  }
}

/** Collapsed stacks, in the order of the samples. */
export function makeCollapsed(bytes) {
  return inputOf('bench.folded', () => {
    const lines = createPaths(20_000, 1).map((path) => path.join(';'));
    const random = createRandom(2);
    return repeat(bytes, () => {
      const block = [];
      for (let i = 0; i < 200; i++) {
        block.push(`${lines[Math.floor(random() * lines.length)]} ${1 + Math.floor(random() * 90)}\n`);
      }
      return block.join('');
    });
  });
}

/** `perf script` of four threads. */
export function makePerfScript(bytes) {
  return inputOf('bench.perf.txt', () => {
    const stacks = createPaths(20_000, 3).map((path) =>
      path
        .map(
          (name, depth) =>
            `\t    ${(0x5500_0000_0000 + name.length * 4096 + depth).toString(16)} ${name}+0x${depth.toString(16)} (/usr/bin/server)\n`,
        )
        .reverse()
        .join(''),
    );
    const random = createRandom(4);
    return repeat(bytes, (round) => {
      const block = [];
      for (let i = 0; i < 100; i++) {
        const time = ((round * 100 + i) / 1000).toFixed(6);
        block.push(
          `server 4711/${4711 + (i % 4)} [00${i % 4}] ${time}:    1000000 cycles:u: \n${stacks[Math.floor(random() * stacks.length)]}\n`,
        );
      }
      return block.join('');
    });
  });
}

/** callgrind's output: functions with lines of their own and calls, names compressed. */
export function makeCallgrind(bytes) {
  return inputOf('callgrind.out.bench', () => {
    const random = createRandom(5);
    const functions = 4000;
    return repeat(bytes, (round) => {
      if (round === 0) return '# callgrind format\nversion: 1\npositions: line\nevents: Ir Dr\n\n';
      const block = [];
      for (let i = 0; i < 40; i++) {
        const own = ((round - 1) * 40 + i) % functions;
        block.push(`fl=(${own % 90}) src/file_${own % 90}.c\nfn=(${own}) function_${own}\n`);
        for (let line = 1; line < 30; line++) {
          const place = line === 1 ? 10 + (own % 900) : `+${line % 4}`;
          block.push(`${place} ${Math.floor(random() * 9999)} ${line}\n`);
          if (line % 6 !== 0) continue;
          const callee = own + 1 + Math.floor(random() * 60);
          if (callee < functions)
            block.push(`cfn=(${callee}) function_${callee}\ncalls=${line} 7\n* ${line * 100} ${line}\n`);
        }
        block.push('\n');
      }
      return block.join('');
    });
  });
}

/** speedscope's JSON, of one sampled profile. */
export function makeSpeedscope(bytes) {
  return inputOf('bench.speedscope.json', () => {
    const names = [...new Set(createPaths(20_000, 6).flat())];
    const rows = new Map(names.map((name, row) => [name, row]));
    const stacks = createPaths(20_000, 6).map((path) => JSON.stringify(path.map((name) => rows.get(name))));
    const random = createRandom(7);
    let samples = 0;
    function* blocks() {
      const frames = JSON.stringify(names.map((name) => ({ name, file: 'server.py', line: 7 })));
      const head = `{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":${frames}},`;
      yield new TextEncoder().encode(
        `${head}"profiles":[{"type":"sampled","name":"main","unit":"microseconds","startValue":0,"endValue":1,"samples":[[]`,
      );
      yield* repeat(bytes, () => {
        const block = [];
        for (let i = 0; i < 200; i++) block.push(`,${stacks[Math.floor(random() * stacks.length)]}`);
        samples += 200;
        return block.join('');
      });
      yield new TextEncoder().encode(`],"weights":[0${',1000'.repeat(samples)}]}]}`);
    }
    return blocks();
  });
}

/** Reads a file of each format: megabytes a second of one core, and memory above what the tables hold. */
export function measureTextFormats(importProfile, bytes = 100e6) {
  const makers = {
    collapsed: makeCollapsed,
    'perf-script': makePerfScript,
    callgrind: makeCallgrind,
    speedscope: makeSpeedscope,
  };
  return Object.entries(makers).map(([format, make]) => {
    const made = make(bytes);
    // The time that making the file takes is not the reader's.
    const blocks = [...made.blocks()];
    const size = blocks.reduce((sum, block) => sum + block.length, 0);
    const started = process.cpuUsage();
    const { profile } = importProfile({ ...made, blocks: () => blocks });
    const { user } = process.cpuUsage(started);
    return {
      format,
      megabytes: size / 1e6,
      seconds: user / 1e6,
      megabytesPerSecond: size / user,
      samples: profile.samples.length,
    };
  });
}
