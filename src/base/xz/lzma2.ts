// LZMA2: chunks of LZMA and of plain bytes. "The .xz File Format", section 5.3.1; the chunks are described by no paper but
// the comments of XZ Embedded (xz_dec_lzma2.c).

import type { ByteReader } from '../byte-reader.ts';
import { MalformedError } from '../malformed.ts';
import { LzmaDecoder, type LzmaProperties } from './lzma.ts';
import type { Output } from './output.ts';
import { RangeDecoder } from './range-decoder.ts';

const END = 0;
const PLAIN_AFTER_RESET = 1;
const PLAIN = 2;
const FIRST_LZMA = 0x80;
const MAX_PROPERTIES = 224;
/** Of literals: more would be tables of a megabyte. */
const MAX_LITERAL_BITS = 4;

/** Unpacks chunks up to their end mark. Each turn reads a byte at least. Throws MalformedError. */
export function unpackLzma2(reader: ByteReader, output: Output): void {
  let properties: LzmaProperties | undefined;
  let decoder: LzmaDecoder | undefined;
  let hasDictionary = false;
  for (let control = reader.readByte(); control !== END; control = reader.readByte()) {
    const isLzma = control >= FIRST_LZMA;
    const reset = isLzma ? (control >> 5) & 3 : 0;
    if (control === PLAIN_AFTER_RESET || reset === 3) {
      output.emptyDictionary();
      hasDictionary = true;
      properties = undefined;
      decoder = undefined;
    }
    if (!hasDictionary) throw new MalformedError('the first chunk does not empty the dictionary');
    if (!isLzma) {
      if (control > PLAIN) throw new MalformedError('no chunk begins there');
      const size = readBigEndian16(reader) + 1;
      output.reserve(size);
      output.append(reader.readBytes(size));
      continue;
    }
    const size = ((control & 0x1f) << 16) + readBigEndian16(reader) + 1;
    const packedSize = readBigEndian16(reader) + 1;
    if (reset >= 2) properties = parseProperties(reader.readByte());
    if (reset >= 1 && properties !== undefined) decoder = new LzmaDecoder(properties);
    if (decoder === undefined) throw new MalformedError('a chunk goes on where nothing was begun');
    const packed = reader.readBytes(packedSize);
    output.reserve(size);
    decoder.decode(new RangeDecoder(packed, 0, packed.length), output, size);
  }
}

function readBigEndian16(reader: ByteReader): number {
  const high = reader.readByte();
  return high * 256 + reader.readByte();
}

function parseProperties(byte: number): LzmaProperties {
  const literalContext = byte % 9;
  const literalPosition = Math.floor(byte / 9) % 5;
  if (byte > MAX_PROPERTIES || literalContext + literalPosition > MAX_LITERAL_BITS) {
    throw new MalformedError('a chunk has impossible properties');
  }
  return { literalContext, literalPosition, position: Math.floor(byte / 45) };
}
