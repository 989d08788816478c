import { Z_FINISH, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';
import { MalformedError } from './malformed.ts';

/** What stands around deflated data: nothing, or zlib's header and checksum. Asks for room for any distance of copies. */
const WINDOW = { raw: -15, zlib: 15 } as const;

/** Inflates data that was deflated as a whole and fills the target exactly. Throws MalformedError. */
export function inflateInto(
  packed: Uint8Array,
  target: Uint8Array<ArrayBuffer>,
  wrapper: keyof typeof WINDOW,
): void {
  const { length } = target;
  const stream = new ZStream();
  zlibInflateInit2(stream, WINDOW[wrapper]);
  stream.input = packed;
  stream.avail_in = packed.length;
  stream.output = target;
  stream.next_out = 0;
  stream.avail_out = length;
  const status: number = zlibInflate(stream, Z_FINISH);
  if (status === Z_STREAM_END && stream.next_out === length) return;
  if (stream.msg !== '') throw new MalformedError(`it cannot be decompressed: ${stream.msg}`);
  const isMore = status !== Z_STREAM_END && stream.next_out === length;
  throw new MalformedError(
    `it decompresses to ${stream.next_out}${isMore ? ' bytes and more' : ' bytes'}, and not to ${length}`,
  );
}
