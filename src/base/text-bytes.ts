// Text as UTF-8, with one addition: half of a surrogate pair that stands alone, which UTF-8 has no bytes for, is kept
// as the three bytes its value would have (WTF-8, https://simonsapin.github.io/wtf-8/). Python makes such text of file
// names that are not valid UTF-8, and two names that differ have to stay different.

import { MalformedError } from './malformed.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of any string. */
export function encodeText(text: string): Uint8Array {
  return LONE_SURROGATE.test(text) ? encodeWithLoneSurrogates(text) : encoder.encode(text);
}

/** The string of UTF-8 bytes. Throws MalformedError when they are none. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    // Either lone surrogates or no text at all.
    return decodeWithLoneSurrogates(bytes);
  }
}

function encodeWithLoneSurrogates(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      length += encoder.encodeInto(character, bytes.subarray(length)).written;
    }
  }
  return bytes.slice(0, length);
}

/** Text between lone surrogates is decoded strictly, so everything else that is wrong is found. */
function decodeWithLoneSurrogates(bytes: Uint8Array): string {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] !== 0xed || bytes[i + 1] < 0xa0 || bytes[i + 1] > 0xbf || (bytes[i + 2] & 0xc0) !== 0x80)
      continue;
    parts.push(decodeStrictly(bytes.subarray(start, i)));
    parts.push(String.fromCharCode(0xd000 | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f)));
    start = i + 3;
    i += 2;
  }
  parts.push(decodeStrictly(bytes.subarray(start)));
  return parts.join('');
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new MalformedError('text is not valid UTF-8');
  }
}
