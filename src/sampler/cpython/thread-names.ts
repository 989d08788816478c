// Names that the program gave its threads: threading._active, a dict {ident: Thread}, whose Threads have a _name. All of it
// is the program's own data, read while it runs: whatever does not look right gives no name.

import type { ProcessMemory } from '../process/memory.ts';
import { readAttribute } from './attributes.ts';
import { findInDict, readDict, readModuleDict } from './dicts.ts';
import type { Layout } from './layout.ts';
import { readPointer } from './remote-values.ts';
import { readText, readUnicode27 } from './strings.ts';
import { TypeReader } from './types.ts';

/** Longer names are cut. */
const MAX_NAME_LENGTH = 256;

/** Names of the threads of one interpreter by threading.get_ident(), which is the thread state's threadId. */
export function readThreadNames(
  memory: ProcessMemory,
  layout: Layout,
  interpreter: number,
): Map<number, string> {
  return new ThreadNameReader(memory, layout, interpreter).read();
}

/** Reads names again and again, and remembers where to look. */
export class ThreadNameReader {
  readonly #memory: ProcessMemory;
  readonly #layout: Layout;
  readonly #interpreter: number;
  /** threading._active, which the module never replaces; undefined until the module is found. */
  #active: number | undefined;
  /** Number of modules when threading was not among them. */
  #modulesWithout = -1;

  constructor(memory: ProcessMemory, layout: Layout, interpreter: number) {
    this.#memory = memory;
    this.#layout = layout;
    this.#interpreter = interpreter;
  }

  /** The names now; of the threads in `wanted` only, if given: reading one takes about ten reads of memory. */
  read(wanted?: ReadonlySet<number>): Map<number, string> {
    const names = new Map<number, string>();
    this.#active ??= this.#findActive();
    if (this.#active === undefined) return names;
    const entries = readDict(this.#memory, this.#layout, this.#active)?.entries ?? [];
    const types = new TypeReader(this.#memory, this.#layout);
    for (const { hash, value } of entries) {
      // The hash of an int of this size is the int.
      if (hash === undefined || (wanted !== undefined && !wanted.has(hash))) continue;
      const name = this.#readName(types, value);
      if (name !== undefined) names.set(hash, name);
    }
    return names;
  }

  #findActive(): number | undefined {
    const modules = readPointer(this.#memory, this.#interpreter + this.#layout.interpreter.modules);
    if (modules === undefined || modules === 0) return undefined;
    const count = readDict(this.#memory, this.#layout, modules, 0)?.length;
    if (count === undefined || count === this.#modulesWithout) return undefined;
    const module = findInDict(this.#memory, this.#layout, modules, 'threading');
    if (module === undefined) {
      this.#modulesWithout = count;
      return undefined;
    }
    const dict = readModuleDict(this.#memory, this.#layout, module);
    return dict && findInDict(this.#memory, this.#layout, dict, '_active');
  }

  #readName(types: TypeReader, thread: number): string | undefined {
    const attribute = this.#layout.version.major === 2 ? '_Thread__name' : '_name';
    const value = readAttribute(this.#memory, this.#layout, types, thread, attribute);
    if (value === undefined) return undefined;
    switch (types.typeOf(value)?.base) {
      case 'bytes':
        return this.#layout.version.major === 2 ? this.#readText(value) : undefined;
      case 'text':
        if (this.#layout.version.major > 2) return this.#readText(value);
        return readUnicode27(this.#memory, this.#layout, value, MAX_NAME_LENGTH)?.text;
      default:
        return undefined;
    }
  }

  #readText(address: number): string | undefined {
    return readText(this.#memory, this.#layout, address, MAX_NAME_LENGTH);
  }
}
