import { MalformedError } from '../../base/malformed.ts';
import { decodeText } from '../../base/text-bytes.ts';

/** Reads texts that should be UTF-8, and counts those that are not. */
export class TextReader {
  /** Texts in which something had to be replaced. */
  replaced = 0;
  readonly #lenient = new TextDecoder('utf-8', { ignoreBOM: true });

  decode(bytes: Uint8Array): string {
    try {
      return decodeText(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.replaced++;
      return this.#lenient.decode(bytes);
    }
  }
}
