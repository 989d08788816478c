// The table of offsets that CPython 3.13+ publishes at the beginning of _PyRuntime, for readers like us:
// Include/internal/pycore_debug_offsets.h (3.13: pycore_runtime.h). It is a row of u64 without names, so the order of its
// fields must be known per minor version. What it holds is taken from it and from nowhere else; the few things it leaves
// out (marked "not published" below) are put where the headers of the version have them.

import { ProfilerError } from '../../base/errors.ts';
import type {
  InterpreterFrameLayout,
  InterpreterLayout,
  Layout,
  ObjectLayouts,
  PythonVersion,
} from './layout.ts';
import { DATA_STACK, sizeOfFields } from './layouts.ts';

/** "xdebugpy": what _PyRuntime begins with. */
const COOKIE = 'xdebugpy';
/** Cookie, version, free-threaded flag. */
const HEADER_SIZE = 24;
/** Longer than any known table (3.15: 888 bytes), and _PyRuntime goes on behind it. */
export const DEBUG_OFFSETS_READ_SIZE = 2048;

const RUNTIME = 'runtime_state size finalizing interpreters_head';
const INTERPRETER_313 =
  'interpreter_state size id next threads_head gc imports_modules sysdict builtins ceval_gil gil_runtime_state' +
  ' gil_runtime_state_enabled gil_runtime_state_locked gil_runtime_state_holder';
const INTERPRETER_314 = `${INTERPRETER_313.replace('threads_head', 'threads_head threads_main')} code_object_generation tlbc_generation`;
const THREAD_313 =
  'thread_state size prev next interp current_frame thread_id native_thread_id datastack_chunk status';
const THREAD_315 = `${THREAD_313.replace(
  'current_frame',
  'current_frame base_frame last_profiled_frame last_profiled_frame_seq',
)} holds_gil gil_requested current_exception exc_state`;
const FRAME_313 = 'interpreter_frame size previous executable instr_ptr localsplus owner';
const CODE_313 =
  'code_object size filename name qualname linetable firstlineno argcount localsplusnames localspluskinds co_code_adaptive';
const OBJECT = 'pyobject size ob_type';
const TYPE_313 = 'type_object size tp_name tp_repr tp_flags';
const SEQUENCES = ['tuple_object size ob_item ob_size', 'list_object size ob_item ob_size'];
const SET = 'set_object size used table mask';
const REST_313 = [
  'dict_object size ma_keys ma_values',
  'float_object size ob_fval',
  'long_object size lv_tag ob_digit',
  'bytes_object size ob_size ob_sval',
];
const UNICODE_313 = 'unicode_object size state length asciiobject_size';
const GENERATOR = 'gen_object size gi_name gi_iframe gi_frame_state';

/** Minor version → groups in order: the group's name, then its fields. What follows the last one is of no use to us. */
const GROUPS: Readonly<Record<number, readonly string[]>> = {
  13: [
    ...[RUNTIME, INTERPRETER_313, THREAD_313, FRAME_313, CODE_313, OBJECT, TYPE_313, ...SEQUENCES],
    ...[...REST_313, UNICODE_313],
  ],
  14: [
    ...[RUNTIME, INTERPRETER_314, THREAD_313, `${FRAME_313} stackpointer tlbc_index`, `${CODE_313} co_tlbc`],
    ...[OBJECT, TYPE_313, ...SEQUENCES, SET, ...REST_313, UNICODE_313, 'gc size collecting', GENERATOR],
  ],
  15: [
    ...[RUNTIME, INTERPRETER_314, THREAD_315, 'err_stackitem exc_value'],
    ...[`${FRAME_313} stackpointer tlbc_index`, `${CODE_313} co_tlbc`, OBJECT],
    ...[`${TYPE_313} tp_basicsize tp_dictoffset`, 'heap_type_object size ht_cached_keys', ...SEQUENCES, SET],
    ...[...REST_313, `${UNICODE_313} compactunicodeobject_size`],
    ...['gc size collecting frame generation_stats_size generation_stats', GENERATOR],
  ],
};
const NEWEST_KNOWN_MINOR = 15;

type Table = (name: string) => number;

/** A parsed table. */
export interface DebugOffsets {
  readonly version: PythonVersion;
  /** "3.15.0b4". */
  readonly versionText: string;
  readonly layout: Layout;
}

/**
 * Reads the table from the first DEBUG_OFFSETS_READ_SIZE bytes of _PyRuntime. Undefined when there is none; ProfilerError
 * `unknown-python` when its version, or its contents, make no sense to us.
 */
export function parseDebugOffsets(bytes: Uint8Array): DebugOffsets | undefined {
  if (!hasDebugOffsets(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { version, text } = parseHexVersion(view.getUint32(8, true));
  const groups = GROUPS[Math.min(version.minor, NEWEST_KNOWN_MINOR)];
  if (version.major !== 3 || groups === undefined)
    throw unknownPython(text, 'vmprof does not know this version');
  const values = readTable(view, groups);
  const table: Table = (name) => values.get(name) ?? 0;
  const wrong = findImplausible(values, table);
  if (wrong !== undefined) {
    throw unknownPython(text, `its table of offsets is not the one vmprof expects (${wrong})`);
  }
  const isFreeThreaded = view.getUint32(16, true) !== 0;
  return { version, versionText: text, layout: buildLayout(version, isFreeThreaded, table) };
}

/** Does _PyRuntime begin with a table? */
export function hasDebugOffsets(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_SIZE) return false;
  return [...COOKIE].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

/** PY_VERSION_HEX → numbers and text: 0x030f00b4 is 3.15.0b4. */
export function parseHexVersion(hex: number): { version: PythonVersion; text: string } {
  const version = { major: (hex >>> 24) & 0xff, minor: (hex >>> 16) & 0xff, patch: (hex >>> 8) & 0xff };
  const level = ({ 10: 'a', 11: 'b', 12: 'rc' } as Record<number, string>)[(hex >>> 4) & 0xf];
  const suffix = level === undefined ? '' : `${level}${hex & 0xf}`;
  return { version, text: `${version.major}.${version.minor}.${version.patch}${suffix}` };
}

/** The names of a version's table in order, "group.field"; for tests that make tables. */
export function listDebugOffsets(minor: number): string[] {
  return (GROUPS[minor] ?? []).flatMap((group) => {
    const [name, ...fields] = group.split(' ');
    return fields.map((field) => `${name}.${field}`);
  });
}

function readTable(view: DataView, groups: readonly string[]): Map<string, number> {
  const values = new Map<string, number>();
  let at = HEADER_SIZE;
  for (const group of groups) {
    const [name, ...fields] = group.split(' ');
    for (const field of fields) {
      const high = at + 8 <= view.byteLength ? view.getUint32(at + 4, true) : 1;
      values.set(`${name}.${field}`, high === 0 ? view.getUint32(at, true) : Number.MAX_SAFE_INTEGER);
      at += 8;
    }
  }
  return values;
}

/** Above every real structure: interpreters of 3.13 have some 100 KB, the runtime with its first interpreter up to 1 MB. */
const MAX_OFFSET = 2 ** 20;
const MAX_SIZE = 2 ** 24;
/** Sizes that structures can have. A table in another order than expected does not pass all of them. */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  runtime_state: [1024, MAX_SIZE],
  interpreter_state: [1024, MAX_SIZE],
  thread_state: [200, 8192],
  interpreter_frame: [64, 256],
  code_object: [160, 1024],
  pyobject: [16, 48],
  type_object: [300, 1024],
  tuple_object: [24, 96],
  list_object: [32, 128],
  dict_object: [40, 160],
  float_object: [24, 64],
  long_object: [24, 64],
  bytes_object: [33, 96],
  unicode_object: [48, 160],
};
/** Never 0: these fields follow an object header or other fields. */
const NOT_ZERO =
  'runtime_state.interpreters_head interpreter_state.threads_head interpreter_state.imports_modules' +
  ' thread_state.interp thread_state.current_frame thread_state.thread_id' +
  ' interpreter_frame.instr_ptr interpreter_frame.localsplus interpreter_frame.owner code_object.filename' +
  ' code_object.name code_object.qualname code_object.linetable code_object.firstlineno code_object.co_code_adaptive' +
  ' pyobject.ob_type unicode_object.state unicode_object.length unicode_object.asciiobject_size bytes_object.ob_sval';
/** Never the same place. */
const DISTINCT = [
  'thread_state.next thread_state.interp thread_state.current_frame thread_state.thread_id',
  'interpreter_frame.executable interpreter_frame.previous interpreter_frame.instr_ptr interpreter_frame.localsplus',
  'code_object.filename code_object.name code_object.qualname code_object.linetable code_object.firstlineno',
  'interpreter_state.next interpreter_state.threads_head interpreter_state.imports_modules interpreter_state.sysdict',
];

/** The first thing in the table that cannot be, as text. */
function findImplausible(values: ReadonlyMap<string, number>, table: Table): string | undefined {
  for (const [name, value] of values) {
    const [group, field] = name.split('.');
    const [least, most] = field === 'size' ? (SIZES[group] ?? [0, MAX_SIZE]) : [0, MAX_OFFSET];
    if (value < least || value > most) return `${name} = ${value}`;
    // Offsets lie inside their structure; the GIL's lie in the interpreter, and `_size` fields are sizes.
    const size = values.get(`${group}.size`);
    if (size !== undefined && !field.endsWith('size') && value >= size)
      return `${name} = ${value} of ${size}`;
  }
  for (const name of NOT_ZERO.split(' ')) if (table(name) === 0) return `${name} = 0`;
  for (const names of DISTINCT) {
    const places = names.split(' ').map(table);
    if (new Set(places).size !== places.length) return `${names} = ${places.join(' ')}`;
  }
  return undefined;
}

function unknownPython(version: string, reason: string): ProfilerError {
  return new ProfilerError('unknown-python', `Python ${version} cannot be read: ${reason}.`, {
    facts: { version },
  });
}

function buildLayout(version: PythonVersion, isFreeThreaded: boolean, table: Table): Layout {
  const gil = table('interpreter_state.gil_runtime_state');
  return {
    version,
    isFreeThreaded,
    runtime: {
      interpretersHead: table('runtime_state.interpreters_head'),
      finalizing: table('runtime_state.finalizing'),
    },
    interpreter: buildInterpreter(table),
    thread: buildThread(version, table),
    gil: {
      kind: 'interpreter',
      pointer: table('interpreter_state.ceval_gil'),
      holder: table('interpreter_state.gil_runtime_state_holder') - gil,
      locked: table('interpreter_state.gil_runtime_state_locked') - gil,
      // Published relative to the GIL's structure, unlike the two above, and 0 in builds that always have a GIL.
      enabled: isFreeThreaded ? table('interpreter_state.gil_runtime_state_enabled') : undefined,
    },
    frame: buildFrame(version, table),
    generator: buildGenerator(version, table),
    dataStack: DATA_STACK, // not published
    code: {
      identityBegin:
        Math.ceil(Math.min(table('code_object.argcount'), table('code_object.firstlineno')) / 8) * 8,
      identityEnd: table('code_object.linetable') + 8,
      hasVersion: true,
      argumentCount: table('code_object.argcount'),
      // Not published: neighbours since 3.12.
      keywordOnlyCount: table('code_object.argcount') + 8,
      flags: table('code_object.argcount') - 4,
      firstLine: table('code_object.firstlineno'),
      fileName: table('code_object.filename'),
      name: table('code_object.name'),
      qualifiedName: table('code_object.qualname'),
      lineTable: table('code_object.linetable'),
      lineTableFormat: 'locations',
      codeStart: table('code_object.co_code_adaptive'),
      threadCode: optional(table('code_object.co_tlbc')),
      locals: {
        kind: 'one-tuple',
        names: table('code_object.localsplusnames'),
        kinds: table('code_object.localspluskinds'),
      },
    },
    objects: buildObjects(version, isFreeThreaded, table),
  };
}

/** Fields that are 0 in builds which do not have them. */
function optional(offset: number): number | undefined {
  return offset === 0 ? undefined : offset;
}

function buildInterpreter(table: Table): InterpreterLayout {
  return {
    next: table('interpreter_state.next'),
    threadsHead: table('interpreter_state.threads_head'),
    id: table('interpreter_state.id'),
    modules: table('interpreter_state.imports_modules'),
    sysDict: table('interpreter_state.sysdict'),
    codeGeneration: optional(table('interpreter_state.code_object_generation')),
    threadCodeGeneration: optional(table('interpreter_state.tlbc_generation')),
  };
}

function buildThread(version: PythonVersion, table: Table): Layout['thread'] {
  const has315 = version.minor >= 15;
  const fields = {
    next: table('thread_state.next'),
    previous: table('thread_state.prev'),
    interpreter: table('thread_state.interp'),
    frame: table('thread_state.current_frame'),
    frameIndirection: undefined,
    threadId: table('thread_state.thread_id'),
    nativeThreadId: optional(table('thread_state.native_thread_id')),
    dataStackChunk: optional(table('thread_state.datastack_chunk')),
    status: optional(table('thread_state.status')),
    holdsGil: has315 ? optional(table('thread_state.holds_gil')) : undefined,
    gilRequested: has315 ? optional(table('thread_state.gil_requested')) : undefined,
    baseFrame: has315 ? optional(table('thread_state.base_frame')) : undefined,
  };
  return { ...fields, size: sizeOfFields(Object.values(fields)) };
}

function buildFrame(version: PythonVersion, table: Table): InterpreterFrameLayout {
  const fields = {
    code: table('interpreter_frame.executable'),
    previous: table('interpreter_frame.previous'),
    instruction: table('interpreter_frame.instr_ptr'),
    owner: table('interpreter_frame.owner'),
    threadCodeIndex: optional(table('interpreter_frame.tlbc_index')),
  };
  return {
    kind: 'interpreter-frame',
    ...fields,
    // Not published: 3.14 made every reference in a frame a tagged one.
    tagMask: version.minor >= 14 ? 3 : 0,
    isEntry: undefined,
    locals: table('interpreter_frame.localsplus'),
    size: sizeOfFields(Object.values(fields)),
  };
}

function buildGenerator(version: PythonVersion, table: Table): Layout['generator'] {
  const header = table('pyobject.size');
  // Not published in 3.13.
  if (version.minor === 13) return { frame: header + 56, frameState: header + 51 };
  return { frame: table('gen_object.gi_iframe'), frameState: table('gen_object.gi_frame_state') };
}

function buildObjects(version: PythonVersion, isFreeThreaded: boolean, table: Table): ObjectLayouts {
  const header = table('pyobject.size');
  const has314 = version.minor >= 14;
  const has315 = version.minor >= 15;
  const typeName = table('type_object.tp_name');
  const typeFlags = table('type_object.tp_flags');
  const asciiData = table('unicode_object.asciiobject_size');
  return {
    headerSize: header,
    type: table('pyobject.ob_type'),
    varSize: table('tuple_object.ob_size'),
    typeObject: {
      name: typeName,
      flags: typeFlags,
      // Not published: tp_dict always, the others before 3.15. PyTypeObject itself has not changed since 3.8.
      basicSize: has315 ? table('type_object.tp_basicsize') : typeName + 8,
      dictOffset: has315 ? table('type_object.tp_dictoffset') : typeFlags + 120,
      dict: typeFlags + 96,
      cachedKeys: has315 ? table('heap_type_object.ht_cached_keys') : header + 864,
    },
    text: {
      kind: 'compact',
      length: table('unicode_object.length'),
      state: table('unicode_object.state'),
      // Not published: 3.14's free-threaded builds give the interning state a byte of its own.
      kindShift: isFreeThreaded && has314 ? 8 : 2,
      asciiData,
      compactData: has315 ? table('unicode_object.compactunicodeobject_size') : asciiData + 16,
    },
    bytes: { size: table('bytes_object.ob_size'), data: table('bytes_object.ob_sval') },
    tuple: { size: table('tuple_object.ob_size'), items: table('tuple_object.ob_item') },
    list: { size: table('list_object.ob_size'), items: table('list_object.ob_item') },
    dict: {
      kind: 'ordered',
      used: header, // not published
      keys: table('dict_object.ma_keys'),
      values: table('dict_object.ma_values'),
      keysFormat: 'log2',
      valuesBegin: 8,
    },
    set: has314
      ? {
          used: table('set_object.used'),
          mask: table('set_object.mask'),
          table: table('set_object.table'),
          key: 0,
        }
      : { used: header + 8, mask: header + 16, table: header + 24, key: 0 },
    float: { value: table('float_object.ob_fval') },
    int: { tag: table('long_object.lv_tag'), digits: table('long_object.ob_digit') },
    cell: { value: header }, // not published
    // Not published: garbage collected objects of builds with a GIL have two more words before them.
    attributes: { kind: 'inline-values', dict: isFreeThreaded ? -8 : -24 },
  };
}
