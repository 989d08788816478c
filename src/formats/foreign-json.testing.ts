// What the tests of JSON formats share: a file from a value, what a profile says, and files damaged in many ways.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { createDice } from '../base/random.testing.ts';
import type { Profile } from '../profile/tables.ts';
import { NONE } from '../profile/tables.ts';
import { assertValidProfile } from '../profile/valid-profile.testing.ts';
import { computeShares } from './conformance.testing.ts';
import type { Format, ImportedProfile } from './format.ts';
import { detectFormat, exportProfile, importProfile } from './formats.ts';
import { inputOfBytes } from './input.ts';

const FOLDER = '../shared/samples';

/** Imports a value as JSON, or a text as it is; detection must find the format. */
export function importJson(file: unknown, format: Format): ImportedProfile {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  const input = inputOfBytes(new TextEncoder().encode(text), 'unnamed');
  expect(detectFormat(input)?.name).toBe(format.name);
  const imported = importProfile(input);
  assertValidProfile(imported.profile);
  return imported;
}

/** A line for each sample, outermost function first: `a;b:12 1000`, with the line that was executed and the first weight. */
export function listSamples(profile: Profile): string[] {
  const { samples, stacks, frames, functions, strings } = profile;
  return Array.from({ length: samples.length }, (_, row) => {
    const path: string[] = [];
    for (let stack = samples.stack[row]; stack !== NONE; stack = stacks.parent[stack]) {
      const frame = stacks.frame[stack];
      const line = frames.line[frame] === NONE ? '' : `:${frames.line[frame]}`;
      path.push(`${strings[functions.name[frames.function[frame]]]}${line}`);
    }
    const [{ values, scale }] = samples.weights;
    return `${path.reverse().join(';') || '-'} ${values[row] * scale}`;
  });
}

/** Reads a real file that is part of no project; skipped where this machine lacks it. */
export function testRealFile(name: string, check: (bytes: Uint8Array, path: string) => void): void {
  const path = `${FOLDER}/${name}`;
  if (existsSync(path)) test(`real file: ${name}`, () => check(readFileSync(path), path));
  else test.skip(`real file: ${name}, skipped: ${path} is not there`, () => {});
}

/** Imports, writes again in the same format, and reads that: nothing to repair, and the same costs. */
export function expectSameAgain(bytes: Uint8Array, format: Format): Profile {
  const { profile, format: found } = importProfile(inputOfBytes(bytes, 'x'));
  expect(found.name).toBe(format.name);
  assertValidProfile(profile);
  const again = exportProfile(profile, format, { measure: 'wall', title: 't', fileName: 'x' });
  const { profile: back, notes } = importProfile(inputOfBytes(again.bytes, 'x'));
  expect(notes).toEqual([]);
  expect(computeShares(back, 'wall')).toEqual(computeShares(profile, 'wall'));
  return profile;
}

/** Cuts the file everywhere and changes it in random places: a valid profile or a sentence comes out. */
export function expectNoCrash(bytes: Uint8Array, format: Format): void {
  const importOrRefuse = (changed: Uint8Array, what: string) => {
    try {
      assertValidProfile(importProfile(inputOfBytes(changed, 'x'), format).profile);
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw new Error(what, { cause: error });
    }
  };
  const step = Math.ceil(bytes.length / 300);
  for (let length = 1; length < bytes.length; length += step)
    importOrRefuse(bytes.slice(0, length), `cut at ${length}`);
  const stop = Date.now() + Number(process.env.VMPROF_FUZZ_SECONDS ?? 0.5) * 1000;
  const firstSeed = Number(process.env.VMPROF_FUZZ_SEED ?? 1);
  for (let seed = firstSeed; Date.now() < stop || seed < firstSeed + 20; seed++) {
    importOrRefuse(change(bytes, seed), `seed ${seed}`);
  }
}

/** Texts that matter to readers of numbers, rows and lists. */
const INSERTS = [
  '-1',
  '1e308',
  '-1e308',
  '0',
  '4294967296',
  '2147483648',
  'null',
  '[]',
  '{}',
  '"x"',
  '1.5',
  '99',
  ',',
  ']',
  '}',
];

function change(bytes: Uint8Array, seed: number): Uint8Array {
  const random = createDice(seed);
  let text = new TextDecoder('latin1').decode(bytes);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(text.length);
    // Mostly a whole number is exchanged: that stays JSON, and gets furthest.
    const number = /-?\d+(\.\d+)?/g;
    number.lastIndex = at;
    const match = random(4) === 0 ? null : number.exec(text);
    const [from, to] = match === null ? [at, at + random(3)] : [match.index, match.index + match[0].length];
    text = text.slice(0, from) + INSERTS[random(INSERTS.length)] + text.slice(to);
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
