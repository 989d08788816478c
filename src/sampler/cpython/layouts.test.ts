// Every number of every layout, compared with what the C compiler says about the headers of that version. Layouts of 3.13+
// are read from tables that such programs write, with and without the GIL, so both the order of the table's
// fields and what it does not publish are checked.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { parseDebugOffsets } from './debug-offsets.ts';
import type { Layout } from './layout.ts';
import { findLayout } from './layouts.ts';
import { type InstalledPython, listPythons } from './python-targets.testing.ts';

/** [path in Layout, C expression, first minor, last minor]; minor 2 stands for 2.7. */
type Row = readonly [string, string, number?, number?];

const at = (type: string, field: string) => `offsetof(${type}, ${field})`;
const R = '_PyRuntimeState';
const I = 'PyInterpreterState';
const T = 'PyThreadState';
const F = 'PyFrameObject';
const N = '_PyInterpreterFrame';
const C = 'PyCodeObject';
const GIL = 'struct _gil_runtime_state';

const ROWS: readonly Row[] = [
  ['runtime.interpretersHead', at(R, 'interpreters.head'), 7],
  ['runtime.finalizing', at(R, 'finalizing'), 7, 8],
  ['runtime.finalizing', at(R, '_finalizing'), 9],
  ['interpreter.next', at(I, 'next')],
  ['interpreter.threadsHead', at(I, 'tstate_head'), 2, 10],
  ['interpreter.threadsHead', at(I, 'threads.head'), 11],
  ['interpreter.id', at(I, 'id'), 7],
  ['interpreter.modules', at(I, 'modules'), 2, 11],
  ['interpreter.modules', at(I, 'imports.modules'), 12],
  ['interpreter.sysDict', at(I, 'sysdict')],
  ['interpreter.codeGeneration', at(I, '_code_object_generation'), 14],
  ['thread.next', at(T, 'next')],
  ['thread.previous', at(T, 'prev'), 6],
  ['thread.interpreter', at(T, 'interp')],
  ['thread.frame', at(T, 'frame'), 2, 10],
  ['thread.frame', at(T, 'cframe'), 11, 12],
  ['thread.frame', at(T, 'current_frame'), 13],
  ['thread.frameIndirection', at('_PyCFrame', 'current_frame'), 11, 12],
  ['thread.threadId', at(T, 'thread_id')],
  ['thread.nativeThreadId', at(T, 'native_thread_id'), 11],
  ['thread.dataStackChunk', at(T, 'datastack_chunk'), 11],
  ['thread.status', at(T, '_status'), 12],
  ['thread.holdsGil', at(T, 'holds_gil'), 15],
  ['thread.gilRequested', at(T, 'gil_requested'), 15],
  ['thread.baseFrame', at(T, 'base_frame'), 15],
  ['gil.currentThread', at(R, 'gilstate.tstate_current'), 7, 11],
  ['gil.pointer', at(I, 'ceval.gil'), 12],
  ['gil.holder', at(GIL, 'last_holder'), 12],
  ['gil.locked', at(GIL, 'locked'), 12],
  ['frame.code', at(F, 'f_code'), 2, 10],
  ['frame.previous', at(F, 'f_back'), 2, 10],
  ['frame.lastInstruction', at(F, 'f_lasti'), 2, 10],
  ['frame.locals', at(F, 'f_localsplus'), 2, 10],
  ['frame.code', at(N, 'f_code'), 11, 12],
  ['frame.code', at(N, 'f_executable'), 13],
  ['frame.previous', at(N, 'previous'), 11],
  ['frame.instruction', at(N, 'prev_instr'), 11, 12],
  ['frame.instruction', at(N, 'instr_ptr'), 13],
  ['frame.owner', at(N, 'owner'), 11],
  ['frame.isEntry', at(N, 'is_entry'), 11, 11],
  ['frame.locals', at(N, 'localsplus'), 11],
  ['generator.frame', at('PyGenObject', 'gi_iframe'), 11],
  ['generator.frameState', at('PyGenObject', 'gi_frame_state'), 11],
  ['dataStack.previous', at('_PyStackChunk', 'previous'), 11],
  ['dataStack.size', at('_PyStackChunk', 'size'), 11],
  ['dataStack.top', at('_PyStackChunk', 'top'), 11],
  ['dataStack.data', at('_PyStackChunk', 'data'), 11],
  ['code.argumentCount', at(C, 'co_argcount')],
  ['code.keywordOnlyCount', at(C, 'co_kwonlyargcount'), 6],
  ['code.flags', at(C, 'co_flags')],
  ['code.firstLine', at(C, 'co_firstlineno')],
  ['code.fileName', at(C, 'co_filename')],
  ['code.name', at(C, 'co_name')],
  ['code.qualifiedName', at(C, 'co_qualname'), 11],
  ['code.lineTable', at(C, 'co_lnotab'), 2, 9],
  ['code.lineTable', at(C, 'co_linetable'), 10],
  ['code.codeStart', at(C, 'co_code_adaptive'), 11],
  ['code.locals.names', at(C, 'co_varnames'), 2, 10],
  ['code.locals.cellNames', at(C, 'co_cellvars'), 2, 10],
  ['code.locals.freeNames', at(C, 'co_freevars'), 2, 10],
  ['code.locals.names', at(C, 'co_localsplusnames'), 11],
  ['code.locals.kinds', at(C, 'co_localspluskinds'), 11],
  ['objects.headerSize', 'sizeof(PyObject)'],
  ['objects.type', at('PyObject', 'ob_type')],
  ['objects.varSize', at('PyVarObject', 'ob_size')],
  ['objects.typeObject.name', at('PyTypeObject', 'tp_name')],
  ['objects.typeObject.basicSize', at('PyTypeObject', 'tp_basicsize')],
  ['objects.typeObject.flags', at('PyTypeObject', 'tp_flags')],
  ['objects.typeObject.dictOffset', at('PyTypeObject', 'tp_dictoffset')],
  ['objects.typeObject.dict', at('PyTypeObject', 'tp_dict')],
  ['objects.typeObject.cachedKeys', at('PyHeapTypeObject', 'ht_cached_keys'), 6],
  ['objects.text.length', at('PyUnicodeObject', 'length'), 2, 2],
  ['objects.text.data', at('PyUnicodeObject', 'str'), 2, 2],
  ['objects.text.length', at('PyASCIIObject', 'length'), 3],
  ['objects.text.state', at('PyASCIIObject', 'state'), 3],
  ['objects.text.asciiData', 'sizeof(PyASCIIObject)', 3],
  ['objects.text.compactData', 'sizeof(PyCompactUnicodeObject)', 3],
  ['objects.text.compactData', at('PyUnicodeObject', 'data'), 3],
  [
    'objects.text.kindShift',
    '({ PyASCIIObject a; memset(&a, 0, sizeof a); a.state.kind = 1; __builtin_ctz(*(unsigned *)&a.state); })',
    3,
  ],
  ['objects.bytes.size', at('PyVarObject', 'ob_size')],
  ['objects.bytes.data', at('PyBytesObject', 'ob_sval')],
  ['objects.tuple.size', at('PyVarObject', 'ob_size')],
  ['objects.tuple.items', at('PyTupleObject', 'ob_item')],
  ['objects.list.size', at('PyVarObject', 'ob_size')],
  ['objects.list.items', at('PyListObject', 'ob_item')],
  ['objects.dict.used', at('PyDictObject', 'ma_used')],
  ['objects.dict.mask', at('PyDictObject', 'ma_mask'), 2, 2],
  ['objects.dict.table', at('PyDictObject', 'ma_table'), 2, 2],
  ['objects.dict.keys', at('PyDictObject', 'ma_keys'), 3],
  ['objects.dict.values', at('PyDictObject', 'ma_values'), 3],
  ['objects.dict.valuesBegin', at('struct _dictvalues', 'values'), 11],
  ['objects.set.used', at('PySetObject', 'used')],
  ['objects.set.mask', at('PySetObject', 'mask')],
  ['objects.set.table', at('PySetObject', 'table')],
  ['objects.set.key', at('setentry', 'key')],
  ['objects.float.value', at('PyFloatObject', 'ob_fval')],
  ['objects.float.value', at('PyComplexObject', 'cval')],
  ['objects.int.digits', at('struct _longobject', 'ob_digit'), 2, 11],
  ['objects.int.digits', at('struct _longobject', 'long_value.ob_digit'), 12],
  ['objects.int.tag', at('struct _longobject', 'long_value.lv_tag'), 12],
  ['objects.cell.value', at('PyCellObject', 'ob_ref')],
  ['objects.attributes.pointer', '-24', 12, 12],
  ['objects.attributes.dict', 'MANAGED_DICT_OFFSET', 11, 11],
  ['objects.attributes.dict', 'MANAGED_DICT_OFFSET', 13],
];

/** Only in builds that can do without GIL. */
const FREE_THREADED_ROWS: readonly Row[] = [
  ['gil.enabled', at(GIL, 'enabled'), 13],
  ['frame.threadCodeIndex', at(N, 'tlbc_index'), 14],
  ['code.threadCode', at(C, 'co_tlbc'), 14],
  ['interpreter.threadCodeGeneration', at(I, 'tlbc_indices.tlbc_generation'), 14],
];

const folder = join(mkdtempSync(join(tmpdir(), 'vmprof-layouts-')), 'c');
beforeAll(() => {
  mkdirSync(folder);
});
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

const hasCompiler = ['gcc', 'cc'].find((name) => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
if (hasCompiler === undefined) process.stderr.write('layouts are not compared with headers: no C compiler\n');

interface Headers {
  readonly name: string;
  readonly python: InstalledPython;
  readonly folders: readonly string[];
}

/** One installation of headers for each minor version. */
function listHeaders(): Headers[] {
  const found = new Map<string, Headers>();
  for (const python of listPythons()) {
    const [program, ...args] = python.command;
    const script =
      'import sysconfig; p = sysconfig.get_paths(); print(p["include"]); print(p.get("platinclude"))';
    const paths = execFileSync(program, [...args, '-c', script], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const root = python.root === '/' ? '' : python.root;
    const name = `${python.major}.${python.minor}`;
    const folders = paths.map((path) => findInclude(root + path, name));
    const probe = python.major === 2 ? 'frameobject.h' : 'Python.h';
    if (!existsSync(`${folders[0]}/${probe}`)) continue;
    if (python.minor >= 8 && !existsSync(`${folders[0]}/internal`)) continue;
    if (!found.has(name)) found.set(name, { name, python, folders });
  }
  for (const minor of ['2.7', '3.6', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15']) {
    if (!found.has(minor))
      process.stderr.write(`layout of ${minor} is not compared: its headers are missing\n`);
  }
  return [...found.values()];
}

/** A folder of headers, or the one of this version below a folder in VMPROF_TEST_INCLUDES (colon separated). */
function findInclude(path: string, version: string): string {
  if (existsSync(`${path}/Python.h`)) return path;
  const others = (process.env.VMPROF_TEST_INCLUDES ?? '')
    .split(':')
    .map((folder) => `${folder}/python${version}`);
  return others.find((folder) => existsSync(`${folder}/Python.h`)) ?? path;
}

const headers = hasCompiler === undefined ? [] : listHeaders();
const variants = headers.flatMap((one) => [
  { ...one, isFreeThreaded: false },
  ...(one.python.major === 3 && one.python.minor >= 13
    ? [{ ...one, name: `${one.name} free-threaded`, isFreeThreaded: true }]
    : []),
]);

if (variants.length === 0) {
  test('layouts', (context) => skip(context, 'there is no C compiler here, or no headers of a Python'));
}

describe.each(variants)('layout of $name', ({ python, folders, isFreeThreaded }) => {
  test('is what the headers say', () => {
    const minor = python.major === 2 ? 2 : python.minor;
    const rows = [...ROWS, ...(isFreeThreaded ? FREE_THREADED_ROWS : [])].filter(
      ([, , first = 2, last = 99]) => minor >= first && minor <= last,
    );
    const output = compileAndRun(python, folders, isFreeThreaded, rows);
    const layout = layoutOf(python, output.table);
    expect(layout.isFreeThreaded).toBe(isFreeThreaded);
    for (const [index, [path]] of rows.entries()) {
      expect([path, getPath(layout, path)]).toEqual([path, output.values[index]]);
    }
    checkTotals(layout);
    if (!isFreeThreaded) {
      for (const [path] of FREE_THREADED_ROWS)
        expect([path, getPath(layout, path)]).toEqual([path, undefined]);
    }
    expect(rows.length).toBeGreaterThan(45);
  });
});

function layoutOf(python: InstalledPython, table: Uint8Array): Layout {
  const [major, minor, patch] = python.version.split('.').map(Number);
  const layout = python.minor >= 13 ? parseDebugOffsets(table)?.layout : findLayout({ major, minor, patch });
  if (layout === undefined) throw new Error(`no layout of ${python.version}`);
  return layout;
}

/** What is computed from other numbers. */
function checkTotals(layout: Layout): void {
  const { thread, frame, code } = layout;
  for (const [name, value] of Object.entries(thread)) {
    if (name !== 'size' && name !== 'frameIndirection' && value !== undefined) {
      expect(value + 8).toBeLessThanOrEqual(thread.size);
    }
  }
  expect(frame.size % 8).toBe(0);
  expect(frame.size).toBeGreaterThan(
    frame.kind === 'frame-object' ? frame.lastInstruction : frame.instruction,
  );
  expect([code.identityBegin % 8, code.identityEnd % 8]).toEqual([0, 0]);
  for (const place of [code.fileName, code.name, code.firstLine, code.lineTable]) {
    expect(place).toBeGreaterThanOrEqual(code.identityBegin);
    expect(place).toBeLessThan(code.identityEnd);
  }
  if (code.codeStart !== undefined) expect(code.identityEnd).toBeLessThan(code.codeStart);
}

function getPath(layout: Layout, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, layout);
}

/** Compiles a program that prints the rows' numbers, and behind them the table of 3.13+. */
function compileAndRun(
  python: InstalledPython,
  folders: readonly string[],
  isFreeThreaded: boolean,
  rows: readonly Row[],
): { values: number[]; table: Uint8Array } {
  const name = join(folder, `p${python.major}${python.minor}${isFreeThreaded ? 't' : ''}`);
  writeFileSync(`${name}.c`, writeProgram(python, folders, isFreeThreaded, rows));
  // Debian keeps pyconfig.h in a folder of the architecture, and refers to it from the parent folder.
  const parents = folders.map((one) => join(one, '..'));
  const includes = [...folders, ...folders.map((one) => `${one}/internal`), ...parents].flatMap((one) => [
    '-I',
    one,
  ]);
  execFileSync(hasCompiler ?? 'cc', ['-w', ...includes, ...archFolders(parents[0]), `${name}.c`, '-o', name]);
  const [text, hex = ''] = execFileSync(name, { encoding: 'utf8' }).split('table ');
  return { values: text.trim().split('\n').map(Number), table: Buffer.from(hex.trim(), 'hex') };
}

function archFolders(parent: string): string[] {
  const names = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
  return names
    .map((name) => `${parent}/${name}`)
    .filter((path) => existsSync(path))
    .flatMap((path) => ['-I', path]);
}

function writeProgram(
  python: InstalledPython,
  folders: readonly string[],
  isFreeThreaded: boolean,
  rows: readonly Row[],
): string {
  const minor = python.major === 2 ? 2 : python.minor;
  const files = ['Python.h', 'frameobject.h'];
  if (minor < 11) files.push('longintrepr.h', 'code.h');
  if (minor === 7) files.push('internal/pystate.h');
  if (minor === 8) files.push('internal/pycore_pystate.h');
  if (minor >= 9)
    files.push('internal/pycore_interp.h', 'internal/pycore_runtime.h', 'internal/pycore_gil.h');
  if (minor >= 11) files.push('internal/pycore_dict.h', 'internal/pycore_frame.h', 'internal/pycore_code.h');
  if (minor >= 11) files.push('internal/pycore_object.h', 'cpython/genobject.h');
  if (minor === 13) files.push('internal/pycore_runtime_init.h');
  if (minor >= 14) files.push('internal/pycore_interpframe.h', 'internal/pycore_debug_offsets.h');
  const lines = ['#include <stddef.h>', '#include <string.h>', '#include <stdio.h>'];
  if (minor >= 7) lines.unshift('#define Py_BUILD_CORE 1');
  if (isFreeThreaded) lines.unshift('#define Py_GIL_DISABLED 1');
  lines.push(...files.map((file) => `#include "${file}"`));
  if (minor >= 13) lines.push(writeTable(minor, folders[0]));
  lines.push('int main(void) {');
  lines.push(...rows.map(([, expression]) => `printf("%ld\\n", (long)(${expression}));`));
  if (minor >= 13) {
    lines.push('printf("table ");');
    lines.push('for (size_t i = 0; i < sizeof table; i++) printf("%02x", ((unsigned char *)&table)[i]);');
  }
  lines.push('return 0; }');
  return lines.join('\n');
}

/** A variable with the table as the interpreter has it. */
function writeTable(minor: number, folder: string): string {
  if (minor >= 14) return 'struct _Py_DebugOffsets table = _Py_DebugOffsets_INIT(_Py_Debug_Cookie);';
  // In 3.13 it is a part of a macro that cannot be used outside of the interpreter.
  const text = readFileSync(`${folder}/internal/pycore_runtime_init.h`, 'utf8');
  const begin = text.indexOf('.debug_offsets = {') + '.debug_offsets = '.length;
  const end = text.indexOf('\n        }, \\', begin);
  const initializer = text
    .slice(begin, end)
    .replaceAll('\\\n', '\n')
    .replace('debug_cookie', '_Py_Debug_Cookie');
  return `struct _Py_DebugOffsets table = ${initializer}\n};`;
}
