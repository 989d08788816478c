// Formats made of protocol buffers have no mark of their own: what tells them is that their first fields have the numbers and
// types that they should have, at every level.

import { MalformedError } from '../../base/malformed.ts';
import { FieldReader, WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './field-reader.ts';

/** What fields a message may have: number → kind. `numbers` are of any type, packed or not. */
export interface Shape {
  readonly [field: number]: 'varint' | 'fixed64' | 'text' | 'numbers' | 'any' | Shape;
}

/** Levels of messages inside of messages that are looked at. */
const DEEPEST = 6;

/**
 * Whether the bytes begin with a message of this shape, and `isMark` is true for one of its outermost fields. Without `isWhole`
 * the message may go on behind the bytes.
 */
export function hasShape(
  bytes: Uint8Array,
  isWhole: boolean,
  shape: Shape,
  isMark: (field: number, value: Uint8Array) => boolean,
): boolean {
  let isMarked = false;
  const fits = checkShape(bytes, isWhole, shape, 0, (field, value) => {
    isMarked ||= isMark(field, value);
  });
  return fits && isMarked;
}

function checkShape(
  bytes: Uint8Array,
  isWhole: boolean,
  shape: Shape,
  depth: number,
  visit: (field: number, value: Uint8Array) => void,
): boolean {
  const reader = new FieldReader().reset(bytes, 0, bytes.length, 0);
  while (reader.hasMore) {
    let value: Uint8Array;
    let isValueWhole = true;
    try {
      reader.readTag();
      if (reader.wire === WIRE_LENGTH) {
        reader.readVarint();
        const start = reader.position;
        isValueWhole = reader.unsigned <= bytes.length - start;
        reader.position = isValueWhole ? start + reader.unsigned : bytes.length;
        value = bytes.subarray(start, reader.position);
      } else {
        value = bytes.subarray(reader.position, reader.position);
        if (reader.wire === WIRE_VARINT) reader.readVarint();
        else reader.readFixed();
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      // A field that the end of the bytes cuts is no proof of anything.
      return !isWhole && bytes.length - reader.position < 10;
    }
    if (!isValueWhole && isWhole) return false;
    const kind = Object.hasOwn(shape, reader.field) ? shape[reader.field] : undefined;
    if (kind === undefined || !fitsKind(reader.wire, kind)) return false;
    if (typeof kind === 'object' && depth < DEEPEST) {
      if (!checkShape(value, isValueWhole, kind, depth + 1, () => {})) return false;
    }
    visit(reader.field, value);
  }
  return true;
}

function fitsKind(wire: number, kind: Shape[number]): boolean {
  switch (kind) {
    case 'varint':
      return wire === WIRE_VARINT;
    case 'fixed64':
      return wire === WIRE_FIXED64;
    case 'numbers':
      return wire !== WIRE_FIXED32;
    case 'any':
      return true;
    default:
      return wire === WIRE_LENGTH;
  }
}
