// What the files bench/formats-*.mjs share: writing made-up files, and the cases that formats.mjs runs.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { withInput } from '../dist/cli/open-input.js';
import { exportProfile, getFormatByName, importProfile } from '../dist/formats/formats.js';
import { createRandom, createZipf } from './synthetic.mjs';

/** A case of formats.mjs. `write(path, bytes)` makes a file of about so many bytes; `share` is for formats whose files are smaller. */
export function makeCase(name, write, share = 1) {
  return {
    name,
    makeFile: (path, { megabytes }) => write(path, megabytes * share * 1e6),
    async read(path) {
      const { profile } = await withInput(path, (input) => importProfile(input));
      return profile;
    },
  };
}

/** Writes blocks, the first one being number 0, until there are enough bytes; gives their number. `finish` gives the last one. */
export function writeBlocks(path, bytes, makeBlock, finish = () => '') {
  const file = openSync(path, 'w');
  let length = 0;
  try {
    for (let block = 0; length < bytes; block++) length += writeSync(file, makeBlock(block));
    return length + writeSync(file, finish());
  } finally {
    closeSync(file);
  }
}

/** Writes a profile by the exporter of a format; gives the number of bytes. */
export function writeProfile(path, profile, format) {
  const options = { measure: 'wall', title: 'made up', fileName: path };
  const { bytes } = exportProfile(profile, getFormatByName(format), options);
  writeFileSync(path, bytes);
  return bytes.length;
}

/** Stacks of a made-up program, numbers of functions from the outermost on: 30 deep on average. */
export function createStacks(count, functions, seed) {
  const random = createRandom(seed);
  const pick = createZipf(functions, random);
  const stacks = [];
  let stack = [0];
  while (stacks.length < count) {
    const keep = Math.max(1, Math.min(stack.length - 1 - Math.floor(random() * 6), 60));
    stack = stack.slice(0, keep);
    const depth = keep + Math.floor(random() * 9);
    while (stack.length < depth) stack.push(pick());
    stacks.push(stack);
  }
  return stacks;
}
