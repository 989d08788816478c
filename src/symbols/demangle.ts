// Names of C++ and Rust functions as their source has them, by the demanglers of the LLVM and Rust worlds in WebAssembly
// (gecko-profiler-demangle, which the Firefox Profiler uses).

import {
  __wbg_set_wasm,
  __wbindgen_init_externref_table,
  demangle_any,
} from 'gecko-profiler-demangle/index_bg.js';

/** Turns a symbol's name into that of the source; names that are not mangled come back as they are. */
export type Demangle = (name: string) => string;

/** Names longer than this are templates of templates: nobody reads them, and demangling them takes long. */
const MAX_LENGTH = 8192;

/** @param wasm the bytes of the package's index_bg.wasm */
export function createDemangler(wasm: Uint8Array<ArrayBuffer>): Demangle {
  const imports = { './index_bg.js': { __wbindgen_init_externref_table } };
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
  __wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  return demangle;
}

/** What we need of an interface that every JavaScript engine has and only the types of browsers declare. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

function demangle(name: string): string {
  if (!/^(_Z|_R|__Z)/.test(name) || name.length > MAX_LENGTH) return name;
  const demangled = demangle_any(name);
  // What it does not understand comes back without its first underscore.
  return demangled === '' || name.endsWith(demangled) ? name : demangled;
}
