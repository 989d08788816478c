// Real interpreters for tests: which ones this machine has, and small programs running in them.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { assertDefined } from '../../base/assert.ts';
import { type MappedFile, readMaps } from '../process/maps.ts';
import { openProcessMemory, type ProcessMemory } from '../process/memory.ts';
import { type CodeObject, readCode } from './code-object.ts';
import { findRuntime, type PythonRuntime, type RuntimeSource } from './find-runtime.ts';
import { FIRST_BOUNDARY_OWNER } from './layout.ts';
import { readPointer } from './remote-values.ts';
import type { OpenedFile } from './runtime-file.ts';
import { listThreadStates } from './thread-list.ts';

/** An interpreter on this machine. */
export interface InstalledPython {
  /** Unique, for test names: "3.14.10 in /opt/sid". */
  readonly name: string;
  /** "3.14.10". */
  readonly version: string;
  readonly minor: number;
  readonly major: number;
  readonly isFreeThreaded: boolean;
  /** Program and first arguments. */
  readonly command: readonly string[];
  /** Directory that is its root; "/" mostly. */
  readonly root: string;
}

const SUPPORTED_MINORS = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/**
 * Interpreters of supported versions: pyenv's, those on the PATH, and those in the directories that VMPROF_TEST_ROOTS
 * lists, which are other roots. What is missing is said on stderr.
 */
export function listPythons(): readonly InstalledPython[] {
  const found = new Map<string, InstalledPython>();
  for (const candidate of listCandidates()) {
    const python = identify(candidate.command, candidate.root);
    if (python !== undefined && !found.has(python.name)) found.set(python.name, python);
  }
  const pythons = [...found.values()].sort((a, b) => a.major - b.major || a.minor - b.minor);
  const missing = ['2.7', ...SUPPORTED_MINORS.map((minor) => `3.${minor}`)].filter(
    (version) => !pythons.some((python) => `${python.major}.${python.minor}` === version),
  );
  if (missing.length > 0) {
    process.stderr.write(`not tested, because not installed: Python ${missing.join(', ')}\n`);
  }
  return pythons;
}

function* listCandidates(): Generator<{ command: string[]; root: string }> {
  const versions = `${process.env.PYENV_ROOT ?? `${process.env.HOME}/.pyenv`}/versions`;
  for (const name of existsSync(versions) ? readdirSync(versions) : []) {
    yield { command: [`${versions}/${name}/bin/python`], root: '/' };
  }
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => existsSync(folder));
  for (const folder of new Set(folders.map((one) => realpathSync(one)))) {
    // pyenv's shims are shell scripts in front of the above.
    if (folder.includes('/shims')) continue;
    for (const name of readdirSync(folder)) {
      if (isPythonName(name)) yield { command: [`${folder}/${name}`], root: '/' };
    }
  }
  for (const root of (process.env.VMPROF_TEST_ROOTS ?? '').split(':').filter(Boolean)) {
    if (!existsSync(`${root}/usr/bin`)) continue;
    for (const name of readdirSync(`${root}/usr/bin`)) {
      if (isPythonName(name)) yield { command: ['chroot', root, `/usr/bin/${name}`], root };
    }
  }
}

function isPythonName(name: string): boolean {
  return /^python(2\.7|3\.\d+t?)$/.test(name);
}

const IDENTIFY =
  'import sys, sysconfig; v = sys.version_info; ' +
  'print("%d.%d.%d %s" % (v[0], v[1], v[2], sysconfig.get_config_var("Py_GIL_DISABLED")))';

function identify(command: readonly string[], root: string): InstalledPython | undefined {
  let text: string;
  try {
    const [program, ...args] = command;
    text = execFileSync(program, [...args, '-c', IDENTIFY], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined; // not an interpreter, or not one that starts
  }
  const [version, flag] = text.trim().split(' ');
  const [major, minor] = version.split('.').map(Number);
  const isFreeThreaded = flag === '1';
  const place = root === '/' ? command[0] : `${command.at(-1)} in ${root}`;
  return {
    name: `${version}${isFreeThreaded ? 't' : ''} (${place})`,
    version,
    major,
    minor,
    isFreeThreaded,
    command,
    root,
  };
}

/** A program running in an interpreter. */
export interface PythonTarget {
  readonly python: InstalledPython;
  readonly pid: number;
  readonly memory: ProcessMemory;
  /** What it printed before "ready", without the line end. */
  readonly output: string;
  /** Lets the program go on after its `input()`, and waits for the next line "ready"; returns what came before it. */
  next(): Promise<string>;
  findRuntime(): PythonRuntime;
  stop(): void;
}

/**
 * What programs of tests begin with: `ready()` tells us to look and waits until `next()` is called. Python 2 and 3.
 */
const PRELUDE = `# -*- coding: utf-8 -*-
import sys
def ready():
    sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
`;

/** Starts a program and waits until it calls ready(). */
export async function startPython(
  python: InstalledPython,
  program: string,
  env: Record<string, string> = {},
): Promise<PythonTarget> {
  const [file, ...args] = python.command;
  const child = spawn(file, [...args, '-c', PRELUDE + program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1', ...env },
  });
  const pid = assertDefined(child.pid, 'the interpreter starts');
  const output = await untilReady(child);
  return {
    python,
    pid,
    memory: openProcessMemory(pid),
    output,
    next() {
      child.stdin?.write('\n');
      return untilReady(child);
    },
    findRuntime() {
      const runtime = findRuntime(openRuntimeSource(pid));
      if (runtime === undefined || runtime === 'not-ready') {
        throw new Error(`no interpreter found in ${python.name}: ${runtime}`);
      }
      return runtime;
    },
    stop() {
      child.kill('SIGKILL');
    },
  };
}

function untilReady(child: ChildProcess): Promise<string> {
  const stdout = assertDefined(child.stdout, 'stdout is a pipe');
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const onData = (piece: Buffer) => {
      pieces.push(piece);
      const text = Buffer.concat(pieces).toString('utf8');
      if (!/(^|\n)ready\n$/.test(text)) return;
      stop();
      resolve(text.replace(/\n?ready\n$/, ''));
    };
    const onExit = (code: number | null) => {
      stop();
      reject(new Error(`the program ended with ${code}: ${Buffer.concat(pieces)}`));
    };
    const stop = () => {
      stdout.off('data', onData);
      child.off('exit', onExit);
    };
    stdout.on('data', onData);
    child.on('exit', onExit);
  });
}

/** The frame of a function of a waiting program: of any thread, the innermost of that name. */
export function findFrame(
  memory: ProcessMemory,
  runtime: PythonRuntime,
  functionName: string,
): { frame: number; code: CodeObject; instruction: number } {
  const { layout } = runtime;
  const at = (address: number) => readPointer(memory, address) ?? 0;
  const names: string[] = [];
  for (const state of listThreadStates(memory, layout, runtime.runtimeAddress) ?? []) {
    let frame = at(state.address + layout.thread.frame);
    if (layout.thread.frameIndirection !== undefined) frame = at(frame + layout.thread.frameIndirection);
    for (; frame !== 0; frame = at(frame + layout.frame.previous)) {
      const reference = at(frame + layout.frame.code);
      if (layout.frame.kind === 'interpreter-frame') {
        if (memory.read(frame + layout.frame.owner, 1)[0] >= FIRST_BOUNDARY_OWNER) continue;
      }
      const tag = layout.frame.kind === 'interpreter-frame' ? reference & layout.frame.tagMask : 0;
      const code = readCode(memory, layout, reference - tag);
      names.push(code?.name ?? '?');
      if (code === undefined || code.name !== functionName) continue;
      const instruction =
        layout.frame.kind === 'frame-object'
          ? new DataView(memory.read(frame + layout.frame.lastInstruction, 4).buffer).getInt32(0, true) *
            layout.frame.instructionUnit
          : at(frame + layout.frame.instruction) - code.codeStart;
      return { frame, code, instruction };
    }
  }
  throw new Error(`no frame of ${functionName}, only of ${names.join(', ')}`);
}

/** A process as findRuntime wants it, its files opened below its own root. */
export function openRuntimeSource(pid: number): RuntimeSource {
  return {
    pid,
    memory: openProcessMemory(pid),
    mappings: readMaps(pid),
    openMappedFile: (mapping) =>
      openFile(`/proc/${pid}/root${mapping.path}`) ?? openFile(mapFile(pid, mapping)),
  };
}

function mapFile(pid: number, mapping: MappedFile): string {
  return `/proc/${pid}/map_files/${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
}

/** Opens a file; undefined when that is not possible. */
export function openFile(path: string): OpenedFile | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  return {
    readAt(offset, length) {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    },
    close: () => closeSync(file),
  };
}
