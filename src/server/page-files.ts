// The files of the page that `npm run build` made: found once at the start, so that no request ever reaches the file system
// with a path of its own.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { messageOf, ProfilerError } from '../base/errors.ts';

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Name → file, of all files of the folder. Throws `cannot-read-file` when the page was not built. */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  try {
    const names = readdirSync(folder).filter((name) => extname(name) in CONTENT_TYPES);
    return new Map(names.map((name) => [name, readPageFile(folder, name)]));
  } catch (error) {
    throw new ProfilerError(
      'cannot-read-file',
      `The page is not there: ${messageOf(error)}. Run npm run build.`,
      {
        facts: { folder },
        cause: error,
      },
    );
  }
}

function readPageFile(folder: string, name: string): PageFile {
  return {
    bytes: new Uint8Array(readFileSync(join(folder, name))),
    contentType: CONTENT_TYPES[extname(name)],
  };
}
