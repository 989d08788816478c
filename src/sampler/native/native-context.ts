// Begins the recording of native frames.

import { openFile } from '../process/mapped-file.ts';
import type { DebugFileSource } from './binary-file.ts';
import { debugCacheFolder, debugCachePath, isBuildId } from './debug-cache.ts';
import { loadDemangler } from './load-demangler.ts';
import type { NativeContext } from './native-stacks.ts';
import { ownArchitecture } from './registers.ts';

/**
 * Undefined, with a warning, on processors whose stacks we cannot unwind. `askForDebugFile`: debug files in the cache are used, and
 * this is called with the build id and the path of each file that has none.
 */
export function createNativeContext(
  wanted: 'without-interpreter' | 'all',
  warn: (message: string) => void,
  askForDebugFile?: DebugFileSource['ask'],
): NativeContext | undefined {
  const architecture = ownArchitecture();
  if (architecture === undefined) {
    warn(`Native frames cannot be recorded on ${process.arch}: vmprof unwinds x86-64 and arm64.`);
    return undefined;
  }
  return {
    architecture,
    files: { known: new Map(), source: askForDebugFile && fromCache(askForDebugFile) },
    demangle: loadDemangler(),
    keepsInterpreter: wanted === 'all',
    warn,
  };
}

function fromCache(ask: DebugFileSource['ask']): DebugFileSource {
  const folder = debugCacheFolder();
  return {
    open: (buildId) => (isBuildId(buildId) ? openFile(debugCachePath(folder, buildId)) : undefined),
    ask,
  };
}
