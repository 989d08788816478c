// A recording that is still being made, as a stream of server-sent events (HTML Living Standard, section 9.2): all bytes so far,
// then each piece as it comes. An event's id is the number of bytes up to its end, so a reader that lost the connection goes on
// where it was.

/** How much stands in one event at the most: base64 makes four of every three. */
const MAX_EVENT_BYTES = 3 << 16;

/** Takes the bytes of a recording and hands them to any number of readers. */
export class LiveRecording {
  readonly name: string;
  readonly #pieces: Uint8Array[] = [];
  readonly #wakers = new Set<() => void>();
  #length = 0;
  #isOver = false;

  constructor(name: string) {
    this.name = name;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  append(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += MAX_EVENT_BYTES) {
      const piece = bytes.slice(start, start + MAX_EVENT_BYTES);
      this.#pieces.push(piece);
      this.#length += piece.length;
    }
    this.#wake();
  }

  /** No more bytes come. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** All bytes so far, in one piece. */
  read(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /** Events from a byte on, which has to be the end of an earlier one; anything else begins anew. */
  stream(from: number): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let { next, offset } = this.#find(from);
    let wake: (() => void) | undefined;
    return new ReadableStream({
      start: (controller) => {
        // A comment: the reader's connection is open before there is anything to tell.
        controller.enqueue(encoder.encode(': vmprof\n\n'));
      },
      pull: async (controller) => {
        while (next === this.#pieces.length && !this.#isOver) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#wakers.add(resolve);
          });
        }
        if (next === this.#pieces.length) {
          controller.enqueue(encoder.encode(`event: end\ndata: ${this.#length}\n\n`));
          controller.close();
          return;
        }
        const piece = this.#pieces[next++];
        offset += piece.length;
        controller.enqueue(
          encoder.encode(`id: ${offset}\ndata: ${Buffer.from(piece).toString('base64')}\n\n`),
        );
      },
      cancel: () => {
        if (wake !== undefined) this.#wakers.delete(wake);
      },
    });
  }

  #find(from: number): { next: number; offset: number } {
    let offset = 0;
    for (let next = 0; next < this.#pieces.length && offset < from; next++) {
      offset += this.#pieces[next].length;
      if (offset === from) return { next: next + 1, offset };
    }
    return { next: 0, offset: 0 };
  }

  #wake(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }
}
