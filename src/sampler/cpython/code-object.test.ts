import { afterEach, describe, expect, test } from 'vitest';
import type { ProcessMemory } from '../process/memory.ts';
import { type CodeObject, readCode } from './code-object.ts';
import type { Layout } from './layout.ts';
import { lineAt } from './line-table.ts';
import { findFrame, listPythons, type PythonTarget, startPython } from './python-targets.testing.ts';

let target: PythonTarget | undefined;
afterEach(() => target?.stop());

/** Functions with names of every kind; each prints what it is called, and waits. */
const NAMES = `
import json, sys
PY2 = sys.version_info[0] == 2
text = (lambda s: s.decode("utf-8")) if PY2 else (lambda s: s)
def run(name, file):
    source = "def %s():\\n\\n  ready()\\nclass Outer(object):\\n  class Inner(object):\\n    def method(self):\\n      %s()\\nOuter.Inner().method()\\n" % (name, name)
    code = compile("# -*- coding: utf-8 -*-\\n" + source, file, "exec")
    functions = {"ready": lambda: (sys.stdout.write(json.dumps([text(name), text(file)]) + "\\n"), ready())}
    exec(code, functions)
run("plain", "plain.py")
run("x" * 5000, "/long/" + "y" * 3000 + ".py")
if not PY2:
    run("b\\u00fccher", "caf\\u00e9.py")              # latin-1: one byte a character, not ASCII
    run("\\u65e5\\u672c", "\\u65e5\\u672c/\\u0416.py")   # two bytes
    run("\\U00020000\\U0001d4d0x", "\\U0001f4a9/m\\U0001f40d.py")   # four bytes; identifiers are NFKC
    run("f", "bytes\\udcff.py")             # undecodable bytes in a path
else:
    run("f", "b\\xc3\\xbc.py")
    run("f", "b\\xfc.py") if False else run("g", "z.py")
`;

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('names, files and lines of every kind', async () => {
    target = await startPython(python, NAMES);
    const runtime = target.findRuntime();
    const count = python.major === 2 ? 4 : 6;
    let { output } = target;
    for (let round = 0; round < count; round++) {
      const [name, file] = JSON.parse(output) as [string, string];
      const normal = name.normalize('NFKC');
      const { code, instruction } = findFrame(target.memory, runtime, normal);
      expect([code.name, code.fileName]).toEqual([normal, file]);
      expect(code.firstLine).toBe(2);
      expect(lineAt(code.lines, instruction)).toBe(4);
      const method = findFrame(target.memory, runtime, 'method');
      expect(lineAt(method.code.lines, method.instruction)).toBe(8);
      expect(method.code.qualifiedName).toBe(python.minor >= 11 ? 'Outer.Inner.method' : undefined);
      const module = findFrame(target.memory, runtime, '<module>');
      expect(lineAt(module.code.lines, module.instruction)).toBe(9);
      expect(identityNow(target.memory, code)).toEqual(code.fingerprint);
      if (round + 1 < count) output = await target.next();
    }
  });

  test('another code object at the same address is another one', async () => {
    target = await startPython(python, REUSE);
    const { layout } = target.findRuntime();
    const known = new Map<number, CodeObject>();
    let reused = 0;
    let { output } = target;
    for (let round = 0; round < 60; round++) {
      const [address, name, file, line] = JSON.parse(output) as [number, string, string, number];
      const old = known.get(address);
      if (old !== undefined) {
        // Addresses are used again, and the fingerprint says so.
        reused++;
        expect(identityNow(target.memory, old)).not.toEqual(old.fingerprint);
      }
      const code = readCode(target.memory, layout, address);
      expect([code?.name, code?.fileName, code?.firstLine]).toEqual([name, file, line]);
      if (code !== undefined) known.set(address, code);
      output = await target.next();
    }
    expect(reused).toBeGreaterThan(10);
  });

  test('what is no code object is none', async () => {
    target = await startPython(python, 'ready()');
    const runtime = target.findRuntime();
    const { code, frame } = findFrame(target.memory, runtime, 'ready');
    expect(readCode(target.memory, runtime.layout, 0)).toBeUndefined();
    expect(readCode(target.memory, runtime.layout, frame)).toBeUndefined();
    expect(readCode(target.memory, runtime.layout, code.address + 16)).toBeUndefined();
    expect(readCode(fail(target.memory), runtime.layout, code.address)).toBeUndefined();
    changing(target.memory, runtime.layout, code);
  });
});

/** Functions made and dropped: the same names in turn, so that everything can come back at the same place. */
const REUSE = `
import gc, json, sys
for round in range(100):
    name, file = "f%d" % (round % 7), "file%d.py" % (round % 3)
    space = {}
    exec(compile("\\n" * (round % 5) + "def %s(a, b):\\n  return a\\n" % name, file, "exec"), space)
    code = space[name].__code__
    sys.stdout.write(json.dumps([id(code), name, file, round % 5 + 1]) + "\\n")
    ready()
    del space, code
    gc.collect()
`;

function identityNow(memory: ProcessMemory, code: CodeObject): Uint32Array {
  const bytes = code.identity.flatMap(({ address, length }) => [...memory.read(address, length)]);
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}

/** Memory of which the third read and all that follow fail. */
function fail(memory: ProcessMemory): ProcessMemory {
  let reads = 0;
  return { ...memory, readInto: (address, bytes) => ++reads < 3 && memory.readInto(address, bytes) };
}

/** A code object that changes while its texts are read is none. */
function changing(memory: ProcessMemory, layout: Layout, code: CodeObject): void {
  let reads = 0;
  const changed: ProcessMemory = {
    ...memory,
    readInto(address, bytes) {
      if (!memory.readInto(address, bytes)) return false;
      // The line number.
      if (address === code.address && reads++ === 0) bytes[layout.code.firstLine]++;
      return true;
    },
  };
  expect(readCode(changed, layout, code.address)).toBeUndefined();
}
