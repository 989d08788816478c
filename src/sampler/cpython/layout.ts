// Where things lie in a CPython process. One shape for all versions: what a version does not have is undefined.
// All numbers are byte offsets into the structure that the group is named after, unless they say otherwise.

/** 3.11.7 as numbers. */
export interface PythonVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Everything that reading stacks, names and values of one Python version needs. */
export interface Layout {
  readonly version: PythonVersion;
  /** True for builds that have no GIL unless asked for one ("3.13t"). */
  readonly isFreeThreaded: boolean;
  readonly runtime: RuntimeLayout;
  readonly interpreter: InterpreterLayout;
  readonly thread: ThreadLayout;
  readonly gil: GilLayout;
  readonly frame: FrameLayout;
  /** Generators and coroutines; undefined up to 3.10, where their frames are ordinary frame objects. */
  readonly generator: GeneratorLayout | undefined;
  /** Chunks of the data stack, which holds the frames of plain functions; undefined up to 3.10. */
  readonly dataStack: DataStackLayout | undefined;
  readonly code: CodeLayout;
  readonly objects: ObjectLayouts;
}

/** _PyRuntime. */
export interface RuntimeLayout {
  /** Pointer to the newest interpreter. 0 for 2.7 and 3.6: they have no runtime structure but the pointer alone. */
  readonly interpretersHead: number;
  /** Pointer to the thread that is ending the runtime, or NULL. */
  readonly finalizing: number | undefined;
}

/** PyInterpreterState. */
export interface InterpreterLayout {
  /** Pointer to the next older interpreter, or NULL. */
  readonly next: number;
  /** Pointer to the newest thread state. */
  readonly threadsHead: number;
  /** i64; 0 is the main interpreter. */
  readonly id: number | undefined;
  /** Pointer to the dict sys.modules. */
  readonly modules: number;
  /** Pointer to the dict of module sys. */
  readonly sysDict: number;
  /** u64 that grows whenever a code object is freed (3.14+): addresses of code objects may have a new meaning then. */
  readonly codeGeneration: number | undefined;
  /** u32 that grows whenever a thread's own copies of byte code appear or go (free-threaded 3.14+). */
  readonly threadCodeGeneration: number | undefined;
}

/** PyThreadState. */
export interface ThreadLayout {
  /** How many bytes from the beginning hold all fields named here; a multiple of 8. */
  readonly size: number;
  /** Pointer to the next older thread state, or NULL. */
  readonly next: number;
  /** Pointer to the newer thread state; undefined in 2.7. */
  readonly previous: number | undefined;
  /** Pointer to the interpreter. */
  readonly interpreter: number;
  /** Pointer to the topmost frame, or to the structure that holds it: see frameIndirection. */
  readonly frame: number;
  /** 3.11, 3.12: `frame` points to a _PyCFrame, and the pointer to the topmost frame is at this offset in it. */
  readonly frameIndirection: number | undefined;
  /** u64: the pthread_t, which is threading.get_ident(). */
  readonly threadId: number;
  /** u64: the system's thread id, in the target's own pid namespace (3.11+). */
  readonly nativeThreadId: number | undefined;
  /** Pointer to the newest chunk of the data stack (3.11+), or NULL. */
  readonly dataStackChunk: number | undefined;
  /** u32 of flags that tell whether the state is bound, finalizing and so on (3.13+). */
  readonly status: number | undefined;
  /** i32: this thread holds the GIL (3.15+). */
  readonly holdsGil: number | undefined;
  /** i32: this thread waits for the GIL (3.15+). */
  readonly gilRequested: number | undefined;
  /** Pointer to the frame that ends every complete stack (3.15+). */
  readonly baseFrame: number | undefined;
}

/** How to learn which thread holds the GIL. */
export type GilLayout =
  /** 2.7, 3.6: PythonRuntime.currentThreadAddress is where the pointer to the thread state holding the GIL lies. */
  | { readonly kind: 'current-thread' }
  /** 3.7 … 3.11: pointer in _PyRuntime to the thread state holding the GIL, NULL when it is free. */
  | { readonly kind: 'runtime'; readonly currentThread: number }
  /**
   * 3.12+: each interpreter points to its GIL, which it may share with others. `holder` keeps its value after a
   * release, so it counts only while `locked` is not 0.
   */
  | {
      readonly kind: 'interpreter';
      /** In PyInterpreterState: pointer to the _gil_runtime_state. */
      readonly pointer: number;
      /** In _gil_runtime_state: pointer to the thread state that holds it or held it last. */
      readonly holder: number;
      /** In _gil_runtime_state: i32, 1 while it is held, -1 before it exists. */
      readonly locked: number;
      /** In _gil_runtime_state: i32, 0 while this interpreter runs without GIL; free-threaded builds only. */
      readonly enabled: number | undefined;
    };

/** One level of the Python call stack. */
export type FrameLayout = FrameObjectLayout | InterpreterFrameLayout;

/** Up to 3.10: PyFrameObject, a heap object. One for each run of the evaluation loop. */
export interface FrameObjectLayout {
  readonly kind: 'frame-object';
  /** How many bytes from the beginning hold all fields but the locals; a multiple of 8. */
  readonly size: number;
  /** Pointer to the code object. */
  readonly code: number;
  /** Pointer to the caller's frame, or NULL. */
  readonly previous: number;
  /** i32: the last instruction, in units of `instructionUnit` bytes from the beginning of the byte code; -1 before the first. */
  readonly lastInstruction: number;
  readonly instructionUnit: 1 | 2;
  /** Array of pointers to locals, then cells, then free variables. */
  readonly locals: number;
}

/** From 3.11: _PyInterpreterFrame. */
export interface InterpreterFrameLayout {
  readonly kind: 'interpreter-frame';
  /** How many bytes from the beginning hold all fields but the locals; a multiple of 8. */
  readonly size: number;
  /** Pointer to the code object, or to something else in frames that are boundaries; clear `tagMask` from it. */
  readonly code: number;
  /** The low bits of references in frames that are no part of the pointer: 0 up to 3.13, 3 from 3.14. */
  readonly tagMask: 0 | 3;
  /** Pointer to the caller's frame, or NULL. */
  readonly previous: number;
  /**
   * Pointer to the instruction: the last executed unit in 3.11 and 3.12, the current one from 3.13. In all of them the
   * line is that of the byte offset `instruction - codeStart`, and -2 means "before the first".
   */
  readonly instruction: number;
  /** u8. Frames with an owner of FIRST_BOUNDARY_OWNER or more are boundaries between C and Python, not Python functions. */
  readonly owner: number;
  /** 3.11 only: u8, not 0 for the first Python frame of a run of the evaluation loop. */
  readonly isEntry: number | undefined;
  /** Array of (tagged) references: locals, cells and free variables in one row. */
  readonly locals: number;
  /** i32: which of the code object's copies `instruction` points into; 0 is co_code_adaptive. Free-threaded 3.14+. */
  readonly threadCodeIndex: number | undefined;
}

/** Owners of interpreter frames: see `owner`. */
export const OWNER_THREAD = 0;
export const OWNER_GENERATOR = 1;
export const OWNER_FRAME_OBJECT = 2;
export const FIRST_BOUNDARY_OWNER = 3;

/** PyGenObject, and coroutines and asynchronous generators, which begin alike. */
export interface GeneratorLayout {
  /** Where the frame is embedded. */
  readonly frame: number;
  /** i8; its values differ between versions. */
  readonly frameState: number;
}

/** _PyStackChunk. */
export interface DataStackLayout {
  /** Pointer to the older chunk, or NULL. */
  readonly previous: number;
  /** u64: bytes of the chunk, this header included. */
  readonly size: number;
  /** u64: words in use; kept up to date in chunks that are not the newest only. */
  readonly top: number;
  /** Where the frames begin. */
  readonly data: number;
}

/** How co_lnotab or co_linetable is written: see line-table.ts. */
export type LineTableFormat = 'lnotab-unsigned' | 'lnotab-signed' | 'line-ranges' | 'locations';

/** PyCodeObject. */
export interface CodeLayout {
  /** Bytes [identityBegin, identityEnd) do not change while the object lives and tell it from others: counts, pointers, version. Both multiples of 8. */
  readonly identityBegin: number;
  readonly identityEnd: number;
  /** True when these bytes hold co_version, which no two code objects share (3.12+). */
  readonly hasVersion: boolean;
  /** i32s. */
  readonly argumentCount: number;
  /** i32; undefined in 2.7, which has no such arguments. */
  readonly keywordOnlyCount: number | undefined;
  /** i32: 4 for functions with *args, 8 for those with **kwargs. */
  readonly flags: number;
  readonly firstLine: number;
  /** Pointers to text objects. */
  readonly fileName: number;
  readonly name: number;
  readonly qualifiedName: number | undefined;
  /** Pointer to a bytes object. */
  readonly lineTable: number;
  readonly lineTableFormat: LineTableFormat;
  /** Where the byte code begins inside the code object (3.11+). */
  readonly codeStart: number | undefined;
  /** Pointer to the array {i64 size, pointers to copies of the byte code} of free-threaded 3.14+. */
  readonly threadCode: number | undefined;
  readonly locals:
    | {
        /** Up to 3.10: pointers to tuples of names. */
        readonly kind: 'three-tuples';
        readonly names: number;
        readonly cellNames: number;
        readonly freeNames: number;
      }
    | {
        /** From 3.11: pointer to one tuple of names, and to a bytes object with a byte of flags for each. */
        readonly kind: 'one-tuple';
        readonly names: number;
        readonly kinds: number;
      };
}

/** Layouts of objects whose contents are read: names, locals, dicts. */
export interface ObjectLayouts {
  /** sizeof(PyObject). */
  readonly headerSize: number;
  /** Pointer to the type, in every object. */
  readonly type: number;
  /** i64 ob_size of objects with a variable size, up to 3.11 also of int. */
  readonly varSize: number;
  readonly typeObject: TypeLayout;
  readonly text: TextLayout;
  /** bytes; str of 2.7. */
  readonly bytes: { readonly size: number; readonly data: number };
  readonly tuple: { readonly size: number; readonly items: number };
  /** `items`: pointer to the array. */
  readonly list: { readonly size: number; readonly items: number };
  readonly dict: DictLayout;
  /** `used`: i64; `mask`: i64, entries - 1; `table`: pointer to entries of 16 bytes with the key's pointer at `key`. */
  readonly set: {
    readonly used: number;
    readonly mask: number;
    readonly table: number;
    readonly key: number;
  };
  /** `value`: f64; complex has two of them. */
  readonly float: { readonly value: number };
  /** `digits`: u32 with 30 bits each. `tag` (3.12+): u64, low two bits 0 positive, 1 zero, 2 negative, number of digits from bit 3. */
  readonly int: { readonly tag: number | undefined; readonly digits: number };
  /** `value`: pointer, NULL in an empty cell. */
  readonly cell: { readonly value: number };
  readonly attributes: AttributesLayout;
}

/** PyTypeObject. */
export interface TypeLayout {
  /** Pointer to NUL-terminated UTF-8. */
  readonly name: number;
  readonly basicSize: number;
  readonly flags: number;
  /** i64: where instances keep the pointer to their dict; 0 when not at a fixed place. */
  readonly dictOffset: number;
  /** Pointer to the dict of the class. */
  readonly dict: number;
  /** Pointer to the keys that instances share (heap types, 3.6+). */
  readonly cachedKeys: number;
}

/** Text: str from 3.x, unicode in 2.7. */
export type TextLayout =
  | {
      /** 2.7: `length` units of two or four bytes, depending on the build, at the pointer `data`. */
      readonly kind: 'units';
      readonly length: number;
      readonly data: number;
    }
  | {
      readonly kind: 'compact';
      /** i64: code points. */
      readonly length: number;
      /** u32: bit field, in which 3 bits from `kindShift` are the bytes per code point, then `compact`, then `ascii`. */
      readonly state: number;
      readonly kindShift: number;
      /** Where the characters of compact ASCII strings begin. */
      readonly asciiData: number;
      /** Where those of other compact strings begin, and where strings that are not compact keep the pointer to theirs. */
      readonly compactData: number;
    };

/** dict. */
export type DictLayout =
  | {
      /** 2.7: open addressing, entries {hash, key, value} of 24 bytes. */
      readonly kind: 'open';
      readonly used: number;
      readonly mask: number;
      readonly table: number;
    }
  | {
      /** 3.6+: insertion-ordered entries behind a table of indices. */
      readonly kind: 'ordered';
      readonly used: number;
      readonly keys: number;
      readonly values: number;
      /** PyDictKeysObject: 'sized' up to 3.10 (dk_size), 'log2' from 3.11 (dk_log2_size, dk_kind). */
      readonly keysFormat: 'sized' | 'log2';
      /** Where the array of values begins in the structure that `values` points to. */
      readonly valuesBegin: number;
    };

/** Where instances of heap classes keep their attributes, besides a dict at tp_dictoffset. */
export type AttributesLayout =
  | { readonly kind: 'dict-only' }
  /** 3.11: pointers before the object: to a dict, or to values. */
  | { readonly kind: 'two-pointers'; readonly dict: number; readonly values: number }
  /** 3.12: one pointer before the object: to a dict, or, when odd, one less than the address of values. */
  | { readonly kind: 'tagged-pointer'; readonly pointer: number }
  /** 3.13+: pointer to a dict before the object; while it is NULL, values begin at the type's basic size. */
  | { readonly kind: 'inline-values'; readonly dict: number };

/** "3.11.7". */
export function formatVersion(version: PythonVersion): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}
