// Attributes of instances: in a dict, in values beside the instance whose names its class keeps, or first the one and then
// the other, depending on the version.

import type { ProcessMemory } from '../process/memory.ts';
import { type DictEntry, readDict, readDictKeys, takeValues } from './dicts.ts';
import type { Layout } from './layout.ts';
import { readPointer } from './remote-values.ts';
import { readText } from './strings.ts';
import type { TypeInfo, TypeReader } from './types.ts';

/** Attributes looked at to find one. */
const MAX_ATTRIBUTES = 500;

/** The value of an attribute that the instance itself has (not its class); undefined when there is none. */
export function readAttribute(
  memory: ProcessMemory,
  layout: Layout,
  types: TypeReader,
  object: number,
  name: string,
): number | undefined {
  const type = types.typeOf(object);
  if (type === undefined) return undefined;
  const entries = readAttributes(memory, layout, object, type).slice(0, MAX_ATTRIBUTES);
  return entries.find((entry) => readText(memory, layout, entry.key, name.length + 1) === name)?.value;
}

/** All attributes of an instance. */
function readAttributes(
  memory: ProcessMemory,
  layout: Layout,
  object: number,
  type: TypeInfo,
): readonly DictEntry[] {
  const { attributes } = layout.objects;
  if (!type.hasManagedDict || attributes.kind === 'dict-only') {
    return type.dictOffset <= 0 ? [] : readDictAt(memory, layout, object + type.dictOffset);
  }
  switch (attributes.kind) {
    case 'two-pointers': {
      const values = readPointer(memory, object + attributes.values) ?? 0;
      if (values !== 0) return readSharedValues(memory, layout, type, values);
      return readDictAt(memory, layout, object + attributes.dict);
    }
    case 'tagged-pointer': {
      const pointer = readPointer(memory, object + attributes.pointer) ?? 0;
      // Odd: values, one byte before their beginning.
      if (pointer % 2 === 1) return readSharedValues(memory, layout, type, pointer + 1);
      return readDictAt(memory, layout, object + attributes.pointer);
    }
    case 'inline-values': {
      const dict = readPointer(memory, object + attributes.dict) ?? 0;
      if (dict !== 0 || !type.hasInlineValues) return readDictAt(memory, layout, object + attributes.dict);
      return readSharedValues(memory, layout, type, object + type.basicSize);
    }
  }
}

/** The dict that a pointer at this address points to. */
function readDictAt(memory: ProcessMemory, layout: Layout, pointerAddress: number): readonly DictEntry[] {
  const dict = readPointer(memory, pointerAddress) ?? 0;
  return dict === 0 ? [] : (readDict(memory, layout, dict)?.entries ?? []);
}

/** Values whose names the class keeps. */
function readSharedValues(
  memory: ProcessMemory,
  layout: Layout,
  type: TypeInfo,
  values: number,
): readonly DictEntry[] {
  const { dict, typeObject } = layout.objects;
  if (dict.kind !== 'ordered') return [];
  const address = readPointer(memory, type.address + typeObject.cachedKeys) ?? 0;
  const keys = address === 0 ? undefined : readDictKeys(memory, dict, address);
  return keys === undefined ? [] : takeValues(memory, keys, values + dict.valuesBegin);
}
