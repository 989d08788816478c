import { describe, expect, test } from 'vitest';
import type { FrameIndex } from '../../profile/tables.ts';
import type { UnwindEnd } from '../../symbols/unwind/unwinder.ts';
import type { NativeRole } from './interpreter-code.ts';
import { roleInInterpreter, roleOutside } from './interpreter-code.ts';
import { mergeStacks, type PythonFrames } from './merge-stacks.ts';
import type { NativePlace } from './native-frames.ts';

const names: string[] = [];
const frameOf = (name: string): FrameIndex => {
  if (!names.includes(name)) names.push(name);
  return names.indexOf(name) as FrameIndex;
};
const marks = { cut: frameOf('(cut)'), lost: frameOf('(lost)'), seam: frameOf('(seam)') };

const stackPointerAt = (level: number): number => 0x1000 + level * 0x100;

/**
 * Merges pictures of stacks, outermost first. Native: `E` is a run of the evaluation loop, `m:x` machinery, `s:x` a
 * starter, `a+b` b inlined into a. Python: `>f` is an entry frame, `>f@2` one with its boundary in the native frame number
 * 2, counted from the outermost one.
 */
function merge(
  nativePicture: string,
  pythonPicture: string,
  options: { end?: UnwindEnd; all?: boolean } = {},
): string {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  const places: NativePlace[] = words(nativePicture)
    .reverse()
    .map((word) => {
      const [, prefix, name] = /^(?:([ms]):)?(.*)$/.exec(word) ?? [];
      const roles: Record<string, NativeRole> = { m: 'machinery', s: 'starter' };
      const role = word === 'E' ? 'eval' : (roles[prefix ?? ''] ?? 'code');
      return { role, frames: (name ?? '').split('+').reverse().map(frameOf) };
    });
  const pythonWords = words(pythonPicture).reverse();
  const python: PythonFrames = {
    length: pythonWords.length,
    frames: pythonWords.map((word) => frameOf(word.replace(/>|@.*/g, ''))),
    entries: pythonWords.map((word) => (word.startsWith('>') ? 1 : 0)),
    boundaries: pythonWords.map((word) => {
      const level = /@(\d+)/.exec(word)?.[1];
      return level === undefined ? 0 : stackPointerAt(places.length - 1 - Number(level)) + 8;
    }),
  };
  const merged: FrameIndex[] = [];
  const result = mergeStacks(
    { length: places.length, places, end: options.end ?? 'root', stackPointerAt },
    python,
    { marks, keepsInterpreter: options.all === true, hidesStarters: true },
    merged,
  );
  return `${result}: ${merged.map((frame) => names[frame]).join(' ')}`;
}

describe('stacks that fit', () => {
  test.each([
    ['a loop is replaced by its Python frames', 'E', '>f g h', 'whole: f g h'],
    ['C between two loops stays where it is', 'E sorted E', '>f g >key', 'whole: f g sorted key'],
    ['C inside of the innermost function', 'E zlib deflate', '>f', 'whole: f zlib deflate'],
    ['machinery is hidden', 'm:main E m:call sorted m:call E', '>f >g', 'whole: f sorted g'],
    ['starters are hidden at the outer end only', 's:start E pool s:start x', '>f', 'whole: f pool start x'],
    ['starters inside of Python code are none', 's:start E s:x E s:y', '>f >g', 'whole: f x g y'],
    ['a program that embeds Python', 'main run E x', '>f', 'whole: main run f x'],
    ['a loop that is just beginning has no Python frames yet', 'E sorted E', '>f g', 'whole: f g sorted'],
    ['a thread without Python', 'start worker', '', 'whole: start worker'],
    ['functions inlined into others', 'E a+b+c', '>f', 'whole: f a b c'],
    ['no native frames', '', '', 'whole: '],
  ])('%s', (_title, native, python, expected) => {
    expect(merge(native, python)).toBe(expected);
  });

  test('all frames, when they are wanted', () => {
    expect(merge('s:start m:main E m:call E', '>f >g', { all: true })).toBe('whole: start main E f call E g');
  });
});

describe('boundaries on the native stack', () => {
  test.each([
    ['find loops that have no names', 'main x sorted y zlib', '>f@1 >key@3', 'whole: main f sorted key zlib'],
    ['tell which of many is meant', 'E E a E', '>f@1 g', 'whole: f g a'],
    ['fill a stack without its outer part', 'a x b', '>key@1', 'lost: (lost) a key b', 'lost'],
    ['are not followed when one is missing', 'E a E', '>f >g@0', 'whole: f a g'],
    ['are not followed where they lead out of the stack', 'E a', '>f@7', 'whole: f a'],
  ] as const)('%s', (_title, native, python, expected, end: UnwindEnd = 'root') => {
    expect(merge(native, python, { end })).toBe(expected);
  });
});

describe('stacks that do not fit', () => {
  test('are both kept, with a mark between', () => {
    expect(merge('m:main E E x', '>f >g >h i')).toBe('seam: f g h i (seam) x');
    expect(merge('E a E b E c', '>f')).toBe('seam: f (seam) a b c');
  });

  test('a stack whose outer part is missing is filled from the inside', () => {
    expect(merge('a E b', '>f g >h i', { end: 'cut' })).toBe('cut: f g (cut) a h i b');
    expect(merge('a', '>f g >h', { end: 'lost' })).toBe('lost: f g h (lost) a');
    expect(merge('E a E', '>f', { end: 'lost' })).toBe('lost: (lost) f a');
  });
});

describe('roles', () => {
  const [v2, v3] = [2, 3].map((major) => ({ major, minor: 11, patch: 0 }));

  test('the evaluation loop, its parts, and its parts in builds with tail calls', () => {
    for (const name of [
      '_PyEval_EvalFrameDefault',
      '_PyEval_EvalFrameDefault.cold',
      '_PyEval_EvalFrameDefault.part.0.constprop.3',
      '_PyEval_EvalFrameDefault.lto_priv.0',
    ])
      expect([name, roleInInterpreter(name, v3)]).toEqual([name, 'eval']);
    expect(roleInInterpreter('PyEval_EvalFrameEx', v2)).toBe('eval');
    expect(roleInInterpreter('PyEval_EvalFrameEx', v3)).toBe('machinery');
  });

  test('calls are machinery, what is called is not', () => {
    for (const name of [
      '_PyObject_Vectorcall',
      'PyObject_CallFunctionObjArgs',
      'cfunction_vectorcall_FASTCALL',
      'method_vectorcall_NOARGS',
      'type_call',
      'slot_tp_iternext',
      '_PyEval_Vector',
      'Py_RunMain',
      'gen_send_ex2',
      'PyEval_CallObjectWithKeywords',
      '_PyFunction_Vectorcall.cold',
    ])
      expect([name, roleInInterpreter(name, v3)]).toEqual([name, 'machinery']);
    for (const name of [
      'list_sort_impl',
      'sre_ucs1_match',
      'builtin_sorted',
      'functools_reduce',
      'gc_collect_main',
      'unicode_concatenate',
      'PyObject_Malloc',
      'long_add',
      '_PyObject_GC_New',
      'array_modexec',
    ])
      expect([name, roleInInterpreter(name, v3)]).toEqual([name, 'code']);
  });

  test('what starts programs and threads', () => {
    expect(roleOutside('_start', '/bin/x')).toBe('starter');
    expect(roleOutside('main', '/usr/bin/python3.11')).toBe('starter');
    expect(roleOutside('main', '/usr/lib/libx.so')).toBe('code');
    expect(roleOutside(undefined, '/lib/x86_64-linux-gnu/libc.so.6')).toBe('starter');
    expect(roleOutside(undefined, '/lib/x86_64-linux-gnu/libcrypto.so.3')).toBe('code');
  });
});
