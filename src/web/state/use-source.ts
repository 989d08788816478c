// The text of a source file: from the recording where that carries it, else from the server. A page without one says so.

import { useEffect, useState } from 'preact/hooks';
import { splitLines } from '../../base/split-lines.ts';
import { readEmbeddedSource } from './embedded.ts';
import { useStore } from './store.ts';

export interface LoadedSource {
  readonly lines: readonly string[] | undefined;
  /** A sentence on why the text is missing or may not be the one that ran. */
  readonly problem: string | undefined;
}

/** Neither text nor problem while it is on its way. */
export function useSource(recording: number, file: string): LoadedSource {
  const { client } = useStore();
  const [source, setSource] = useState<LoadedSource>({ lines: undefined, problem: undefined });
  useEffect(() => {
    const controller = new AbortController();
    const load = async (): Promise<LoadedSource> => {
      const text = await client.ask('text', 'text', { recording, file });
      if (text !== undefined) return { lines: splitLines(text), problem: undefined };
      return readSource(file, controller.signal);
    };
    load().then(
      (loaded) => {
        if (!controller.signal.aborted) setSource(loaded);
      },
      () => {},
    );
    return () => controller.abort();
  }, [client, recording, file]);
  return source;
}

async function readSource(file: string, signal: AbortSignal): Promise<LoadedSource> {
  if (location.protocol === 'file:') {
    const lines = readEmbeddedSource(file);
    const problem =
      lines === undefined ? 'This file holds no text of it: only costs by line are shown.' : undefined;
    return { lines, problem };
  }
  const response = await fetch(`./source?file=${encodeURIComponent(file)}`, { signal });
  if (response.status === 404) {
    return {
      lines: undefined,
      problem: 'Sources are shown for recordings that vmprof view was started with.',
    };
  }
  const { lines, problem } = (await response.json()) as { lines?: readonly string[]; problem?: string };
  return { lines, problem: problem ?? (lines === undefined ? 'There is no such file.' : undefined) };
}
