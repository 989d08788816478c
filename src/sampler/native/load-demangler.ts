// Loads the demangler's code from its package.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createDemangler, type Demangle } from '../../symbols/demangle.ts';

/** The demangler of this installation. */
export function loadDemangler(): Demangle {
  const path = createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm');
  return createDemangler(new Uint8Array(readFileSync(path)));
}
