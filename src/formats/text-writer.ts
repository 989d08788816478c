// Writing text of any size, without ever holding it as one string (V8 allows half a gigabyte).

/** Characters gathered before they are encoded. */
const BLOCK = 1 << 20;

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
