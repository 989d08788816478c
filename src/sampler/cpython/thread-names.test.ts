import { afterEach, describe, expect, test } from 'vitest';
import { openProcessMemory, type ProcessMemory } from '../process/memory.ts';
import { listPythons, type PythonTarget, startPython } from './python-targets.testing.ts';
import { readPointer } from './remote-values.ts';
import { ThreadNameReader } from './thread-names.ts';

let target: PythonTarget | undefined;
afterEach(() => target?.stop());

const PROGRAM = `
import sys, threading
names = [u"worker-1", u"b\\u00fccher", u"\\u65e5\\u672c\\u8a9e", u"\\U0001f40d snake", u"x" * 300]
go, alive = threading.Event(), threading.Semaphore(0)
idents = {}
def wait(name):
    ident = threading.current_thread().ident
    idents[ident] = name
    alive.release(); go.wait()
class Special(threading.Thread):
    __slots__ = ("slot",)
    def __init__(self, **kw):
        threading.Thread.__init__(self, **kw)
        for i in range(40): setattr(self, "attribute%d" % i, i)   # more than shared keys hold
def spawn(cls, name):
    thread = cls(target=wait, args=(name,), name=name if sys.version_info[0] > 2 else name.encode("utf-8")); thread.daemon = True; thread.start(); alive.acquire()
    return thread
threads = [spawn(threading.Thread, name) for name in names] + [spawn(Special, u"special")]
threads[0].name = "renamed"
if sys.version_info[0] == 2: threads[2]._Thread__name = names[2]
idents[threads[0].ident] = u"renamed"
vars(threads[1])   # makes the dict exist in versions that do without
idents[threading.current_thread().ident] = u"MainThread"
def dump():
    import json
    text = json.dumps([[ident, name if isinstance(name, type(u"")) else name.decode("utf-8")] for ident, name in idents.items()])
    sys.stdout.write(text + "\\n"); ready()
dump()
del idents[threads[2].ident]
go.set()
for thread in threads: thread.join()
idents = {threading.current_thread().ident: u"MainThread"}
dump()
`;

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('names of all threads, of any kind', async () => {
    target = await startPython(python, PROGRAM);
    const { layout, runtimeAddress } = target.findRuntime();
    const interpreter = readPointer(target.memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    const names = new ThreadNameReader(target.memory, layout, interpreter);
    expect(sort(names.read())).toEqual(expected(target.output));
    const some = new Set([...names.read().keys()].slice(0, 2));
    expect(new Set(names.read(some).keys())).toEqual(some);
    // Ended threads are gone, and the place to look is still known.
    expect(sort(names.read())).toEqual(expected(target.output));
    const after = await target.next();
    expect(sort(names.read())).toEqual(expected(after));
  });

  test('a program without threading has no names', async () => {
    target = await startPython(python, 'ready()');
    const { layout, runtimeAddress } = target.findRuntime();
    const interpreter = readPointer(target.memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    const names = new ThreadNameReader(target.memory, layout, interpreter);
    expect([...names.read().values()].filter((name) => name !== 'MainThread')).toEqual([]);
  });

  test('wrong memory gives no names, soon', async () => {
    target = await startPython(python, PROGRAM);
    const { layout, runtimeAddress } = target.findRuntime();
    const interpreter = readPointer(target.memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
    for (let seed = 1; seed <= 60; seed++) {
      const memory = spoil(openProcessMemory(target.pid), seed);
      for (const name of new ThreadNameReader(memory, layout, interpreter).read().values()) {
        expect(name.length).toBeLessThanOrEqual(2 * 256);
      }
    }
  });
});

/** Memory in which one read of several gives other bytes. */
function spoil(memory: ProcessMemory, seed: number): ProcessMemory {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const readInto = (address: number, bytes: Uint8Array): boolean => {
    if (!memory.readInto(address, bytes)) return false;
    if (random(12) === 0) for (let times = 0; times < 4; times++) bytes[random(bytes.length)] = random(256);
    return random(50) !== 0;
  };
  return { ...memory, readInto };
}

function sort(names: ReadonlyMap<number, string>): [number, string][] {
  return [...names].sort((a, b) => a[0] - b[0]);
}

function expected(output: string): [number, string][] {
  const pairs = JSON.parse(output) as [number, string][];
  return sort(new Map(pairs.map(([ident, name]) => [ident, [...name].slice(0, 256).join('')])));
}
