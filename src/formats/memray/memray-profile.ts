// What memray's reports have in common: stacks with bytes and numbers of allocations. https://bloomberg.github.io/memray/

import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex, FunctionKind, ProcessIndex, ThreadIndex } from '../../profile/tables.ts';

/** Time units of the profile, in milliseconds. */
export const TIME_UNIT = 0.1;
const MAX_INT32 = 0x7fff_ffff;

export class MemrayProfile {
  readonly builder = new ProfileBuilder({
    timeUnit: TIME_UNIT * 1e6,
    weights: [
      { type: 'allocated', unit: 'bytes', scale: 1, storage: 'float64' },
      { type: 'allocations', unit: 'count', scale: 1, storage: 'float64' },
    ],
  });
  readonly process: ProcessIndex;
  readonly #threads = new Map<string, ThreadIndex>();

  constructor() {
    this.builder.mergeFacts({ mode: 'imported', producer: 'memray' });
    this.process = this.builder.addProcess({ pid: 0, command: '', start: 0 });
  }

  /** `0x1 (worker)`, or only the number. */
  internThread(thread: string): ThreadIndex {
    // The root of flame graphs is of no thread.
    const title = thread === '0x0' ? '' : thread;
    const known = this.#threads.get(title);
    if (known !== undefined) return known;
    const [, id = '', name] = /^(0x[0-9a-f]+|\d+)(?: \((.*)\))?$/.exec(title) ?? [];
    const number = Number(id);
    const isId = id !== '' && number > 0 && number <= MAX_INT32;
    const shown = name ?? (isId || title === '' ? undefined : `thread ${title}`);
    const row = this.builder.addThread({
      process: this.process,
      tid: isId ? number : 0,
      start: 0,
      ...(shown === undefined ? {} : { name: shown }),
    });
    this.#threads.set(title, row);
    return row;
  }

  /** `line` is 0 where unknown. */
  internFrame(name: string, file: string, line: number): FrameIndex {
    const isNative = /\.(so[.\d]*|[ch]|cc|cpp|cxx|hpp|S|pyx|rs)$/.test(file);
    const kind: FunctionKind = isNative ? 'native' : file === '' ? 'other' : 'python';
    const func = this.builder.internFunction({ name, kind, ...(file === '' ? {} : { file }) });
    const isLine = Number.isInteger(line) && line > 0 && line <= MAX_INT32;
    return this.builder.internFrame({
      function: func,
      ...(isLine ? { line } : {}),
      ...(kind === 'native' ? { tier: 'native' } : {}),
    });
  }
}
