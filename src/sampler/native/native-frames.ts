// From code addresses to frames of the profile, each address once.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex, MappingIndex } from '../../profile/tables.ts';
import type { Demangle } from '../../symbols/demangle.ts';
import type { SourcePlace } from '../../symbols/dwarf/debug-info.ts';
import type { LookupAddress } from '../../symbols/unwind/code-address.ts';
import type { PythonVersion } from '../cpython/layout.ts';
import type { MappedFile } from '../process/maps.ts';
import type { BinaryFile, NamedFunction } from './binary-file.ts';
import { type NativeRole, roleInInterpreter, roleInPlainProgram, roleOutside } from './interpreter-code.ts';
import type { JitNames } from './jit-names.ts';
import type { MappedCode, ProcessCode } from './process-code.ts';

/** More than any program executes between two changes of its code; a bound all the same. */
const MAX_KNOWN = 1 << 20;

/** What is known of one address. */
export interface NativePlace {
  /** The function and those it was inlined into: innermost first. At least one. */
  readonly frames: readonly FrameIndex[];
  readonly role: NativeRole;
}

/** The interpreter whose frames are to be told apart. */
export interface InterpreterFile {
  readonly path: string;
  readonly version: PythonVersion;
}

/** Names the code of one process. */
export class NativeFrames {
  readonly #builder: ProfileBuilder;
  readonly #code: ProcessCode;
  readonly #jit: JitNames;
  readonly #demangle: Demangle;
  readonly #keepsInterpreter: boolean;
  readonly #warn: (message: string) => void;
  #interpreter: InterpreterFile | undefined;
  readonly #places = new Map<number, NativePlace>();
  readonly #mappings = new Map<MappedCode, MappingIndex>();
  #generation = -1;

  constructor(options: {
    readonly builder: ProfileBuilder;
    readonly code: ProcessCode;
    readonly jit: JitNames;
    readonly demangle: Demangle;
    /** Whether frames of the interpreter's machinery are wanted. */
    readonly keepsInterpreter: boolean;
    readonly warn: (message: string) => void;
  }) {
    this.#builder = options.builder;
    this.#code = options.code;
    this.#jit = options.jit;
    this.#demangle = options.demangle;
    this.#keepsInterpreter = options.keepsInterpreter;
    this.#warn = options.warn;
  }

  /** From now on functions of this file have roles; undefined: no file is an interpreter. */
  set interpreter(interpreter: InterpreterFile | undefined) {
    this.#interpreter = interpreter;
    this.#places.clear();
  }

  at(lookup: LookupAddress): NativePlace {
    const { generation } = this.#code;
    if (generation !== this.#generation || this.#places.size > MAX_KNOWN) {
      this.#generation = generation;
      this.#places.clear();
      this.#mappings.clear();
    }
    let place = this.#places.get(lookup);
    if (place === undefined) {
      const code = this.#code.find(lookup);
      if (code?.file === undefined) {
        return code === undefined || isGenerated(code.mapping)
          ? this.#resolveGenerated(lookup, code)
          : this.#resolveUnreadable(lookup, code);
      }
      place = this.#resolve(lookup, code, code.file);
      this.#places.set(lookup, place);
    }
    return place;
  }

  #resolve(lookup: LookupAddress, code: MappedCode, file: BinaryFile): NativePlace {
    const named = file.functionAt(lookup - code.bias);
    const role = this.#roleOf(code.mapping.path, named);
    const mapping = this.#internMapping(code);
    // Lines of what is left out, or only starts the program, are worth no time.
    const isHidden = !this.#keepsInterpreter && role !== 'code' && role !== 'unknown-eval';
    const places = isHidden ? [] : file.placesAt(lookup - code.bias);
    // The function itself has the name of its symbol, which tells parts and copies from the whole.
    const frames = places.map((place, index) => {
      const inlineDepth = places.length - 1 - index;
      const systemName = inlineDepth === 0 ? named.name : (place.name ?? named.name);
      return this.#internFrame(systemName, file.path, { place, inlineDepth, address: lookup, mapping });
    });
    if (frames.length > 0) return { frames, role };
    return { frames: [this.#internFrame(named.name, file.path, { address: lookup, mapping })], role };
  }

  #internFrame(
    systemName: string,
    binary: string,
    at: {
      readonly place?: SourcePlace;
      readonly inlineDepth?: number;
      readonly address: number;
      readonly mapping: MappingIndex;
    },
  ): FrameIndex {
    const { place, ...rest } = at;
    const firstLine = place?.declarationLine;
    const made = this.#builder.internFunction({
      name: this.#demangle(systemName),
      systemName,
      file: place?.declarationFile ?? place?.file ?? binary,
      kind: 'native',
      ...(firstLine !== undefined && { firstLine }),
    });
    const line = place?.line;
    return this.#builder.internFrame({
      function: made,
      tier: 'native',
      ...rest,
      ...(line !== undefined && { line }),
    });
  }

  /** Code of a file that was deleted or replaced, that must not be read, or that is damaged. */
  #resolveUnreadable(lookup: LookupAddress, code: MappedCode): NativePlace {
    const { path } = code.mapping;
    this.#warn(`${path} cannot be read as it was when it was loaded: its functions have no names.`);
    const name = path.slice(path.lastIndexOf('/') + 1);
    return {
      frames: [this.#internFrame(name, path, { address: lookup, mapping: this.#internMapping(code) })],
      role: 'code',
    };
  }

  /** Not remembered: compilers write down names later than they run the code, and put other code in its place. */
  #resolveGenerated(lookup: LookupAddress, code: MappedCode | undefined): NativePlace {
    const made = this.#jit.find(lookup, this.#code.now);
    const name = made?.name ?? (code === undefined ? '(unmapped code)' : '(generated code)');
    const frame = this.#builder.internFrame({
      function: this.#builder.internFunction({ name, kind: 'jit' }),
      address: lookup,
      tier: 'jit',
    });
    // Since 3.12, -X perf puts a stub of its own before every Python function.
    const isStub = this.#interpreter !== undefined && name.startsWith('py::');
    return { frames: [frame], role: isStub ? 'machinery' : 'code' };
  }

  #roleOf(path: string, named: NamedFunction): NativeRole {
    const interpreter = this.#interpreter;
    const name = named.isSymbol ? named.name : undefined;
    if (interpreter === undefined) return roleInPlainProgram(name);
    if (path !== interpreter.path) return roleOutside(name, path);
    return name === undefined ? 'starter' : roleInInterpreter(name, interpreter.version);
  }

  #internMapping(code: MappedCode): MappingIndex {
    let mapping = this.#mappings.get(code);
    if (mapping === undefined) {
      const { path, start, end, offset } = code.mapping;
      const buildId = code.file?.buildId;
      mapping = this.#builder.internMapping({
        file: path,
        start,
        end,
        offset,
        ...(buildId !== undefined && { buildId }),
      });
      this.#mappings.set(code, mapping);
    }
    return mapping;
  }
}

/** Memory that a compiler wrote code into, which may have a name of its own. */
function isGenerated({ inode, path }: MappedFile): boolean {
  return inode === 0 || /^\/(memfd:|dev\/|SYSV|anon_hugepage)|\/jit-\d+\.dump$/.test(path);
}
