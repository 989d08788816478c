import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { findRuntime } from './find-runtime.ts';
import { listPythons, openRuntimeSource, type PythonTarget, startPython } from './python-targets.testing.ts';
import { readPointer } from './remote-values.ts';
import { isInterpreter } from './runtime-scan.ts';

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

test('a process without Python', () => {
  const child = spawn('sleep', ['60']);
  expect(findRuntime(openRuntimeSource(child.pid ?? 0))).toBeUndefined();
  child.kill();
});
