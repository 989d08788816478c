// A recording as a real one would be: a small web service with worker threads and a child process, 62 s at 100 Hz. Made
// by a fixed rule, so that text outputs can be compared and looked at.

import { createRandom } from '../../base/random.testing.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type Profile, STATE_HOLDS_GIL, type StackIndex, type ThreadIndex } from '../../profile/tables.ts';

const SITE = '/usr/lib/python3/dist-packages';
const APP = '/srv/shop';

/** `function @ file : first line : executed line`, outermost first, and how often it is seen. */
const REQUEST = [
  `<module> @ ${APP}/manage.py : 1 : 22`,
  `main @ ${APP}/manage.py : 7 : 18`,
  `Server.serve_forever @ ${APP}/shop/server.py : 40 : 52`,
];
const HANDLE = [
  `Thread._bootstrap @ /usr/lib/python3.11/threading.py : 980 : 995`,
  `Thread._bootstrap_inner @ /usr/lib/python3.11/threading.py : 1028 : 1038`,
  `Worker.run @ ${APP}/shop/worker.py : 12 : 20`,
  `Server.handle_request @ ${APP}/shop/server.py : 120 : 131`,
];
const RENDER = [...HANDLE, `render_catalogue @ ${APP}/shop/views.py : 30 : 38`];
const LOAD = [...HANDLE, `load_products @ ${APP}/shop/models.py : 55 : 61`];

const MAIN_STACKS: [number, string[]][] = [
  [40, [...REQUEST, `EpollSelector.select @ /usr/lib/python3.11/selectors.py : 451 : 468`]],
  [3, [...REQUEST, `Server.accept @ ${APP}/shop/server.py : 60 : 66`]],
  [1, [...REQUEST]],
];
const WORKER_STACKS: [number, string[]][] = [
  [24, [...LOAD, `parse_row @ ${APP}/shop/models.py : 80 : 84`]],
  [9, [...LOAD, `parse_row @ ${APP}/shop/models.py : 80 : 83`]],
  [4, [...LOAD]],
  [
    7,
    [
      ...LOAD,
      `Cursor.fetchall @ ${SITE}/sqlite_pool/cursor.py : 210 : 219`,
      'sqlite3_step @ libsqlite3.so.0',
    ],
  ],
  [
    15,
    [
      ...RENDER,
      `Template.render @ ${SITE}/jinja2/environment.py : 1269 : 1301`,
      `root @ <template "catalogue.html"> : 1 : 14`,
    ],
  ],
  [
    6,
    [
      ...RENDER,
      `Template.render @ ${SITE}/jinja2/environment.py : 1269 : 1301`,
      `root @ <template "catalogue.html"> : 1 : 14`,
      `escape @ ${SITE}/markupsafe/__init__.py : 70 : 72`,
    ],
  ],
  [5, [...RENDER, `Product.price.<locals>.round_half_up @ ${APP}/shop/views.py : 44 : 46`]],
  [
    2,
    [
      ...HANDLE,
      `log_request @ ${APP}/shop/server.py : 150 : 152`,
      `Logger.info @ /usr/lib/python3.11/logging/__init__.py : 1479 : 1489`,
    ],
  ],
  [1, [...HANDLE, `JSONEncoder.encode @ /usr/lib/python3.11/json/encoder.py : 183 : 200`]],
];
const CHILD_STACKS: [number, string[]][] = [
  [
    10,
    [
      `<module> @ ${APP}/thumbnails.py : 1 : 60`,
      `resize @ ${APP}/thumbnails.py : 20 : 33`,
      'ImagingResample @ _imaging.cpython-311-x86_64-linux-gnu.so',
    ],
  ],
  [3, [`<module> @ ${APP}/thumbnails.py : 1 : 60`, `resize @ ${APP}/thumbnails.py : 20 : 35`]],
];

export function buildBusyService(): Profile {
  const builder = new ProfileBuilder();
  const random = createRandom(7);
  const parent = builder.addProcess({
    pid: 4242,
    command: 'python3 manage.py serve --port 8000',
    runtime: 'CPython 3.11.7',
    start: 0,
  });
  const child = builder.addProcess({
    pid: 4250,
    parent,
    command: 'python3 thumbnails.py',
    runtime: 'CPython 3.11.7',
    start: 152_300,
  });
  builder.updateProcess(child, { end: 402_000 });
  const main = builder.addThread({ process: parent, tid: 4242, name: 'MainThread', start: 0 });
  const workers = [1, 2, 3].map((number) =>
    builder.addThread({ process: parent, tid: 4243 + number, name: `Worker-${number}`, start: 2000 }),
  );
  const resizer = builder.addThread({ process: child, tid: 4250, name: 'MainThread', start: 152_300 });
  builder.updateThread(resizer, { end: 402_000 });
  const [mainStacks, workerStacks, childStacks] = [MAIN_STACKS, WORKER_STACKS, CHILD_STACKS].map((stacks) =>
    stacks.map(([weight, frames]): [number, StackIndex] => [weight, internPath(builder, frames)]),
  );
  const add = (
    time: number,
    thread: ThreadIndex,
    stacks: [number, StackIndex][],
    busy: number,
    holder: boolean,
  ) => {
    const isBusy = random() < busy;
    const state = isBusy ? (holder ? 1 | STATE_HOLDS_GIL : random() < 0.8 ? 4 : 2) : 3;
    const cpu = state === (1 | STATE_HOLDS_GIL) ? 90 + Math.floor(random() * 20) : 0;
    builder.addSample(
      time,
      thread,
      random() < 0.002 ? -1 : choose(stacks, random()),
      state,
      98 + Math.floor(random() * 5),
      cpu,
    );
  };
  for (let round = 0; round < 6240; round++) {
    const time = round * 100 + Math.floor(random() * 3);
    const holder = Math.floor(random() * 4);
    add(time, main, mainStacks, 0.1, holder === 3);
    for (const [index, worker] of workers.entries()) add(time, worker, workerStacks, 0.85, holder === index);
    if (time >= 152_300 && time < 402_000) add(time, resizer, childStacks, 0.95, true);
    if (round % 10 === 0) {
      builder.addCounter(parent, 'resident', time, 2 ** 20 * memoryAt(round));
      if (time >= 152_300 && time < 402_000)
        builder.addCounter(child, 'resident', time, 2 ** 20 * (40 + (round % 500) / 5));
    }
  }
  builder.mergeFacts({
    producer: 'vmprof 1.0.0',
    host: 'web-1, Linux 6.1.0 x86_64, 8 CPUs',
    command: 'python3 manage.py serve --port 8000',
    startedAt: Date.UTC(2026, 10, 22, 9, 30, 0),
    duration: 62_418_000_000,
    askedRate: 100,
    realRate: 99.97,
    schedule: 'regular',
    mode: 'launched',
    exit: 0,
    rounds: 6240,
    lateRounds: 12,
    missedRounds: 2,
    retriedSamples: 184,
    stoppedSamples: 21,
    lostSamples: { 'thread ended': 9, 'stack changed while it was read': 4 },
    profilerCpu: 840_000_000,
  });
  return builder.build();
}

/** In MiB: a load phase, a plateau, and a spike of requests that was never given back wholly. */
function memoryAt(round: number): number {
  if (round < 800) return 48 + round * 0.4;
  if (round < 3000) return 368 + 20 * Math.sin(round / 90);
  if (round < 4400) return 368 + (round - 3000) * 0.32;
  return 540 + 12 * Math.sin(round / 60);
}

function internPath(builder: ProfileBuilder, frames: readonly string[]): StackIndex {
  let stack: StackIndex | -1 = -1;
  for (const text of frames) {
    const [qualifiedName, place] = text.split(' @ ');
    const [file, firstLine, line] = place.split(' : ');
    const isPython = firstLine !== undefined;
    const row = builder.internFunction({
      name: qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1),
      qualifiedName,
      file,
      ...(isPython ? { firstLine: Number(firstLine) } : {}),
      kind: isPython ? 'python' : 'native',
    });
    stack = builder.internStack(
      stack,
      builder.internFrame({ function: row, ...(isPython ? { line: Number(line) } : {}) }),
    );
  }
  return stack as StackIndex;
}

function choose(stacks: readonly [number, StackIndex][], at: number): StackIndex {
  const sum = stacks.reduce((total, [weight]) => total + weight, 0);
  let rest = at * sum;
  for (const [weight, stack] of stacks) {
    rest -= weight;
    if (rest < 0) return stack;
  }
  return stacks[0][1];
}
