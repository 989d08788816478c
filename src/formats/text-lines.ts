// Text files of any size, without ever holding them as one string (V8 allows half a gigabyte).

/** Bytes decoded at a time. */
const BLOCK = 1 << 20;

/** Calls `visit` with each line, without its line end. UTF-8, or UTF-16 with a byte order mark. */
export function forEachLine(bytes: Uint8Array, visit: (line: string) => void): void {
  const decoder = new TextDecoder(detectEncoding(bytes));
  let rest = '';
  for (let start = 0; start < bytes.length; start += BLOCK) {
    const isLast = start + BLOCK >= bytes.length;
    const text = rest + decoder.decode(bytes.subarray(start, start + BLOCK), { stream: !isLast });
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) visit(withoutReturn(line));
  }
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
