// Which functions of two profiles are the same one, though the program has changed in between: functions are known by name
// and file, not by their line, which every edit above them moves.

import { getFunctionFile, getFunctionName } from '../stack-text.ts';
import { FUNCTION_KINDS, type FunctionIndex, NONE, type Profile } from '../tables.ts';

/** The functions of two profiles on common rows. */
export interface FunctionMatch {
  readonly length: number;
  /** By common row: row of the function in each profile; NONE where that one does not have it. FunctionIndex. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** By row of each profile's function table: the common row. */
  readonly ofBefore: Int32Array;
  readonly ofAfter: Int32Array;
  /** Functions that were taken for the same though their files stand in different folders. */
  readonly moved: number;
}

/**
 * Pairs the functions of two profiles: those of one name and file in order of their lines, and of what is left those
 * that have a name and the last part of the path for themselves, as when two checkouts are compared.
 */
export function matchFunctions(before: Profile, after: Profile): FunctionMatch {
  const partner = new Int32Array(before.functions.length).fill(NONE);
  const isTaken = new Uint8Array(after.functions.length);
  const pair = (first: number, second: number) => {
    partner[first] = second;
    isTaken[second] = 1;
  };
  const groupsAfter = groupRows(after, describeExactly, () => true);
  for (const [key, rows] of groupRows(before, describeExactly, () => true)) {
    const others = groupsAfter.get(key) ?? [];
    for (let i = 0; i < Math.min(rows.length, others.length); i++) pair(rows[i], others[i]);
  }
  let moved = 0;
  const leftAfter = groupRows(after, describeLoosely, (row) => isTaken[row] === 0);
  for (const [key, rows] of groupRows(before, describeLoosely, (row) => partner[row] === NONE)) {
    const others = leftAfter.get(key) ?? [];
    if (rows.length !== 1 || others.length !== 1) continue;
    pair(rows[0], others[0]);
    moved++;
  }
  return { ...numberRows(partner, after.functions.length), moved };
}

/** Rows by key, in order of their lines. */
function groupRows(
  profile: Profile,
  describe: (profile: Profile, row: FunctionIndex) => string,
  isWanted: (row: number) => boolean,
): Map<string, number[]> {
  const { functions } = profile;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < functions.length; row++) {
    if (!isWanted(row)) continue;
    const key = describe(profile, row as FunctionIndex);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  for (const rows of groups.values()) {
    rows.sort((a, b) => functions.firstLine[a] - functions.firstLine[b] || a - b);
  }
  return groups;
}

/** Other tools do not tell kinds, except for the kernel's: its `read` is not that of a library. */
function describeExactly(profile: Profile, row: FunctionIndex): string {
  const isKernel = FUNCTION_KINDS[profile.functions.kind[row]] === 'kernel';
  return [getFunctionName(profile, row), getFunctionFile(profile, row) ?? '', isKernel ? 'kernel' : ''].join(
    '\u0000',
  );
}

function describeLoosely(profile: Profile, row: FunctionIndex): string {
  const file = getFunctionFile(profile, row) ?? '';
  return `${getFunctionName(profile, row)}\u0000${file.slice(file.lastIndexOf('/') + 1)}`;
}

function numberRows(partner: Int32Array, lengthAfter: number): Omit<FunctionMatch, 'moved'> {
  const ofBefore = Int32Array.from(partner.keys());
  const ofAfter = new Int32Array(lengthAfter).fill(NONE);
  partner.forEach((row, first) => {
    if (row !== NONE) ofAfter[row] = first;
  });
  const alone: number[] = [];
  for (let row = 0; row < lengthAfter; row++) {
    if (ofAfter[row] !== NONE) continue;
    ofAfter[row] = partner.length + alone.length;
    alone.push(row);
  }
  const length = partner.length + alone.length;
  const none = new Int32Array(length).fill(NONE);
  const before = none.slice();
  before.set(ofBefore);
  const after = none;
  after.set(partner);
  after.set(alone, partner.length);
  return { length, before, after, ofBefore, ofAfter };
}
