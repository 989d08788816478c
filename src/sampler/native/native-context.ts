// Begins the recording of native frames.

import { loadDemangler } from './load-demangler.ts';
import type { NativeContext } from './native-stacks.ts';
import { ownArchitecture } from './registers.ts';

/** Undefined, with a warning, on processors whose stacks we cannot unwind. */
export function createNativeContext(
  wanted: 'without-interpreter' | 'all',
  warn: (message: string) => void,
): NativeContext | undefined {
  const architecture = ownArchitecture();
  if (architecture === undefined) {
    warn(`Native frames cannot be recorded on ${process.arch}: vmprof unwinds x86-64 and arm64.`);
    return undefined;
  }
  return {
    architecture,
    files: new Map(),
    demangle: loadDemangler(),
    keepsInterpreter: wanted === 'all',
    warn,
  };
}
