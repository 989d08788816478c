// What JSON consists of.

export const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
export const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
export const [MINUS, DOT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];
/** The first letters of `true`, `false` and `null`. */
export const [LETTER_T, LETTER_F, LETTER_N] = [0x74, 0x66, 0x6e];

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a number begins with it. */
export function beginsNumber(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE);
}
