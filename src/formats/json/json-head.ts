// What detection sees of a JSON file: the keys of its outermost object, as far as its beginning shows them.

import { ProfilerError } from '../../base/errors.ts';
import { JsonReader } from './json-reader.ts';

export interface JsonHead {
  readonly kind: 'object' | 'array';
  /** Of the object, or of the first object in the array. The value of the last one may be cut. */
  readonly keys: readonly string[];
}

/** Undefined when it is no JSON object or array of objects, or not yet to be seen as one. */
export function readJsonHead(bytes: Uint8Array): JsonHead | undefined {
  const keys: string[] = [];
  let kind: 'object' | 'array' | undefined;
  try {
    const json = new JsonReader([bytes], 'JSON');
    const first = json.kind();
    if (first !== 'object' && first !== 'array') return undefined;
    if (first === 'array') {
      json.enterArray();
      if (!json.nextItem()) return undefined;
    }
    json.enterObject();
    kind = first;
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      keys.push(key);
      json.skip();
    }
  } catch (error) {
    // The end of the head, or damage behind what was seen: whoever reads the file says what is wrong.
    if (!(error instanceof ProfilerError)) throw error;
  }
  return kind === undefined || keys.length === 0 ? undefined : { kind, keys };
}
