// Profiles are often compressed whole, whatever their format: `stacks.collapsed.gz`. Formats never see that.

import {
  gzip as gzipWhole,
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { BlockReader } from '../base/block-reader.ts';
import { ProfilerError } from '../base/errors.ts';
import { type Input, readHead } from './input.ts';

/** Unpacked bytes that are given out at a time. */
const STEP = 1 << 16;
/** Asks for gzip's header and checksum, and for room for any distance of copies. */
const GZIP_WINDOW = 16 + 15;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * What is inside a gzip file, all its members one behind the other. Reading gives all that can be unpacked, and throws
 * `not-a-recording` then if the file is damaged or cut.
 */
export function gunzip(input: Input): Input {
  return {
    fileName: input.fileName.replace(/\.gz$/i, ''),
    length: undefined,
    blocks: () => unpack(new BlockReader(input.blocks())),
  };
}

/** The file, or what is inside where gzip is around it. */
export function decompress(input: Input): Input {
  return isGzip(readHead(input, 3)) ? gunzip(input) : input;
}

function* unpack(reader: BlockReader): Iterable<Uint8Array> {
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP_WINDOW);
  do {
    yield* unpackMember(reader, stream);
    zlibInflateReset(stream);
  } while (!isPadding(reader));
}

function* unpackMember(reader: BlockReader, stream: ZStream): Iterable<Uint8Array> {
  for (let status: number = Z_OK; status !== Z_STREAM_END; ) {
    if (reader.isAtEnd) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is compressed and its end is missing: it breaks off at byte ${reader.offset}.`,
      );
    }
    stream.input = reader.bytes;
    stream.next_in = reader.position;
    stream.avail_in = reader.end - reader.position;
    // All that the input at hand becomes.
    do {
      stream.output = new Uint8Array(STEP);
      stream.next_out = 0;
      stream.avail_out = STEP;
      status = zlibInflate(stream, Z_NO_FLUSH);
      reader.position = stream.next_in;
      if (stream.next_out > 0) yield stream.output.subarray(0, stream.next_out);
    } while (status === Z_OK && stream.avail_out === 0);
    if (status !== Z_OK && status !== Z_STREAM_END && status !== Z_BUF_ERROR) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is compressed and damaged before byte ${reader.offset}: ${stream.msg}.`,
      );
    }
  }
}

/** Zeros up to the end, as tapes and some tools put behind files, or nothing. */
function isPadding(reader: BlockReader): boolean {
  if (!reader.isAtEnd && reader.bytes[reader.position] !== 0) return false;
  while (!reader.isAtEnd) {
    if (reader.readByte() !== 0) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is compressed and damaged before byte ${reader.offset}: what stands behind its end is not compressed.`,
      );
    }
  }
  return true;
}

export function gzip(bytes: Uint8Array): Uint8Array {
  // Without a time: the same profile gives the same file.
  return gzipWhole(bytes);
}
