// The part of the package that works without a bundler: it is given the instance instead of importing a .wasm file.
declare module 'gecko-profiler-demangle/index_bg.js' {
  export function __wbg_set_wasm(exports: Readonly<Record<string, unknown>>): void;
  export function __wbindgen_init_externref_table(): void;
  export function demangle_any(name: string): string;
}
