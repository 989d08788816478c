// Text files of any size, without ever holding them as one string (V8 allows half a gigabyte).

import { BlockReader } from '../base/block-reader.ts';
import { ProfilerError } from '../base/errors.ts';

/** Characters gathered before they are encoded. */
const BLOCK = 1 << 20;
/** A stack of 100,000 long names takes a tenth of this. */
const MAX_LINE = 1 << 28;

/**
 * Calls `visit` with each line, without its line end. UTF-8, or UTF-16 with a byte order mark; what is neither is read as
 * far as it goes. Throws `not-a-recording` at a line that no text has.
 */
export function forEachLine(blocks: Iterable<Uint8Array>, visit: (line: string) => void): void {
  let rest = '';
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = rest === '' ? text.slice(start, end) : rest + text.slice(start, end);
      rest = '';
      visit(withoutReturn(line));
      start = end + 1;
    }
    rest += text.slice(start);
    if (rest.length > MAX_LINE) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is no text: it has a line of more than ${MAX_LINE} characters.`,
      );
    }
  };
  const reader = new BlockReader(blocks);
  reader.ensure(2);
  const decoder = new TextDecoder(detectEncoding(reader.bytes.subarray(reader.position, reader.end)));
  do {
    take(decoder.decode(reader.bytes.subarray(reader.position, reader.end), { stream: true }));
    reader.position = reader.end;
  } while (reader.more());
  take(decoder.decode());
  if (rest !== '') visit(withoutReturn(rest));
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function detectEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Gathers text as UTF-8 bytes. */
export class TextWriter {
  readonly #encoder = new TextEncoder();
  readonly #blocks: Uint8Array[] = [];
  #pending: string[] = [];
  #pendingLength = 0;

  write(text: string): void {
    this.#pending.push(text);
    this.#pendingLength += text.length;
    if (this.#pendingLength >= BLOCK) this.#flush();
  }

  toBytes(): Uint8Array {
    this.#flush();
    const bytes = new Uint8Array(this.#blocks.reduce((sum, block) => sum + block.length, 0));
    let position = 0;
    for (const block of this.#blocks) {
      bytes.set(block, position);
      position += block.length;
    }
    return bytes;
  }

  #flush(): void {
    this.#blocks.push(this.#encoder.encode(this.#pending.join('')));
    this.#pending = [];
    this.#pendingLength = 0;
  }
}
