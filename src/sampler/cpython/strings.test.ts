import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertDefined } from '../../base/assert.ts';
import type { ProcessMemory } from '../process/memory.ts';
import type { Layout } from './layout.ts';
import { findLayout } from './layouts.ts';
import { readBytes, readText, readTextObject, readUnicode27 } from './strings.ts';

/** One area of memory at BASE; everything else cannot be read. */
const BASE = 0x7f00_0000_1000;

function memoryOf(area: Uint8Array): ProcessMemory {
  const readInto = (address: number, target: Uint8Array): boolean => {
    const at = address - BASE;
    if (!(at >= 0) || at + target.length > area.length) return false;
    target.set(area.subarray(at, at + target.length));
    return true;
  };
  return {
    pid: 1,
    readInto,
    read(address, length) {
      const bytes = new Uint8Array(length);
      if (!readInto(address, bytes)) throw new Error('fault');
      return bytes;
    },
  };
}

const layout312 = assertDefined(findLayout({ major: 3, minor: 12, patch: 1 }), 'known');
const layout38 = assertDefined(findLayout({ major: 3, minor: 8, patch: 1 }), 'known');
const layout27 = assertDefined(findLayout({ major: 2, minor: 7, patch: 18 }), 'known');
/** As free-threaded 3.14 has it: longer header, and the state's bits moved. */
const free314: Layout = {
  ...layout312,
  objects: {
    ...layout312.objects,
    text: { kind: 'compact', length: 32, state: 48, kindShift: 8, asciiData: 56, compactData: 72 },
  },
};

/** A compact str object, exactly as long as it has to be. */
function makeText(layout: Layout, points: readonly number[]): Uint8Array {
  const { text } = layout.objects;
  if (text.kind !== 'compact') throw new Error('not for 2.7');
  const highest = Math.max(0, ...points);
  const kind = highest < 256 ? 1 : highest < 65536 ? 2 : 4;
  const isAscii = highest < 128;
  const data = isAscii ? text.asciiData : text.compactData;
  const view = new DataView(new ArrayBuffer(data + (points.length + 1) * kind));
  view.setBigUint64(text.length, BigInt(points.length), true);
  view.setUint32(text.state, 1 | ((kind | 8 | (isAscii ? 16 : 0)) << text.kindShift), true);
  points.forEach((point, index) => {
    const at = data + index * kind;
    if (kind === 1) view.setUint8(at, point);
    else if (kind === 2) view.setUint16(at, point, true);
    else view.setUint32(at, point, true);
  });
  return new Uint8Array(view.buffer);
}

describe('str', () => {
  const layouts: [string, Layout][] = [
    ['3.8', layout38],
    ['3.12', layout312],
    ['3.14t', free314],
  ];
  test.each(layouts)('of %s: any text comes back', (_, layout) => {
    const letters = fc.array(fc.nat(0x10ffff), { maxLength: 400 });
    const ascii = fc.array(fc.nat(127), { maxLength: 400 });
    fc.assert(
      fc.property(fc.oneof(letters, ascii, fc.array(fc.nat(255)), fc.array(fc.nat(0xd7ff))), (points) => {
        const memory = memoryOf(makeText(layout, points));
        // It may end where nothing can be read any more; those that are not ASCII are never that short.
        const isShort = points.length < 9 && points.some((point) => point > 127);
        const padded = memoryOf(Uint8Array.from([...makeText(layout, points), ...new Uint8Array(16)]));
        const text = readText(isShort ? padded : memory, layout, BASE);
        expect(text).toBe(points.map((point) => String.fromCodePoint(point)).join(''));
      }),
    );
  });

  test('is cut at the limit, and says how long it is', () => {
    const memory = memoryOf(
      makeText(
        layout312,
        Array.from({ length: 1000 }, () => 0x1f40d),
      ),
    );
    const read = readTextObject(memory, layout312, BASE, 3);
    expect(read?.text).toBe('🐍🐍🐍');
    expect(read?.length).toBe(1000);
  });

  test('that is not compact has its characters elsewhere', () => {
    const bytes = new Uint8Array(200);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(16, 4n, true);
    view.setUint32(32, 2 << 2, true);
    view.setBigUint64(72, BigInt(BASE + 150), true);
    [0x65e5, 0x672c, 0x41, 0xdcff].forEach((unit, index) => {
      view.setUint16(150 + index * 2, unit, true);
    });
    expect(readText(memoryOf(bytes), layout38, BASE)).toBe('日本A\udcff');
  });

  test('garbage is none, and nothing large is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 80, maxLength: 300 }), (bytes) => {
        for (const [, layout] of layouts) readText(memoryOf(bytes), layout, BASE);
        readText(memoryOf(bytes), layout27, BASE);
        readUnicode27(memoryOf(bytes), layout27, BASE);
        readBytes(memoryOf(bytes), layout312, BASE);
      }),
    );
    expect(readText(memoryOf(new Uint8Array(200)), layout312, BASE)).toBeUndefined();
    expect(readText(memoryOf(new Uint8Array()), layout312, BASE)).toBeUndefined();
    expect(readText(memoryOf(new Uint8Array(200)), layout312, 0)).toBeUndefined();
  });
});

describe('2.7', () => {
  test('str is UTF-8 if it can be', () => {
    const make = (data: readonly number[]) => {
      const bytes = new Uint8Array(37 + data.length);
      new DataView(bytes.buffer).setBigUint64(16, BigInt(data.length), true);
      bytes.set(data, 36);
      return memoryOf(bytes);
    };
    expect(readText(make([0x62, 0xc3, 0xbc]), layout27, BASE)).toBe('bü');
    expect(readText(make([0x62, 0xfc]), layout27, BASE)).toBe('bü');
    expect(readText(make([]), layout27, BASE)).toBe('');
  });

  test.each([2, 4])('unicode of builds with %i bytes a unit', (size) => {
    const make = (text: string) => {
      const units =
        size === 2
          ? Array.from(text, (_, at) => text.charCodeAt(at))
          : Array.from(text, (one) => one.codePointAt(0) ?? 0);
      const bytes = new Uint8Array(64 + 400);
      const view = new DataView(bytes.buffer);
      const count = size === 2 ? text.length : units.length;
      view.setBigUint64(16, BigInt(count), true);
      view.setBigUint64(24, BigInt(BASE + 64), true);
      for (let at = 0; at < count; at++) {
        if (size === 2) view.setUint16(64 + at * 2, text.charCodeAt(at), true);
        else view.setUint32(64 + at * 4, units[at], true);
      }
      return memoryOf(bytes);
    };
    for (const text of ['hello', 'bücher', '日本語', '']) {
      expect(readUnicode27(make(text), layout27, BASE)?.text).toBe(text);
    }
    if (size === 4) expect(readUnicode27(make('🐍x'), layout27, BASE)?.text).toBe('🐍x');
  });
});

test('bytes', () => {
  const bytes = new Uint8Array(40);
  new DataView(bytes.buffer).setBigUint64(16, 5n, true);
  bytes.set([1, 2, 0, 255, 5], 32);
  expect(readBytes(memoryOf(bytes), layout312, BASE)).toEqual(Uint8Array.of(1, 2, 0, 255, 5));
  expect(readBytes(memoryOf(bytes), layout312, BASE, 2)).toEqual(Uint8Array.of(1, 2));
});
