// What layouts say about running interpreters: locks, generators, chunks, counters, several interpreters.

import { afterEach, describe, expect, test } from 'vitest';
import { OWNER_GENERATOR, OWNER_THREAD } from './layout.ts';
import { findFrame, listPythons, type PythonTarget, startPython } from './python-targets.testing.ts';
import { readPointer, readView } from './remote-values.ts';
import { listThreadStates } from './thread-list.ts';
import { TypeReader } from './types.ts';

let target: PythonTarget | undefined;
afterEach(() => target?.stop());

/** Three threads: one holds the lock all the time, two wait in the system. */
const HOLDER = `
import sys, threading, time
if hasattr(sys, "setswitchinterval"): sys.setswitchinterval(100)
else: sys.setcheckinterval(10**9)
started = threading.Event()
def sleeper():
    started.set(); sys.stdin.readline()
thread = threading.Thread(target=sleeper); thread.daemon = True; thread.start(); started.wait()
def spin():
    while True: pass
time.sleep(0.05)
sys.stdout.write("ready\\n"); sys.stdout.flush()
spin()
`;

const GENERATORS = `
def generator():
    ready(); yield 1
def plain(): return next(iter(generator()))
plain()
`;

/** Sub-interpreters through whatever module this version has. */
const INTERPRETERS = `
import sys
create = None
for name in ["_interpreters", "_xxsubinterpreters", "_testcapi"]:
    try: create = getattr(__import__(name), "create", None)
    except ImportError: pass
    if create: break
made = [create() for i in range(3)] if create else []
sys.stdout.write("%d\\n" % len(made)); ready()
`;

const FREED = `
import gc
gc.disable()
space = {}
exec("def f(): pass", space)
ready()
del space["f"]
space.clear()
ready()
`;

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('tells who holds the lock', async () => {
    target = await startPython(python, HOLDER);
    const { memory } = target;
    const { layout, runtimeAddress, currentThreadAddress } = target.findRuntime();
    const states = listThreadStates(memory, layout, runtimeAddress) ?? [];
    expect(states.length).toBe(2);
    // The oldest state is the main thread's, which spins.
    const [main] = states;
    const deadline = performance.now() + 20_000;
    const holders = new Set<number | undefined>();
    while (!holders.has(main.address) && performance.now() < deadline) holders.add(holder());
    for (let round = 0; round < 1000; round++) expect(holder()).toBe(main.address);

    function holder(): number | undefined {
      const { gil } = layout;
      switch (gil.kind) {
        case 'current-thread':
          return readPointer(memory, currentThreadAddress ?? 0);
        case 'runtime':
          return readPointer(memory, runtimeAddress + gil.currentThread);
        case 'interpreter': {
          const address = readPointer(memory, main.interpreter + gil.pointer) ?? 0;
          if (readView(memory, address + gil.locked, 4)?.getInt32(0, true) !== 1) return 0;
          return readPointer(memory, address + gil.holder);
        }
      }
    }
    if (layout.thread.holdsGil !== undefined) {
      const holds = states.map((state) =>
        readView(memory, state.address + (layout.thread.holdsGil ?? 0), 4)?.getInt32(0, true),
      );
      expect(holds).toEqual([1, 0]);
    }
  });

  test('nobody holds the lock while all wait', async () => {
    target = await startPython(python, 'ready()');
    const { memory } = target;
    const { layout, runtimeAddress, currentThreadAddress } = target.findRuntime();
    const { gil } = layout;
    const interpreter = readPointer(memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    const isFree = (): boolean => {
      if (gil.kind === 'current-thread') return readPointer(memory, currentThreadAddress ?? 0) === 0;
      if (gil.kind === 'runtime') return readPointer(memory, runtimeAddress + gil.currentThread) === 0;
      const address = readPointer(memory, interpreter + gil.pointer) ?? 0;
      return readView(memory, address + gil.locked, 4)?.getInt32(0, true) === 0;
    };
    // It says ready just before it begins to wait.
    await expect.poll(isFree, { timeout: 20_000 }).toBe(true);
  });

  test('generators hold their frames, the data stack those of functions', async () => {
    target = await startPython(python, GENERATORS);
    const { memory } = target;
    const runtime = target.findRuntime();
    const { layout } = runtime;
    const { frame } = findFrame(memory, runtime, 'generator');
    const plain = findFrame(memory, runtime, 'plain').frame;
    const types = new TypeReader(memory, layout);
    if (layout.frame.kind === 'frame-object') {
      expect(types.typeOf(frame)?.name).toBe('frame');
      expect([layout.generator, layout.dataStack]).toEqual([undefined, undefined]);
      return;
    }
    const frameLayout = layout.frame;
    const owner = (address: number) => readView(memory, address + frameLayout.owner, 1)?.getUint8(0);
    expect(owner(frame)).toBe(OWNER_GENERATOR);
    expect(types.typeOf(frame - (layout.generator?.frame ?? 0))?.name).toBe('generator');
    expect(owner(plain)).toBe(OWNER_THREAD);
    const [state] = listThreadStates(memory, layout, runtime.runtimeAddress) ?? [];
    const { dataStack, thread } = layout;
    const chunk = readPointer(memory, state.address + (thread.dataStackChunk ?? 0)) ?? 0;
    const size = readPointer(memory, chunk + (dataStack?.size ?? 0)) ?? 0;
    expect([size % 4096, size > 0]).toEqual([0, true]);
    expect(plain).toBeGreaterThan(chunk);
    expect(plain).toBeLessThan(chunk + size);
    expect(frame < chunk || frame >= chunk + size).toBe(true);
  });

  test('several interpreters', async () => {
    target = await startPython(python, INTERPRETERS);
    const { layout, runtimeAddress } = target.findRuntime();
    const count = Number(target.output);
    const ids: (number | undefined)[] = [];
    let at = readPointer(target.memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    for (; at !== 0; at = readPointer(target.memory, at + layout.interpreter.next) ?? 0) {
      ids.push(layout.interpreter.id && readPointer(target.memory, at + layout.interpreter.id));
      const types = new TypeReader(target.memory, layout);
      for (const place of [layout.interpreter.modules, layout.interpreter.sysDict]) {
        const dict = readPointer(target.memory, at + place) ?? 0;
        expect(types.typeOf(dict)?.base).toBe('dict');
      }
    }
    const expected = Array.from({ length: count + 1 }, (_, index) => count - index);
    expect(ids).toEqual(layout.interpreter.id === undefined ? [undefined] : expected);
  });

  test('counts freed code objects', async () => {
    target = await startPython(python, FREED);
    const { layout, runtimeAddress } = target.findRuntime();
    const { codeGeneration } = layout.interpreter;
    expect(codeGeneration !== undefined).toBe(python.minor >= 14);
    if (codeGeneration === undefined) return;
    const interpreter = readPointer(target.memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    const before = readPointer(target.memory, interpreter + codeGeneration) ?? 0;
    await target.next();
    expect(readPointer(target.memory, interpreter + codeGeneration)).toBeGreaterThan(before);
  });
});
