import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import {
  DEBUG_OFFSETS_READ_SIZE,
  hasDebugOffsets,
  listDebugOffsets,
  parseDebugOffsets,
  parseHexVersion,
} from './debug-offsets.ts';

/** Sizes, generous so that fields can be moved inside them. */
const SIZES: Readonly<Record<string, number>> = {
  runtime_state: 400_000,
  interpreter_state: 300_000,
  thread_state: 1000,
  interpreter_frame: 240,
  code_object: 900,
  pyobject: 16,
  type_object: 900,
  heap_type_object: 4000,
  tuple_object: 90,
  list_object: 120,
  set_object: 300,
  dict_object: 150,
  float_object: 60,
  long_object: 60,
  bytes_object: 90,
  unicode_object: 150,
  gc: 400,
  gen_object: 400,
};

/** A table in which every field has a place of its own in its structure, `step` bytes apart. */
function makeTable(
  minor: number,
  step: number,
  options: { hex?: number; isFreeThreaded?: boolean; change?: Record<string, number> } = {},
): { bytes: Uint8Array; values: Map<string, number> } {
  const bytes = new Uint8Array(DEBUG_OFFSETS_READ_SIZE);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('xdebugpy'));
  view.setBigUint64(8, BigInt(options.hex ?? (3 << 24) | (minor << 16) | 0x1f0), true);
  view.setBigUint64(16, options.isFreeThreaded ? 1n : 0n, true);
  const values = new Map<string, number>();
  const next = new Map<string, number>();
  listDebugOffsets(Math.min(minor, 15)).forEach((name, index) => {
    const [group, field] = name.split('.');
    const place = next.get(group) ?? 8;
    const value = field === 'size' ? SIZES[group] : (options.change?.[name] ?? place);
    if (field !== 'size') next.set(group, place + step);
    values.set(name, value);
    view.setBigUint64(24 + index * 8, BigInt(value), true);
  });
  return { bytes, values };
}

/** Table field → where the layout has it. */
const FIELDS: Readonly<Record<string, string>> = {
  'runtime_state.interpreters_head': 'runtime.interpretersHead',
  'runtime_state.finalizing': 'runtime.finalizing',
  'interpreter_state.id': 'interpreter.id',
  'interpreter_state.next': 'interpreter.next',
  'interpreter_state.threads_head': 'interpreter.threadsHead',
  'interpreter_state.imports_modules': 'interpreter.modules',
  'interpreter_state.sysdict': 'interpreter.sysDict',
  'interpreter_state.ceval_gil': 'gil.pointer',
  'interpreter_state.code_object_generation': 'interpreter.codeGeneration',
  'interpreter_state.tlbc_generation': 'interpreter.threadCodeGeneration',
  'thread_state.prev': 'thread.previous',
  'thread_state.next': 'thread.next',
  'thread_state.interp': 'thread.interpreter',
  'thread_state.current_frame': 'thread.frame',
  'thread_state.base_frame': 'thread.baseFrame',
  'thread_state.thread_id': 'thread.threadId',
  'thread_state.native_thread_id': 'thread.nativeThreadId',
  'thread_state.datastack_chunk': 'thread.dataStackChunk',
  'thread_state.status': 'thread.status',
  'thread_state.holds_gil': 'thread.holdsGil',
  'thread_state.gil_requested': 'thread.gilRequested',
  'interpreter_frame.previous': 'frame.previous',
  'interpreter_frame.executable': 'frame.code',
  'interpreter_frame.instr_ptr': 'frame.instruction',
  'interpreter_frame.localsplus': 'frame.locals',
  'interpreter_frame.owner': 'frame.owner',
  'interpreter_frame.tlbc_index': 'frame.threadCodeIndex',
  'code_object.filename': 'code.fileName',
  'code_object.name': 'code.name',
  'code_object.qualname': 'code.qualifiedName',
  'code_object.linetable': 'code.lineTable',
  'code_object.firstlineno': 'code.firstLine',
  'code_object.argcount': 'code.argumentCount',
  'code_object.localsplusnames': 'code.locals.names',
  'code_object.localspluskinds': 'code.locals.kinds',
  'code_object.co_code_adaptive': 'code.codeStart',
  'code_object.co_tlbc': 'code.threadCode',
  'pyobject.size': 'objects.headerSize',
  'pyobject.ob_type': 'objects.type',
  'type_object.tp_name': 'objects.typeObject.name',
  'type_object.tp_flags': 'objects.typeObject.flags',
  'type_object.tp_basicsize': 'objects.typeObject.basicSize',
  'type_object.tp_dictoffset': 'objects.typeObject.dictOffset',
  'heap_type_object.ht_cached_keys': 'objects.typeObject.cachedKeys',
  'tuple_object.ob_item': 'objects.tuple.items',
  'tuple_object.ob_size': 'objects.tuple.size',
  'list_object.ob_item': 'objects.list.items',
  'list_object.ob_size': 'objects.list.size',
  'set_object.used': 'objects.set.used',
  'set_object.table': 'objects.set.table',
  'set_object.mask': 'objects.set.mask',
  'dict_object.ma_keys': 'objects.dict.keys',
  'dict_object.ma_values': 'objects.dict.values',
  'float_object.ob_fval': 'objects.float.value',
  'long_object.lv_tag': 'objects.int.tag',
  'long_object.ob_digit': 'objects.int.digits',
  'bytes_object.ob_size': 'objects.bytes.size',
  'bytes_object.ob_sval': 'objects.bytes.data',
  'unicode_object.state': 'objects.text.state',
  'unicode_object.length': 'objects.text.length',
  'unicode_object.asciiobject_size': 'objects.text.asciiData',
  'unicode_object.compactunicodeobject_size': 'objects.text.compactData',
  'gen_object.gi_iframe': 'generator.frame',
  'gen_object.gi_frame_state': 'generator.frameState',
};

/** Published, but of no use for reading stacks and values. */
const UNUSED = new Set([
  ...['interpreter_state.threads_main', 'interpreter_state.gc', 'interpreter_state.builtins'],
  ...[
    'interpreter_frame.stackpointer',
    'type_object.tp_repr',
    'gen_object.gi_name',
    'err_stackitem.exc_value',
  ],
  ...['thread_state.last_profiled_frame', 'thread_state.last_profiled_frame_seq'],
  ...['thread_state.current_exception', 'thread_state.exc_state'],
]);

describe.each([13, 14, 15])('the table of 3.%i', (minor) => {
  test.each([8, 12, 16])('is followed wherever its fields lie, %i bytes apart', (step) => {
    const { bytes, values } = makeTable(minor, step, { isFreeThreaded: minor > 13 });
    const layout = parseDebugOffsets(bytes)?.layout;
    for (const [name, value] of values) {
      const path = FIELDS[name];
      if (path !== undefined) {
        const actual = path
          .split('.')
          .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], layout);
        expect([name, actual]).toEqual([name, value]);
      } else if (!/\.size$|^gc\.|gil_runtime_state/.test(name)) {
        expect(UNUSED).toContain(name);
      }
    }
    const gil = values.get('interpreter_state.gil_runtime_state') ?? 0;
    expect(layout?.gil).toMatchObject({
      kind: 'interpreter',
      holder: (values.get('interpreter_state.gil_runtime_state_holder') ?? 0) - gil,
      locked: (values.get('interpreter_state.gil_runtime_state_locked') ?? 0) - gil,
    });
    expect(layout?.thread.size).toBeGreaterThanOrEqual((values.get('thread_state.status') ?? 0) + 4);
  });

  test('fields that are 0 are not in this build', () => {
    const change = {
      'code_object.co_tlbc': 0,
      'interpreter_frame.tlbc_index': 0,
      'interpreter_state.tlbc_generation': 0,
    };
    const layout = parseDebugOffsets(makeTable(minor, 8, { change }).bytes)?.layout;
    expect(layout?.frame).toMatchObject({ threadCodeIndex: undefined });
    expect(layout?.code.threadCode).toBeUndefined();
    expect(layout?.interpreter.threadCodeGeneration).toBeUndefined();
    expect(layout?.gil).toMatchObject({ enabled: undefined });
  });

  test('contents that cannot be are named', () => {
    const wrong: Record<string, number> = {
      'thread_state.current_frame': 0,
      'code_object.filename': 2 ** 21,
      'interpreter_frame.instr_ptr': 500,
      'unicode_object.state': 0,
    };
    for (const [name, value] of Object.entries(wrong)) {
      const { bytes } = makeTable(minor, 8, { change: { [name]: value } });
      expect(() => parseDebugOffsets(bytes)).toThrow(name);
    }
  });

  test('any damage gives a layout or a clear error', () => {
    const { bytes } = makeTable(minor, 8);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 8, max: 1000 }), fc.nat(255)), { maxLength: 20 }),
        (changes) => {
          const copy = bytes.slice();
          for (const [at, value] of changes) copy[at] = value;
          try {
            parseDebugOffsets(copy);
          } catch (error) {
            expect(error).toBeInstanceOf(ProfilerError);
            expect(error).toMatchObject({ code: 'unknown-python' });
          }
        },
      ),
    );
  });
});

describe('versions', () => {
  test('of every stage', () => {
    expect(parseHexVersion(0x030f00b4)).toEqual({
      version: { major: 3, minor: 15, patch: 0 },
      text: '3.15.0b4',
    });
    expect(parseHexVersion(0x030e0af0).text).toBe('3.14.10');
    expect(parseHexVersion(0x030f00c1).text).toBe('3.15.0rc1');
    expect(parseHexVersion(0x031000a2).text).toBe('3.16.0a2');
  });

  test('a newer one is read if its table fits, and named if not', () => {
    const good = makeTable(16, 8, { hex: 0x031001f0 });
    expect(parseDebugOffsets(good.bytes)).toMatchObject({
      versionText: '3.16.1',
      layout: { version: { minor: 16 } },
    });
    // One more field in front, as releases add them.
    const moved = good.bytes.slice();
    moved.set(good.bytes.subarray(200, 1800), 208);
    expect(() => parseDebugOffsets(moved)).toThrow(/Python 3\.16\.1 .*table of offsets/);
    expect(() => parseDebugOffsets(makeTable(15, 8, { hex: 0x040000f0 }).bytes)).toThrow('Python 4.0.0');
  });

  test('no table', () => {
    expect(hasDebugOffsets(new Uint8Array(24))).toBe(false);
    expect(parseDebugOffsets(new Uint8Array(2048))).toBeUndefined();
    expect(parseDebugOffsets(new Uint8Array(3))).toBeUndefined();
    const cut = makeTable(15, 8).bytes.subarray(0, 300);
    expect(() => parseDebugOffsets(cut)).toThrow(ProfilerError);
  });
});
