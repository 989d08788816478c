import { ByteWriter } from '../../base/byte-writer.ts';
import { encodeText } from '../../base/text-bytes.ts';
import { MARKER } from './record-length.ts';

/** Version that the original's tools have read since 2016, and that all of them read. */
const VERSION = 6;

/** Writes records of version 6 as a little-endian 64-bit Unix does. */
export class RecordWriter {
  readonly #writer = new ByteWriter(1 << 16);

  get length(): number {
    return this.#writer.length;
  }

  /** What was written, without a copy: valid until more is written. */
  view(): Uint8Array {
    return this.#writer.view();
  }

  /** The five words and the header record; the period in microseconds. */
  writeHeader(period: number, mode: number, interpreter: string): void {
    for (const word of [0, 3, 0, period, 0]) this.writeWord(word);
    const name = encodeText(interpreter);
    this.#writer.writeBytes(Uint8Array.of(MARKER.header, 0, VERSION, mode, name.length));
    this.#writer.writeBytes(name);
  }

  writeMeta(key: string, value: string): void {
    this.#writer.writeByte(MARKER.meta);
    this.#writeText(key);
    this.#writeText(value);
  }

  writeName(id: number, text: string): void {
    this.#writer.writeByte(MARKER.name);
    this.writeWord(id);
    this.#writeText(text);
  }

  /** When profiling began, or ended, in microseconds since 1970. */
  writeTime(marker: typeof MARKER.start | typeof MARKER.end, microseconds: number): void {
    this.#writer.writeByte(marker);
    this.writeWord(Math.floor(microseconds / 1e6));
    this.writeWord(microseconds % 1e6);
    this.writeWord(0);
  }

  /** Marker, count and depth of a stack; its entries, the thread and the memory are words that follow. */
  beginStack(depth: number): void {
    this.#writer.writeByte(MARKER.stack);
    this.writeWord(1);
    this.writeWord(depth);
  }

  /** An integer from 0 to 2^53 - 1. */
  writeWord(value: number): void {
    this.#writer.writeUint32(value % 0x1_0000_0000);
    this.#writer.writeUint32(Math.floor(value / 0x1_0000_0000));
  }

  /** What was written from `start` on, so many times more. */
  repeatFrom(start: number, times: number): void {
    const record = this.#writer.view().slice(start);
    for (let time = 0; time < times; time++) this.#writer.writeBytes(record);
  }

  #writeText(text: string): void {
    const bytes = encodeText(text);
    this.writeWord(bytes.length);
    this.#writer.writeBytes(bytes);
  }
}
