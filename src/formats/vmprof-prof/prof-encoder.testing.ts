// Writes `.prof` files of every version and layout, for tests of the reader; and takes real files apart, to write them again.

import { ByteWriter } from '../../base/byte-writer.ts';
import { encodeText } from '../../base/text-bytes.ts';
import { inputOfBytes } from '../input.ts';
import type { ProfLayout } from './layout.ts';
import { parseProf } from './prof-parser.ts';
import { MODE, type ProfSection, type SampleClock } from './section.ts';

export const UNIX_64: ProfLayout = {
  isLittleEndian: true,
  wordSize: 8,
  addressSize: 8,
  idSize: 8,
  padding: 0,
};
export const UNIX_32: ProfLayout = { ...UNIX_64, wordSize: 4, addressSize: 4, idSize: 4 };
export const WINDOWS_64: ProfLayout = { ...UNIX_64, wordSize: 4 };
/** Before 0.4.0. */
export const OLD_WINDOWS_64: ProfLayout = { ...UNIX_64, wordSize: 4, idSize: 4, padding: 4 };

export type ProfRecord =
  | { readonly type: 'name'; readonly id: bigint; readonly text: string; readonly isNative?: boolean }
  | {
      readonly type: 'sample';
      readonly entries: readonly bigint[];
      readonly thread?: bigint;
      /** KiB; undefined: the word is left out. */
      readonly memory?: number;
      /** Nanoseconds. */
      readonly time?: number;
      readonly isAllocation?: boolean;
    }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };

export interface ProfFile {
  readonly layout?: ProfLayout;
  /** The fifth word. */
  readonly windows?: number;
  readonly period?: number;
  /** 0 writes no header record. */
  readonly version?: number;
  readonly mode?: number;
  readonly interpreter?: string;
  readonly clock?: SampleClock;
  readonly meta?: readonly (readonly [string, string])[];
  /** In microseconds. */
  readonly startTime?: number;
  readonly endTime?: number;
  /** Text of the memory map. */
  readonly maps?: string;
  readonly records: readonly ProfRecord[];
  readonly isCut?: boolean;
}

/** The bytes of a file. */
export function encodeProf(file: ProfFile): Uint8Array {
  const { layout = UNIX_64, version = 6, mode = 0, interpreter = 'cpython', clock = 'none' } = file;
  const writer = new ByteWriter();
  const number = (value: bigint | number, size: number) => {
    const bytes = new Uint8Array(8);
    const wide = BigInt.asUintN(64, BigInt(value));
    new DataView(bytes.buffer).setBigUint64(0, wide, layout.isLittleEndian);
    writer.writeBytes(layout.isLittleEndian ? bytes.subarray(0, size) : bytes.subarray(8 - size));
  };
  const double = (value: number) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, layout.isLittleEndian);
    writer.writeBytes(bytes);
  };
  const word = (value: number) => number(value, layout.wordSize);
  const text = (value: string) => {
    const bytes = encodeText(value);
    word(bytes.length);
    writer.writeBytes(bytes);
  };
  const time = (microseconds: number) => {
    number(Math.floor(microseconds / 1e6), 8);
    number(microseconds % 1e6, 8);
    number(0, 8);
  };
  for (const value of [0, 3, 0, file.period ?? 1000, file.windows ?? 0]) word(value);
  const name = encodeText(interpreter);
  if (version === 0 && name.length > 0) writer.writeBytes(Uint8Array.of(4, name.length, ...name));
  if (version > 0) {
    writer.writeBytes(Uint8Array.of(5, version >> 8, version & 0xff));
    if (version >= 4) writer.writeByte(mode);
    writer.writeBytes(Uint8Array.of(name.length, ...name));
  }
  if (file.startTime !== undefined) {
    writer.writeByte(6);
    time(file.startTime);
  }
  for (const [key, value] of file.meta ?? []) {
    writer.writeByte(7);
    text(key);
    text(value);
  }
  for (const record of file.records) {
    if (record.type === 'bytes') writer.writeBytes(record.bytes);
    else if (record.type === 'name') {
      writer.writeByte(record.isNative === true ? 8 : 2);
      number(record.id, layout.idSize);
      text(record.text);
    } else {
      writer.writeByte(record.isAllocation === true ? 9 : 1);
      if (clock === 'seconds') double((record.time ?? 0) / 1e9);
      else if (clock === 'nanoseconds') double(record.time ?? 0);
      else word(1);
      word(record.entries.length);
      for (let i = 0; i < layout.padding; i++) writer.writeByte(0xa5);
      for (const entry of record.entries) number(entry, layout.addressSize);
      if (version >= 1) number(record.thread ?? 0n, layout.addressSize);
      if (record.memory !== undefined) number(record.memory, layout.addressSize);
      if (clock === 'after') number(Math.round(record.time ?? 0), 8);
    }
  }
  if (file.isCut === true) return writer.toBytes();
  writer.writeByte(3);
  if (version >= 5) time(file.endTime ?? 0);
  if (file.maps !== undefined) writer.writeText(file.maps);
  return writer.toBytes();
}

/** A file with one profile taken apart. */
export function decodeProf(bytes: Uint8Array): ProfFile & { readonly section: ProfSection } {
  const sections: ProfSection[] = [];
  const records: ProfRecord[] = [];
  parseProf(
    inputOfBytes(bytes, 'x'),
    {
      onSection: (section) => sections.push(section),
      onName: (_, low, high, text, isNative) =>
        records.push({ type: 'name', id: join(low, high), text, isNative }),
      onSample: (section, sample) =>
        records.push({
          type: 'sample',
          entries: Array.from({ length: sample.depth }, (_, i) => join(sample.low[i], sample.high[i])),
          thread: join(sample.threadLow, sample.threadHigh),
          ...((section.mode & MODE.memory) === 0 ? {} : { memory: sample.memory }),
          ...(Number.isNaN(sample.time) ? {} : { time: sample.time }),
          isAllocation: sample.isAllocation,
        }),
    },
    { narrow: new Map() },
  );
  const [section] = sections;
  const { layout, period, version, mode, interpreter, clock, startTime, endTime } = section;
  return {
    section,
    layout,
    period,
    version,
    mode,
    interpreter,
    clock,
    meta: [...section.meta],
    ...(startTime === undefined ? {} : { startTime }),
    ...(endTime === undefined ? {} : { endTime }),
    records,
  };
}

/** The same file with ids and threads that fit 31 bits; odd ones stay odd, and small numbers (tags, lines) as they are. */
export function narrowIds(file: ProfFile): ProfFile {
  const ids = new Map<bigint, bigint>();
  const narrow = (id: bigint) => {
    if (id < 0x1_0000n || id >= 1n << 63n) return id;
    let small = ids.get(id);
    if (small === undefined) {
      small = BigInt(0x10_0000 + ids.size * 16) + (id & 1n);
      ids.set(id, small);
    }
    return small;
  };
  const records = file.records.map((record): ProfRecord => {
    if (record.type === 'bytes') return record;
    if (record.type === 'name') return { ...record, id: narrow(record.id) };
    return { ...record, entries: record.entries.map(narrow), thread: narrow(record.thread ?? 0n) };
  });
  return { ...file, records };
}

function join(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
