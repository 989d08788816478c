// Profiles to measure with: made up, but shaped like real ones, and the same on every run (fixed seeds). The caller gives
// the ProfileBuilder: that of the built package, or in tests that of the source.

/** State of a sample: running, and holding the GIL. */
export const RUNNING = 1 | 0x10;
const WAITING = 3;

/** A small, fast random generator (mulberry32): numbers from 0 to 1, the same ones for the same seed. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks 0 … count - 1, k being k + 1 times rarer than 0: few places take most of the time of real programs. */
export function createZipf(count, random) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += 1 / (k + 1);
    sums[k] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * Records a made-up program for `seconds` seconds at 100 Hz and calls `onSecond(builder)` after each, as a recorder
 * writes. One thread; 2,000 stacks between 8 and 50 frames deep that are met one by one; timers a little late, sometimes
 * very late; CPU time that is a little less than the time that passed, and little in the waiting stacks; memory that
 * grows now and then. `repeat`: the chance that a sample finds what the one before found, apart from chance.
 */
export function simulateRecording(
  ProfileBuilder,
  seconds,
  onSecond,
  { seed = 1, stacks = 2000, repeat = 0 } = {},
) {
  const random = createRandom(seed);
  const pick = createZipf(stacks, random);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const program = makeProgram(stacks, random);
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const process = builder.addProcess({
    pid: 4711,
    command: 'python3 manage.py runserver',
    runtime: 'CPython 3.11.7',
    start: 0,
  });
  const thread = builder.addThread({ process, tid: 4711, name: 'MainThread', start: 0 });
  builder.mergeFacts({
    producer: 'vmprof 1.0.0',
    host: 'web-1, Linux 6.1 x86_64, 8 CPUs',
    startedAt: 1.7e12,
    askedRate: 100,
  });

  let lastTime = 0;
  let lastNs = 0;
  let cpuNs = 0;
  let lastCpu = 0;
  let resident = 60e6;
  let current = 0;
  for (let second = 0; second < seconds; second++) {
    for (let i = 1; i <= 100; i++) {
      const late = 50e3 * Math.exp(0.6 * gauss()) + (random() < 0.002 ? random() * 20e6 : 0);
      // A very late sample makes the ones behind it late, too.
      const ns = Math.max((second * 100 + i) * 10e6 + late, lastNs + 50e3);
      const time = Math.floor(ns / 1e5);
      if (random() >= repeat) current = pick();
      const passed = ns - lastNs;
      lastNs = ns;
      const isWaiting = program.waits[current] === 1;
      if (isWaiting) cpuNs += passed * (random() < 0.5 ? 0.02 : 1) * random();
      else cpuNs += passed * (1 + 0.003 * Math.log(1 - random())) * (random() < 0.01 ? random() : 1);
      const cpu = Math.floor(cpuNs / 1e5);
      const stack = internStack(builder, program, current);
      builder.addSample(time, thread, stack, isWaiting ? WAITING : RUNNING, time - lastTime, cpu - lastCpu);
      lastTime = time;
      lastCpu = cpu;
    }
    if (random() < 0.5) {
      resident += 4096 * Math.floor(2 ** (random() * 12) * (random() - 0.3));
      builder.addCounter(process, 'resident', lastTime, resident);
    }
    if (second % 60 === 59) builder.mergeFacts({ rounds: (second + 1) * 100, duration: lastNs });
    onSecond(builder);
  }
}

/** A profile with so many samples of so many stacks, in one go: for measuring what is computed from it. */
export function makeLargeProfile(ProfileBuilder, samples, stacks, { seed = 2, threads = 8 } = {}) {
  const random = createRandom(seed);
  const builder = new ProfileBuilder({ timeUnit: 10_000 });
  const process = builder.addProcess({ pid: 1, command: 'python3 large.py', start: 0 });
  for (let t = 0; t < threads; t++) builder.addThread({ process, tid: t + 1, name: `worker-${t}`, start: 0 });
  growTree(builder, stacks, random);
  const pick = createZipf(stacks, random);
  // Which stacks are frequent has nothing to do with when they were met.
  const shuffled = Int32Array.from({ length: stacks }, (_, i) => i);
  for (let i = stacks - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  let time = 0;
  let elapsed = 0;
  for (let i = 0; i < samples; i++) {
    const thread = i % threads;
    if (thread === 0) {
      elapsed = 100 * Math.floor(i / threads) + Math.floor(random() * 3) - time;
      time += elapsed;
    }
    const isRunning = random() < 0.7;
    const cpu = isRunning ? Math.max(0, elapsed - Math.floor(random() * 3)) : 0;
    builder.addSample(time, thread, shuffled[pick()], isRunning ? RUNNING : WAITING, elapsed, cpu);
  }
  return builder.build();
}

/** Grows a prefix tree of so many rows: each new one below one of the latest, or anywhere. */
function growTree(builder, rows, random) {
  const functions = makeFunctions(5000, random).map((f) => builder.internFunction(f));
  let last = -1;
  while (builder.stacks.length < rows) {
    const length = builder.stacks.length;
    if (random() < 0.2) last = length === 0 ? -1 : Math.floor(random() * length);
    const place = Math.floor(random() ** 2 * functions.length);
    last = builder.internStack(
      last,
      builder.internFrameLine(functions[place], 1 + Math.floor(random() * 40)),
    );
  }
}

const WORDS =
  'read write parse render load store handle request response session cursor query model field form view cache token stream buffer event task queue worker config value index table render_node resolve compile match visit'.split(
    ' ',
  );

function makeFunctions(count, random) {
  const word = () => WORDS[Math.floor(random() * WORDS.length)];
  const files = Array.from(
    { length: Math.ceil(count / 10) },
    () => `/srv/app/lib/python3.11/site-packages/${word()}s/${word()}_${word()}.py`,
  );
  return Array.from({ length: count }, () => {
    const name = `${word()}_${word()}`;
    const owner = word();
    return {
      name,
      qualifiedName: random() < 0.6 ? `${owner[0].toUpperCase()}${owner.slice(1)}${word()}.${name}` : name,
      file: files[Math.floor(random() * files.length)],
      firstLine: 1 + Math.floor(random() * 1500),
      kind: 'python',
    };
  });
}

/** Stacks as lists of (function, line), most of them variations of the end of another. */
function makeProgram(count, random) {
  const functions = makeFunctions(600, random);
  const frame = (f) => ({ function: f, line: f.firstLine + 1 + Math.floor(random() ** 2 * 40) });
  const anyFrame = () => frame(functions[Math.floor(random() * functions.length)]);
  const base = Array.from({ length: 8 }, anyFrame);
  const stacks = [];
  for (let i = 0; i < count; i++) {
    const other = i === 0 ? base : stacks[Math.floor(random() * i)];
    const kept = other.slice(0, Math.max(8, other.length - Math.floor(random() * 6)));
    // Half of the stacks differ from another one by the line of their last frame alone.
    if (random() < 0.5 && kept.length > 8) {
      kept[kept.length - 1] = frame(kept[kept.length - 1].function);
    } else {
      const added = 1 + Math.floor(random() * 5);
      for (let n = 0; n < added && kept.length < 50; n++) kept.push(anyFrame());
    }
    stacks.push(kept);
  }
  return { stacks, rows: [], waits: Uint8Array.from(stacks, () => (random() < 0.05 ? 1 : 0)) };
}

function internStack(builder, program, which) {
  const known = program.rows[which];
  if (known !== undefined) return known;
  let stack = -1;
  for (const { function: f, line } of program.stacks[which]) {
    stack = builder.internStack(stack, builder.internFrameLine(builder.internFunction(f), line));
  }
  program.rows[which] = stack;
  return stack;
}
