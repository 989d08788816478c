// Begins the recording of native frames.

import { openFile } from '../process/mapped-file.ts';
import type { DebugFileSource } from './binary-file.ts';
import { debugCache, unwindCache } from './caches.ts';
import { type CacheEntry, cachePath, isBuildId, noteUse } from './disk-cache.ts';
import { loadDemangler } from './load-demangler.ts';
import type { NativeContext } from './native-stacks.ts';
import { ownArchitecture } from './registers.ts';
import { openUnwindTables } from './unwind-tables.ts';

export interface NativeContextOptions {
  readonly wanted: 'without-interpreter' | 'all';
  readonly warn: (message: string) => void;
  /** Debug files in the cache are used, and this is called with the build id and the path of each file that has none. */
  readonly askForDebugFile?: DebugFileSource['ask'] | undefined;
  /** Writes an unwind table into the cache, for the next time. */
  readonly keepTable: (entry: CacheEntry) => void;
}

/** Undefined, with a warning, on processors whose stacks we cannot unwind. */
export function createNativeContext(options: NativeContextOptions): NativeContext | undefined {
  const { wanted, warn, askForDebugFile } = options;
  const architecture = ownArchitecture();
  if (architecture === undefined) {
    warn(`Native frames cannot be recorded on ${process.arch}: vmprof unwinds x86-64 and arm64.`);
    return undefined;
  }
  return {
    architecture,
    files: {
      known: new Map(),
      source: askForDebugFile && fromCache(askForDebugFile),
      tables: openUnwindTables(unwindCache(), options.keepTable),
    },
    demangle: loadDemangler(),
    keepsInterpreter: wanted === 'all',
    warn,
  };
}

function fromCache(ask: DebugFileSource['ask']): DebugFileSource {
  const cache = debugCache();
  return {
    open: (buildId) => {
      if (!isBuildId(buildId)) return undefined;
      const path = cachePath(cache, buildId);
      const file = openFile(path);
      if (file !== undefined) noteUse(path);
      return file;
    },
    ask,
  };
}
