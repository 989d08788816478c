// Files that other tools have written, where this machine has them: they are not part of the project. Tests of files that are not
// there are skipped, and say so.

import { existsSync, readdirSync } from 'node:fs';
import { test } from 'vitest';
import { skip } from '../base/skip.testing.ts';

const FOLDER = process.env.VMPROF_TEST_SAMPLES ?? '../shared/samples';

/** The path of a file, `collapsed/simple.txt`, whether it is there or not. */
export function samplePath(name: string): string {
  return `${FOLDER}/${name}`;
}

/** The names of the files in a folder, `collapsed`; none where it is not there. */
export function listSamples(folder: string): string[] {
  const path = samplePath(folder);
  return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
}

/** A test of one file, called `title`; skipped when the file is not there. */
export function testSample(title: string, name: string, check: (path: string) => void | Promise<void>): void {
  test(title, (context) => {
    const path = samplePath(name);
    if (!existsSync(FOLDER)) {
      skip(context, `files of other tools are not in ${FOLDER} (VMPROF_TEST_SAMPLES names another folder)`);
    }
    if (!existsSync(path)) skip(context, `${path} is not there`);
    return check(path);
  });
}
