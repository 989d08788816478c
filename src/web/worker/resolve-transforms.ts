// From transforms as users choose them to those of the data model, for the functions that this recording has.

import { assertUnreachable } from '../../base/assert.ts';
import { searchFunctions } from '../../profile/costs/function-search.ts';
import type { Transform } from '../../profile/derive/transforms.ts';
import { getFunctionFile } from '../../profile/stack-text.ts';
import type { FunctionIndex, Profile } from '../../profile/tables.ts';
import { markFunctions } from './function-keys.ts';
import type { TransformSpec } from './messages.ts';

/** What a transform means in this profile. Functions that it does not have are nowhere. */
export function resolveTransform(profile: Profile, spec: TransformSpec): Transform {
  switch (spec.type) {
    case 'focus':
      return { type: 'focus-function', marks: markFunctions(profile, spec.key) };
    case 'path':
      return { type: 'focus-path', path: spec.keys.map((key) => findFunction(profile, key)) };
    case 'merge':
      return { type: 'merge', marks: markFunctions(profile, spec.key) };
    case 'drop':
      return { type: 'drop', marks: markFunctions(profile, spec.key) };
    case 'recursion':
      return { type: 'collapse-recursion', marks: markFunctions(profile, spec.key) };
    case 'file':
      return {
        type: 'collapse-group',
        marks: markFiles(profile, (file) => file === spec.file),
        name: spec.file.slice(spec.file.lastIndexOf('/') + 1),
      };
    case 'hide-library':
      return { type: 'merge', marks: markFiles(profile, isStandardLibrary) };
    case 'hide-packages':
      return { type: 'merge', marks: markFiles(profile, isPackage) };
    case 'filter':
      return { type: 'keep', marks: searchFunctions(profile, spec.text) };
    default:
      return assertUnreachable(spec);
  }
}

/** The first function of this key; no function has row -1, so an unknown one is found nowhere. */
function findFunction(profile: Profile, key: string): FunctionIndex {
  return markFunctions(profile, key).indexOf(1) as FunctionIndex;
}

function markFiles(profile: Profile, isMeant: (file: string) => boolean): Uint8Array {
  // Many functions share a file: each text is looked at once.
  const known = new Map<string, boolean>();
  return Uint8Array.from({ length: profile.functions.length }, (_, row) => {
    const file = getFunctionFile(profile, row as FunctionIndex);
    if (file === undefined) return 0;
    const meant = known.get(file) ?? isMeant(file);
    known.set(file, meant);
    return meant ? 1 : 0;
  });
}

function isPackage(file: string): boolean {
  return /[\\/](site-packages|dist-packages|node_modules)[\\/]/.test(file);
}

/** Python's own library and its import machinery, and Node's. */
function isStandardLibrary(file: string): boolean {
  if (isPackage(file)) return false;
  return /[\\/]lib(64)?[\\/](python|pypy)\d?(\.\d+)?[\\/]/.test(file) || /^(<frozen |node:)/.test(file);
}
