// Which files the texts of source files can go into.

import { ProfilerError } from '../base/errors.ts';
import type { Format } from '../formats/format.ts';

/** Throws `bad-usage` for `--embed-sources` with a format other than the recording's own, which alone has a place for them. */
export function refuseSources(format: Format): never {
  throw new ProfilerError(
    'bad-usage',
    `${format.title} has no place for source files: write a recording (.vmprof), or convert one to a page (.html).`,
  );
}
