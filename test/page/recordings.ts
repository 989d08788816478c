// Recordings to look at in tests: made up, the same every time.

import { ProfileBuilder } from '../../src/profile/builder/profile-builder.ts';
import { encodeRecording } from '../../src/profile/recording/recording-encoder.ts';
import { type Profile, SAMPLE_STATES, STATE_HOLDS_GIL, type StackIndex } from '../../src/profile/tables.ts';

const RUNNING = SAMPLE_STATES.indexOf('running') | STATE_HOLDS_GIL;
const WAITING = SAMPLE_STATES.indexOf('waiting');
const WAITING_GIL = SAMPLE_STATES.indexOf('waiting-gil');

/** Stacks of the main thread with how often each comes, in ten samples; `name:line@file`. */
const MAIN: readonly (readonly [number, string])[] = [
  [4, 'main:3@/srv/app.py;load:12@/srv/load.py;parse:40@/srv/load.py'],
  [2, 'main:3@/srv/app.py;load:14@/srv/load.py;read:7@/usr/lib/python3.11/io.py'],
  [3, 'main:5@/srv/app.py;draw:20@/srv/view.py'],
  [1, 'main:5@/srv/app.py;draw:22@/srv/view.py;draw:22@/srv/view.py;<b>flush</b>:30@/srv/view.py'],
];
/** The same program with a slower `draw`. */
const SLOWER: typeof MAIN = MAIN.map(([count, picture], place) => [[1, 2, 6, 1].at(place) ?? count, picture]);
const WORKER: readonly (readonly [number, string])[] = [
  [5, 'run:12@/srv/work.py;pack:61@/srv/work.py'],
  [5, 'run:14@/srv/work.py;wait:99@/usr/lib/python3.11/threading.py'],
];

/** 10 s of two processes, three threads, 100 Hz: 3,000 samples, CPU time 15 s, memory that rises to 80 MiB and falls. */
export function makeRecording(main = MAIN): Profile {
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const parent = builder.addProcess({
    pid: 100,
    command: 'python3 app.py',
    runtime: 'CPython 3.11.7',
    start: 0,
  });
  const child = builder.addProcess({
    pid: 101,
    parent,
    command: 'python3 worker.py',
    runtime: 'CPython 3.11.7',
    start: 2000,
  });
  const threads = [
    builder.addThread({ process: parent, tid: 100, name: 'MainThread', start: 0 }),
    builder.addThread({ process: parent, tid: 102, name: 'worker', start: 0 }),
    builder.addThread({ process: child, tid: 101, name: 'MainThread', start: 2000 }),
  ];
  const stacksOf = (pictures: readonly (readonly [number, string])[]) =>
    pictures.flatMap(([count, picture]) =>
      Array.from({ length: count }, () => internPicture(builder, picture)),
    );
  const mainStacks = stacksOf(main);
  const worker = stacksOf(WORKER);
  for (let i = 0; i < 1000; i++) {
    const time = (i + 1) * 100;
    const isWaiting = i % 10 >= 5;
    builder.addSample(time, threads[0], mainStacks[i % 10], RUNNING, 100, 100);
    builder.addSample(time, threads[1], worker[i % 10], isWaiting ? WAITING : WAITING_GIL, 100, 0);
    builder.addSample(
      time,
      threads[2],
      worker[i % 10],
      isWaiting ? WAITING : RUNNING,
      100,
      isWaiting ? 0 : 50,
    );
    if (i % 20 === 0) {
      const mebibytes = 20 + 60 * Math.sin((i / 1000) * Math.PI);
      builder.addCounter(parent, 'resident', time, Math.round(mebibytes) * 2 ** 20);
      builder.addCounter(child, 'resident', time, 12 * 2 ** 20);
    }
  }
  builder.mergeFacts({
    producer: 'vmprof 1.0.0',
    host: 'web-1, Linux 6.1 x86_64, 8 CPUs',
    command: 'python3 app.py',
    startedAt: 1.7e12,
    duration: 10e9,
    askedRate: 100,
    realRate: 100,
    rounds: 1000,
    lateRounds: 4,
    lostSamples: { busy: 7 },
  });
  return builder.build();
}

/** The program after a change: `draw` takes six of ten samples of the main thread instead of three. */
export function makeSlowerBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeRecording(makeRecording(SLOWER)));
}

/** One sample, of 10 ms, of each of many threads, all in one stack of two functions that call each other so deep. */
export function makeDeepBytes(depth: number, threads: number): Uint8Array<ArrayBuffer> {
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const process = builder.addProcess({ pid: 1, command: 'deep', start: 0 });
  const frames = ['ping', 'pong'].map((name) =>
    builder.internFrameLine(builder.internFunction({ name, kind: 'python' }), 1),
  );
  let stack: StackIndex | -1 = -1;
  for (let level = 0; level < depth; level++) stack = builder.internStack(stack, frames[level % 2]);
  for (let i = 0; i < threads; i++) {
    const thread = builder.addThread({ process, tid: i + 1, name: `thread-${i}`, start: 0 });
    builder.addSample(100, thread, stack, RUNNING, 100, 0);
  }
  return new Uint8Array(encodeRecording(builder.build()));
}

/** A heap profile: four weights, with names of their own. */
export function makeHeapBytes(): Uint8Array<ArrayBuffer> {
  const types = ['inuse_space', 'alloc_objects', 'alloc_space', 'inuse_objects'];
  const unitOf = (type: string) => (type.endsWith('_space') ? 'bytes' : 'count');
  const builder = new ProfileBuilder({
    weights: types.map((type) => ({ type, unit: unitOf(type), scale: 1, storage: 'float64' })),
  });
  const thread = builder.addThread({
    process: builder.addProcess({ pid: 1, command: 'server', start: 0 }),
    tid: 1,
    start: 0,
  });
  const stack = internPicture(builder, 'main:3@/srv/main.go;read:12@/srv/read.go');
  builder.addSampleWeights(0, thread, stack, 0, [2 ** 20, 300, 5 * 2 ** 20, 60]);
  return new Uint8Array(encodeRecording(builder.build()));
}

/** The same as bytes of a .vmprof file. */
export function makeRecordingBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeRecording(makeRecording()));
}

function internPicture(builder: ProfileBuilder, picture: string): StackIndex | -1 {
  let stack: StackIndex | -1 = -1;
  for (const cell of picture.split(';')) {
    const [, name, line, file] = /^(.+):(\d+)@(.+)$/.exec(cell) ?? [];
    const row = builder.internFunction({
      name,
      file,
      firstLine: Math.floor(Number(line) / 10) * 10 + 1,
      kind: 'python',
    });
    stack = builder.internStack(stack, builder.internFrameLine(row, Number(line)));
  }
  return stack;
}
