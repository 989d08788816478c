import { ByteWriter } from '../../base/byte-writer.ts';
import { encodeText } from '../../base/text-bytes.ts';

/** Writes logs of the JIT, for tests of the reader. */
export class LogEncoder {
  readonly #writer = new ByteWriter();
  readonly #version: number;
  readonly #is32Bit: boolean;
  /** Where each record ends. */
  readonly ends: number[] = [];

  constructor(version: number, options: { is32Bit?: boolean; machine?: string } = {}) {
    this.#version = version;
    this.#is32Bit = options.is32Bit ?? false;
    this.#put(0x1e, version & 0xff, version >> 8, this.#is32Bit ? 1 : 0, options.machine ?? 'x86_64');
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }

  names(...names: readonly string[]): this {
    return this.#put(0x12, u16(names.length), ...names.flatMap((name, i) => [u16(i), name]));
  }

  trace(id: number, kind: string, descriptor: number, driver = 'pypyjit'): this {
    return this.#put(
      0x1b,
      this.#word(id),
      kind,
      this.#word(descriptor),
      ...(this.#version >= 2 ? [driver] : []),
    );
  }

  /** 0 recorded, 1 optimized, 2 assembled. */
  stage(id: number, kind: number): this {
    return this.#put(0x17 + kind, this.#word(id));
  }

  inputs(text: string): this {
    return this.#put(0x11, text);
  }

  operation(name: number, text: string, descriptor?: number): this {
    const parts = descriptor === undefined ? [] : [this.#word(descriptor)];
    const marker = descriptor === undefined ? 0x13 : 0x14;
    return this.#put(marker, u16(name), text, ...parts, ...(this.#version >= 2 ? ['i0,i1'] : []));
  }

  addresses(start: number, end: number): this {
    return this.#put(0x15, this.#word(start), this.#word(end));
  }

  code(offset: number, ...bytes: readonly number[]): this {
    return this.#put(0x16, u16(offset), u32(bytes.length), Uint8Array.from(bytes));
  }

  stitch(descriptor: number, address: number): this {
    return this.#put(0x1a, this.#word(descriptor), this.#word(address));
  }

  redirect(descriptor: number, newDescriptor: number, trace: number): this {
    return this.#put(0x23, this.#word(descriptor), this.#word(newDescriptor), this.#word(trace));
  }

  counter(number: number, kind: string, count: number): this {
    return this.#put(0x1c, this.#word(number), kind.charCodeAt(0), u64(count));
  }

  abort(id: number): this {
    return this.#put(0x21, this.#word(id));
  }

  /** File and line, function, index, bytecode: all that PyPy declares. */
  declare(): this {
    const fields = [1, 0x73, 2, 0x69, 8, 0x73, 4, 0x69, 16, 0x73];
    return this.#put(0x1d, u16(5), Uint8Array.from(fields));
  }

  prefix(field: number, text: string): this {
    return this.#put(0x20, field, text);
  }

  /** `same`: the prefix alone; else it is put behind the prefix, or stands alone. */
  mergePoint(
    file: { same: true } | { behind: string } | { whole: string },
    line: number,
    scope: string,
  ): this {
    const coded = 'same' in file ? [0xef] : 'behind' in file ? [0x00, file.behind] : [0xff, file.whole];
    return this.#put(0x1f, ...coded, 0, u64(line), 0xff, scope, 0, u64(7), 0xff, 'ADD');
  }

  source(file: string, ...lines: readonly string[]): this {
    return this.#put(0x22, file, u16(lines.length), ...lines.flatMap((line, i) => [u16(i + 1), 4, line]));
  }

  bytes(...bytes: readonly number[]): this {
    return this.#put(...bytes);
  }

  #word(value: number): Uint8Array {
    return this.#is32Bit ? u32(value) : u64(value);
  }

  #put(...parts: readonly (number | string | Uint8Array)[]): this {
    for (const part of parts) {
      if (typeof part === 'number') this.#writer.writeByte(part);
      else if (typeof part === 'string') {
        const text = encodeText(part);
        this.#writer.writeBytes(u32(text.length));
        this.#writer.writeBytes(text);
      } else this.#writer.writeBytes(part);
    }
    this.ends.push(this.#writer.length);
    return this;
  }
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function u64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}
