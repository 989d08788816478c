// Fetches debug files by build id from debuginfod servers into the cache: https://sourceware.org/elfutils/Debuginfod.html,
// GET SERVER/buildid/ID/debuginfo. Runs in a thread that does not sample.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { messageOf, ProfilerError } from '../../base/errors.ts';
import { debugCache } from './caches.ts';
import { beginCacheFile, commitCacheFile, type DiskCache, isBuildId } from './disk-cache.ts';

export interface FetchLimits {
  /** Milliseconds for one file from one server. */
  readonly timeout: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
}

/** Some libraries have a gigabyte of debug information; most programs need a few of some 10 MB. */
const LIMITS: FetchLimits = { timeout: 90_000, fileBytes: 2 ** 30 };
/** Servers are slow rather than far: more at once only make each file later. */
const MAX_AT_ONCE = 4;
/** Of files in one sentence. */
const MAX_NAMED = 3;

/** Fetches files that were asked for, each once. */
export class DebugFileFetcher {
  readonly #servers: Set<string>;
  /** Names of files whose debug information no server has. */
  readonly #missing: string[] = [];
  readonly #cache: DiskCache;
  readonly #warn: (message: string) => void;
  readonly #limits: FetchLimits;
  readonly #asked = new Set<string>();
  readonly #waiting: { readonly buildId: string; readonly path: string }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  /** Without servers in DEBUGINFOD_URLS, says so. */
  constructor(options: {
    readonly warn: (message: string) => void;
    readonly environment?: NodeJS.ProcessEnv;
    readonly limits?: Partial<FetchLimits>;
  }) {
    const { environment = process.env } = options;
    this.#warn = options.warn;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#cache = debugCache(environment);
    const words = (environment.DEBUGINFOD_URLS ?? '').split(/\s+/);
    const urls = words.filter((word) => /^https?:\/\//.test(word));
    this.#servers = new Set(urls.map((url) => url.replace(/\/+$/, '')));
    if (this.#servers.size === 0) {
      this.#warn(
        'DEBUGINFOD_URLS names no server (http:// or https://): no debug information is fetched, what the cache holds is used.',
      );
    }
  }

  /** Asks for the debug information of the file at `path`, which only messages are about. */
  ask(buildId: string, path: string): void {
    if (this.#servers.size === 0 || !isBuildId(buildId) || this.#asked.has(buildId)) return;
    this.#asked.add(buildId);
    this.#waiting.push({ buildId, path });
    this.#startNext();
  }

  /** Something that was asked for may still come. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /**
   * Waits for what was asked for, but for so many milliseconds at the most; what is not there by then is given up. Tells which
   * files no server knows: on most systems some of many, which are worth one sentence.
   */
  async finish(patience: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#waiting.length = 0;
      this.#abort.abort(new Error('it took too long'));
    }, patience);
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearTimeout(timer);
    if (this.#missing.length === 0) return;
    const names = this.#missing.slice(0, MAX_NAMED).join(', ');
    const more = this.#missing.length - MAX_NAMED;
    this.#warn(`No server has debug information of ${names}${more > 0 ? ` and ${more} more` : ''}.`);
  }

  #startNext(): void {
    while (this.#running.size < MAX_AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const running = this.#fetch(next.buildId, next.path).finally(() => {
        this.#running.delete(running);
        this.#startNext();
      });
      this.#running.add(running);
    }
  }

  /** Tries one server after the other. Says why there is no file; never rejects. */
  async #fetch(buildId: string, path: string): Promise<void> {
    let problem: string | undefined;
    let isUnknown = false;
    for (const server of [...this.#servers]) {
      try {
        const response = await this.#request(server, buildId);
        if (response !== undefined && (await this.#keep(response, buildId))) return;
        isUnknown ||= response !== undefined;
      } catch (error) {
        problem = `${server}: ${messageOf(error)}`;
      }
      if (this.#abort.signal.aborted) break;
    }
    if (problem !== undefined) {
      this.#warn(`The debug information of ${path} cannot be fetched: ${problem}.`);
    } else if (isUnknown) {
      this.#missing.push(path);
    }
  }

  /** Undefined when there is no such server: it is not asked again, since every file would wait for it. */
  async #request(server: string, buildId: string): Promise<Response | undefined> {
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#limits.timeout)]);
    try {
      return await fetch(`${server}/buildid/${buildId}/debuginfo`, { signal });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // The reason stands behind "fetch failed".
      const reason = messageOf(error.cause ?? error) || messageOf(error);
      if (this.#servers.delete(server))
        this.#warn(`${server} is not asked for debug information any more: ${reason}.`);
      return undefined;
    }
  }

  /** False when the server does not have it. */
  async #keep(response: Response, buildId: string): Promise<boolean> {
    const { fileBytes } = this.#limits;
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      if (response.status === 404) return false;
      throw new Error(`it answers ${response.status}`);
    }
    const part = beginCacheFile(this.#cache, buildId);
    try {
      await writeBody(response.body, part, fileBytes);
      await verify(part, buildId);
      commitCacheFile(this.#cache, buildId, part);
    } finally {
      rmSync(part, { force: true });
    }
    return true;
  }
}

async function writeBody(body: AsyncIterable<Uint8Array>, path: string, maxBytes: number): Promise<void> {
  const fd = openSync(path, 'w', 0o600);
  try {
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    }
  } finally {
    closeSync(fd);
  }
}

/** What is no ELF file of this build id must not get into the cache: it would be in the way of the right one. */
async function verify(path: string, buildId: string): Promise<void> {
  // Only here: recordings start without it in this thread.
  const { parseElf } = await import('../../symbols/elf/elf.ts');
  const fd = openSync(path, 'r');
  try {
    const elf = parseElf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    });
    if (elf.getBuildId() !== buildId) throw new Error('the answer belongs to another file');
  } catch (error) {
    if (error instanceof ProfilerError) throw new Error('the answer is no debug file', { cause: error });
    throw error;
  } finally {
    closeSync(fd);
  }
}
