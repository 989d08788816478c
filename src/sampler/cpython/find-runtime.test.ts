import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import type { ReadAt } from '../../symbols/elf/elf.ts';
import { findRuntime, type PythonRuntime, type RuntimeSource } from './find-runtime.ts';
import {
  findFrame,
  type InstalledPython,
  listPythons,
  openRuntimeSource,
  type PythonTarget,
  startPython,
} from './python-targets.testing.ts';
import { readPointer } from './remote-values.ts';
import type { RuntimeFileCache } from './runtime-file.ts';
import { isInterpreter } from './runtime-scan.ts';
import { listThreadStates } from './thread-list.ts';

const targets: PythonTarget[] = [];
afterEach(() => {
  for (const target of targets.splice(0)) target.stop();
});

async function start(...args: Parameters<typeof startPython>): Promise<PythonTarget> {
  const target = await startPython(...args);
  targets.push(target);
  return target;
}

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('is found, with its version and state', async () => {
    const target = await start(python, 'ready()');
    const runtime = target.findRuntime();
    expect(runtime.versionText).toBe(python.version);
    expect(runtime.layout.isFreeThreaded).toBe(python.isFreeThreaded);
    const head = readPointer(target.memory, runtime.runtimeAddress + runtime.layout.runtime.interpretersHead);
    expect(isInterpreter(target.memory, head ?? 0, runtime.layout)).toBe(true);
  });
});

/** The shared library of an interpreter, undefined when it is a static one. */
function libraryOf(python: InstalledPython): string | undefined {
  if (python.root !== '/') return undefined;
  const folder = join(python.command[0], '../../lib');
  const name = `libpython${python.major}.${python.minor}${python.minor < 8 && python.major === 3 ? 'm' : ''}.so.1.0`;
  return existsSync(join(folder, name)) ? join(folder, name) : undefined;
}

const folder = mkdtempSync(join(tmpdir(), 'vmprof-libraries-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes an altered copy under a name that says nothing; loaded instead of the real one, as it has the same soname. */
const ALTERATIONS: Record<string, (path: string) => void> = {
  'without local symbols': (path) => execFileSync('strip', ['--strip-all', path]),
  'without any section or symbol': (path) => {
    const bytes = readFileSync(path);
    // Position, number of section headers, and which of them has the names.
    bytes.fill(0, 40, 48);
    bytes.fill(0, 60, 64);
    writeFileSync(path, bytes);
  },
};

const shared = listPythons().flatMap((python) => {
  const library = libraryOf(python);
  return library === undefined ? [] : [{ name: python.name, python, library }];
});

describe.each(shared)('$name', ({ python, library }) => {
  test.each(Object.keys(ALTERATIONS))('is found in a library %s', async (alteration) => {
    const path = join(folder, `app-${python.version}.so`);
    copyFileSync(library, path);
    execFileSync('chmod', ['u+w', path]);
    ALTERATIONS[alteration](path);
    const target = await start(python, 'ready()', { LD_PRELOAD: path });
    const started = performance.now();
    const runtime = target.findRuntime();
    const elapsed = performance.now() - started;
    expect(runtime.path).toBe(path);
    expect(runtime.versionText).toBe(python.version);
    const head = readPointer(target.memory, runtime.runtimeAddress + runtime.layout.runtime.interpretersHead);
    const states = listThreadStates(target.memory, runtime.layout, runtime.runtimeAddress);
    expect(states?.map((state) => state.interpreter)).toEqual([head]);
    expect(findFrame(target.memory, runtime, 'ready').code.name).toBe('ready');
    expect(elapsed).toBeLessThan(1000);
  });
});

/** A program with an interpreter inside it, stripped, under a name that says nothing: as uWSGI is built. */
const EMBEDDING = `
#include <Python.h>
int main(int argc, char **argv) {
#if PY_MAJOR_VERSION < 3
  Py_NoSiteFlag = 1;  /* its modules want the shared library */
#endif
  Py_Initialize();
  PyRun_SimpleString(argv[2]);
  Py_Finalize();
  return 0;
}`;

const ARCHIVE =
  'import glob, sys, sysconfig; p = sysconfig.get_paths(); ' +
  'print(p["include"]); print(glob.glob(sys.prefix + "/lib/python%d.%d/config*/libpython*.a" % sys.version_info[:2])[0]); print(sys.prefix)';

test.each(shared)('is found inside a stripped program: $name', async ({ python }) => {
  const program = join(folder, `server-${python.version}`);
  const built = buildEmbedding(python, program);
  if (built === undefined) return;
  const target = await start({ ...python, command: [program] }, 'ready()', { PYTHONHOME: built });
  const runtime = target.findRuntime();
  expect(runtime.path).toBe(program);
  expect(runtime.versionText).toBe(python.version);
  expect(findFrame(target.memory, runtime, 'ready').code.name).toBe('ready');
});

/** Links a program with the interpreter's archive; its prefix, or undefined where that is not possible. */
function buildEmbedding(python: InstalledPython, program: string): string | undefined {
  try {
    const [include, archive, prefix] = execFileSync(python.command[0], ['-c', ARCHIVE], {
      encoding: 'utf8',
    }).split('\n');
    writeFileSync(`${program}.c`, EMBEDDING);
    const libraries = ['-lpthread', '-ldl', '-lutil', '-lm'];
    execFileSync('gcc', ['-w', '-s', `-I${include}`, `${program}.c`, archive, '-o', program, ...libraries], {
      stdio: 'ignore',
    });
    return prefix;
  } catch {
    process.stderr.write(`not tested inside a program: ${python.name}, because it cannot be linked\n`);
    return undefined;
  }
}

/** As the recorder does: memory that goes away while a program is replaced is no answer yet. */
function lookOnce(pid: number, cache: RuntimeFileCache): ReturnType<typeof findRuntime> {
  try {
    return findRuntime(openRuntimeSource(pid), cache);
  } catch (error) {
    if (error instanceof ProfilerError && error.code === 'read-fault') return undefined;
    throw error;
  }
}

test.each(listPythons().map((python) => ({ name: python.name, python })))(
  'from exec to the first stack: $name',
  async ({ python }) => {
    const [program, ...args] = python.command;
    const cache: RuntimeFileCache = new Map();
    const child = spawn(program, [...args, '-c', 'input()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const pid = child.pid ?? 0;
    const seen = new Set<string>();
    const deadline = performance.now() + 20_000;
    let runtime: PythonRuntime | undefined;
    while (runtime === undefined && performance.now() < deadline) {
      const found = lookOnce(pid, cache);
      if (typeof found === 'object') runtime = found;
      seen.add(found === undefined ? 'none' : typeof found === 'object' ? 'found' : found);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(runtime?.versionText).toBe(python.version);
    // The answer stays the same from the first moment on.
    for (let round = 0; round < 20; round++) {
      const again = findRuntime(openRuntimeSource(pid), cache);
      expect(again).toMatchObject({ runtimeAddress: runtime?.runtimeAddress, versionText: python.version });
    }
    child.kill('SIGKILL');
  },
);

test('a version that is not known is named', async () => {
  const python = listPythons().find((one) => one.minor === 11 || one.minor === 12);
  if (python === undefined) return;
  const target = await start(python, 'ready()');
  const source = openRuntimeSource(target.pid);
  const hex = Number.parseInt(
    python.version
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join(''),
    16,
  );
  const newer: RuntimeSource = {
    ...source,
    memory: {
      ...source.memory,
      readInto(address, bytes) {
        if (!source.memory.readInto(address, bytes)) return false;
        // Py_Version is read alone; 3.5 was never supported.
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        if (bytes.length === 4 && view.getUint32(0, true) >>> 8 === hex) view.setUint32(0, 0x030502f0, true);
        return true;
      },
    },
  };
  expect(() => findRuntime(newer)).toThrow(/Python 3\.5\.2 cannot be read/);
});

test('files are read once, whatever the number of processes', async () => {
  const [python] = listPythons();
  if (python === undefined) return;
  const cache: RuntimeFileCache = new Map();
  let bytes = 0;
  const count = (source: RuntimeSource): RuntimeSource => ({
    ...source,
    openMappedFile(mapping) {
      const file = source.openMappedFile(mapping);
      const readAt: ReadAt = (offset, length) => {
        bytes += length;
        return file?.readAt(offset, length) ?? new Uint8Array();
      };
      return file && { ...file, readAt };
    },
  });
  const first = await start(python, 'ready()');
  const second = await start(python, 'ready()');
  expect(findRuntime(count(openRuntimeSource(first.pid)), cache)).toMatchObject({
    versionText: python.version,
  });
  expect(bytes).toBeGreaterThan(100);
  expect(bytes).toBeLessThan(1_000_000);
  bytes = 0;
  expect(findRuntime(count(openRuntimeSource(second.pid)), cache)).toMatchObject({
    versionText: python.version,
  });
  expect(bytes).toBe(0);
});

test('a process without Python', () => {
  const child = spawn('sleep', ['60']);
  expect(findRuntime(openRuntimeSource(child.pid ?? 0))).toBeUndefined();
  child.kill();
});
