// Layouts of the versions that publish no table: 2.7 and 3.6 … 3.12. The numbers were printed by offsetof() programs
// compiled against each version's own headers; layouts.test.ts compiles them again wherever gcc and headers are found.

import type {
  AttributesLayout,
  CodeLayout,
  DictLayout,
  FrameObjectLayout,
  InterpreterFrameLayout,
  Layout,
  ObjectLayouts,
  PythonVersion,
  TextLayout,
  ThreadLayout,
} from './layout.ts';

/** The layout of a version before 3.13; undefined for versions that are not known. */
export function findLayout(version: PythonVersion): Layout | undefined {
  if (version.major === 2) return version.minor === 7 ? layout27(version) : undefined;
  if (version.major !== 3) return undefined;
  if (version.minor === 6) return layout36(version);
  if (version.minor >= 7 && version.minor <= 10) return layoutWithFrameObjects(version);
  if (version.minor === 11) return layout311(version);
  if (version.minor === 12) return layout312(version);
  return undefined;
}

function layout27(version: PythonVersion): Layout {
  return {
    version,
    isFreeThreaded: false,
    runtime: { interpretersHead: 0, finalizing: undefined },
    interpreter: interpreter({ next: 0, threadsHead: 8, id: undefined, modules: 16, sysDict: 24 }),
    thread: thread({ next: 0, previous: undefined, interpreter: 8, frame: 16, threadId: 144 }),
    gil: { kind: 'current-thread' },
    frame: frameObject({ lastInstruction: 120, instructionUnit: 1, locals: 376 }),
    generator: undefined,
    dataStack: undefined,
    code: {
      identityBegin: 16,
      identityEnd: 112,
      hasVersion: false,
      argumentCount: 16,
      keywordOnlyCount: undefined,
      flags: 28,
      firstLine: 96,
      fileName: 80,
      name: 88,
      qualifiedName: undefined,
      lineTable: 104,
      lineTableFormat: 'lnotab-unsigned',
      codeStart: undefined,
      threadCode: undefined,
      locals: { kind: 'three-tuples', names: 56, cellNames: 72, freeNames: 64 },
    },
    objects: objects({
      cachedKeys: 0,
      text: { kind: 'units', length: 16, data: 24 },
      bytesData: 36,
      setKey: 8,
      dict: { kind: 'open', used: 24, mask: 32, table: 40 },
      attributes: { kind: 'dict-only' },
    }),
  };
}

function layout36(version: PythonVersion): Layout {
  return {
    version,
    isFreeThreaded: false,
    runtime: { interpretersHead: 0, finalizing: undefined },
    interpreter: interpreter({ next: 0, threadsHead: 8, id: undefined, modules: 16, sysDict: 32 }),
    thread: thread({ next: 8, previous: 0, interpreter: 16, frame: 24, threadId: 152 }),
    gil: { kind: 'current-thread' },
    frame: frameObject({ lastInstruction: 120, instructionUnit: 1, locals: 376 }),
    generator: undefined,
    dataStack: undefined,
    code: code36('lnotab-signed'),
    objects: objects({ cachedKeys: 856 }),
  };
}

/** 3.7 … 3.10. */
function layoutWithFrameObjects(version: PythonVersion): Layout {
  const minor = version.minor;
  const interpreters: Record<number, { id: number; modules: number; sysDict: number }> = {
    7: { id: 16, modules: 40, sysDict: 56 },
    8: { id: 16, modules: 56, sysDict: 72 },
    9: { id: 24, modules: 856, sysDict: 872 },
    10: { id: 24, modules: 856, sysDict: 872 },
  };
  // 3.7.4 added a mutex and a condition variable (88 bytes) before it.
  const currentThread: Record<number, number> = {
    7: version.patch < 4 ? 1392 : 1480,
    8: 1368,
    9: 568,
    10: 568,
  };
  const cachedKeys: Record<number, number> = { 7: 856, 8: 872, 9: 864, 10: 872 };
  return {
    version,
    isFreeThreaded: false,
    runtime: { interpretersHead: minor === 7 ? 24 : 32, finalizing: minor === 7 ? 8 : 16 },
    interpreter: interpreter({ next: 0, threadsHead: 8, ...interpreters[minor] }),
    thread: thread({ next: 8, previous: 0, interpreter: 16, frame: 24, threadId: 176 }),
    gil: { kind: 'runtime', currentThread: currentThread[minor] },
    frame:
      minor === 10
        ? frameObject({ lastInstruction: 96, instructionUnit: 2, locals: 352 })
        : frameObject({ lastInstruction: 104, instructionUnit: 1, locals: 360 }),
    generator: undefined,
    dataStack: undefined,
    code: minor === 7 ? code36('lnotab-signed') : code38(minor === 10 ? 'line-ranges' : 'lnotab-signed'),
    objects: objects({ cachedKeys: cachedKeys[minor] }),
  };
}

function layout311(version: PythonVersion): Layout {
  return {
    version,
    isFreeThreaded: false,
    runtime: { interpretersHead: 40, finalizing: 24 },
    interpreter: interpreter({ next: 0, threadsHead: 16, id: 48, modules: 888, sysDict: 904 }),
    thread: thread({
      next: 8,
      previous: 0,
      interpreter: 16,
      frame: 56,
      frameIndirection: 8,
      threadId: 152,
      nativeThreadId: 160,
      dataStackChunk: 296,
    }),
    gil: { kind: 'runtime', currentThread: 576 },
    frame: interpreterFrame({ code: 32, previous: 48, owner: 69, isEntry: 68 }),
    generator: { frame: 80, frameState: 75 },
    dataStack: DATA_STACK,
    code: code311({ begin: 56, argumentCount: 56, firstLine: 72, codeStart: 184, hasVersion: false }),
    objects: objects({
      cachedKeys: 872,
      dict: orderedDict('log2', 0),
      attributes: { kind: 'two-pointers', dict: -24, values: -32 },
    }),
  };
}

function layout312(version: PythonVersion): Layout {
  return {
    version,
    isFreeThreaded: false,
    runtime: { interpretersHead: 40, finalizing: 24 },
    interpreter: interpreter({ next: 0, threadsHead: 72, id: 8, modules: 944, sysDict: 352 }),
    thread: thread({
      next: 8,
      previous: 0,
      interpreter: 16,
      status: 24,
      frame: 56,
      frameIndirection: 0,
      threadId: 136,
      nativeThreadId: 144,
      dataStackChunk: 232,
    }),
    gil: { kind: 'interpreter', pointer: 384, holder: 8, locked: 16, enabled: undefined },
    frame: interpreterFrame({ code: 0, previous: 8, owner: 70, isEntry: undefined }),
    generator: { frame: 72, frameState: 67 },
    dataStack: DATA_STACK,
    code: code311({ begin: 56, argumentCount: 52, firstLine: 68, codeStart: 192, hasVersion: true }),
    objects: objects({
      cachedKeys: 880,
      text: { kind: 'compact', length: 16, state: 32, kindShift: 2, asciiData: 40, compactData: 56 },
      dict: orderedDict('log2', 0),
      attributes: { kind: 'tagged-pointer', pointer: -24 },
      intTag: 16,
    }),
  };
}

/** The same since chunks exist. */
export const DATA_STACK = { previous: 0, size: 8, top: 16, data: 24 } as const;

/** Bytes, a multiple of eight, that hold all of these fields: each lies in one aligned word. */
export function sizeOfFields(offsets: readonly (number | undefined)[]): number {
  return Math.max(...offsets.map((offset = 0) => offset - (offset % 8) + 8));
}

function interpreter(fields: {
  next: number;
  threadsHead: number;
  id: number | undefined;
  modules: number;
  sysDict: number;
}): Layout['interpreter'] {
  return { ...fields, codeGeneration: undefined, threadCodeGeneration: undefined };
}

function thread(
  fields: Pick<ThreadLayout, 'next' | 'previous' | 'interpreter' | 'frame' | 'threadId'> &
    Partial<ThreadLayout>,
): ThreadLayout {
  const all = {
    frameIndirection: undefined,
    nativeThreadId: undefined,
    dataStackChunk: undefined,
    status: undefined,
    holdsGil: undefined,
    gilRequested: undefined,
    baseFrame: undefined,
    ...fields,
  };
  const offsets = [
    all.next,
    all.interpreter,
    all.frame,
    all.threadId,
    all.nativeThreadId,
    all.dataStackChunk,
  ];
  return { ...all, size: sizeOfFields(offsets) };
}

function frameObject(
  fields: Pick<FrameObjectLayout, 'lastInstruction' | 'instructionUnit' | 'locals'>,
): FrameObjectLayout {
  return {
    kind: 'frame-object',
    previous: 24,
    code: 32,
    size: sizeOfFields([fields.lastInstruction]),
    ...fields,
  };
}

function interpreterFrame(
  fields: Pick<InterpreterFrameLayout, 'code' | 'previous' | 'owner' | 'isEntry'>,
): InterpreterFrameLayout {
  return {
    kind: 'interpreter-frame',
    tagMask: 0,
    instruction: 56,
    locals: 72,
    size: 72,
    threadCodeIndex: undefined,
    ...fields,
  };
}

/** 3.6 and 3.7. */
function code36(lineTableFormat: CodeLayout['lineTableFormat']): CodeLayout {
  return {
    identityBegin: 16,
    identityEnd: 120,
    hasVersion: false,
    argumentCount: 16,
    keywordOnlyCount: 20,
    flags: 32,
    firstLine: 36,
    fileName: 96,
    name: 104,
    qualifiedName: undefined,
    lineTable: 112,
    lineTableFormat,
    codeStart: undefined,
    threadCode: undefined,
    locals: { kind: 'three-tuples', names: 64, cellNames: 80, freeNames: 72 },
  };
}

/** 3.8 … 3.10: one more count at the beginning. */
function code38(lineTableFormat: CodeLayout['lineTableFormat']): CodeLayout {
  return {
    ...code36(lineTableFormat),
    identityEnd: 128,
    keywordOnlyCount: 24,
    flags: 36,
    firstLine: 40,
    fileName: 104,
    name: 112,
    lineTable: 120,
    locals: { kind: 'three-tuples', names: 72, cellNames: 88, freeNames: 80 },
  };
}

/** 3.11 and 3.12. */
function code311(fields: {
  begin: number;
  argumentCount: number;
  firstLine: number;
  codeStart: number;
  hasVersion: boolean;
}): CodeLayout {
  return {
    identityBegin: fields.begin,
    identityEnd: 144,
    hasVersion: fields.hasVersion,
    argumentCount: fields.argumentCount,
    keywordOnlyCount: fields.argumentCount + 8,
    flags: 48,
    firstLine: fields.firstLine,
    fileName: 112,
    name: 120,
    qualifiedName: 128,
    lineTable: 136,
    lineTableFormat: 'locations',
    codeStart: fields.codeStart,
    threadCode: undefined,
    locals: { kind: 'one-tuple', names: 96, kinds: 104 },
  };
}

/** Objects of 3.6 … 3.11, but for what the caller says. */
function objects(differences: {
  cachedKeys: number;
  text?: TextLayout;
  bytesData?: number;
  setKey?: number;
  dict?: DictLayout;
  attributes?: AttributesLayout;
  intTag?: number;
}): ObjectLayouts {
  return {
    headerSize: 16,
    type: 8,
    varSize: 16,
    typeObject: {
      name: 24,
      basicSize: 32,
      flags: 168,
      dictOffset: 288,
      dict: 264,
      cachedKeys: differences.cachedKeys,
    },
    text: differences.text ?? {
      kind: 'compact',
      length: 16,
      state: 32,
      kindShift: 2,
      asciiData: 48,
      compactData: 72,
    },
    bytes: { size: 16, data: differences.bytesData ?? 32 },
    tuple: { size: 16, items: 24 },
    list: { size: 16, items: 24 },
    dict: differences.dict ?? orderedDict('sized', 0),
    set: { used: 24, mask: 32, table: 40, key: differences.setKey ?? 0 },
    float: { value: 16 },
    int: { tag: differences.intTag, digits: 24 },
    cell: { value: 16 },
    attributes: differences.attributes ?? { kind: 'dict-only' },
  };
}

function orderedDict(keysFormat: 'sized' | 'log2', valuesBegin: number): DictLayout {
  return { kind: 'ordered', used: 16, keys: 32, values: 40, keysFormat, valuesBegin };
}
