// Text of unknown origin (names of functions, files, threads, commands) made fit for a terminal's columns.

/** Columns that a terminal needs for the text: two for East Asian wide characters and emoji, none for combining ones. */
export function displayWidth(text: string): number {
  if (PLAIN_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Fills up with spaces on the right. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Fills up with spaces on the left. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** At most `width` columns; what is cut off on the right is told by `…`. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** At most `width` columns: `…` takes the place of what is before the last two thirds. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const head = shorten(text, Math.ceil(width / 3));
  return head + takeEnd(text, width - displayWidth(head));
}

/**
 * At most `width` columns of a path. The end tells most, so whole folders go from the left first:
 * `/usr/lib/python3.11/json/decoder.py:353` → `…/json/decoder.py:353`.
 */
export function shortenPath(path: string, width: number): string {
  if (displayWidth(path) <= width) return path;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const rest = path.slice(slash);
    if (rest.length > 1 && displayWidth(rest) + 1 <= width) return `…${rest}`;
  }
  return shortenMiddle(path.slice(path.lastIndexOf('/') + 1), width);
}

/** As much of the end as fits. */
function takeEnd(text: string, width: number): string {
  const characters = [...text];
  let first = characters.length;
  let used = 0;
  while (first > 0 && used + characterWidth(characters[first - 1]) <= width) {
    first--;
    used += characterWidth(characters[first]);
  }
  return characters.slice(first).join('');
}

/** The same text without anything that a terminal would obey: control characters become visible ones. */
export function cleanText(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Breaks at spaces, so that no line is longer than `width` unless a single word is. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

const PLAIN_ASCII = /^[ -~]*$/;
// C0, DEL, C1, and the marks that turn the direction of text around (they could disguise a name).
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const COMBINING = /^(?:\p{Mn}|\p{Me}|[\u200b\u200c]|\u200d|[\ufe0e\ufe0f])$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (COMBINING.test(character)) return 0;
  return isEastAsianWide(code) || EMOJI.test(character) ? 2 : 1;
}

/** The blocks that Unicode's EastAsianWidth.txt lists as W or F, coarsely. */
function isEastAsianWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f900 && code <= 0x1f9ff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
