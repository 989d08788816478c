// Values as Python writes them: repr() of text, bytes and numbers.

/** repr() of a str: quoted, everything escaped that is not printable. */
export function formatText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const letter of text) body += letter === quote ? `\\${quote}` : escapeLetter(letter);
  return quote + body + quote;
}

/** repr() of a bytes object. */
export function formatBytes(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const letter of text) {
    if (letter === quote) body += `\\${quote}`;
    else body += letter > '~' ? `\\x${hex(letter.charCodeAt(0), 2)}` : escapeLetter(letter);
  }
  return `b${quote}${body}${quote}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** Letters that cannot be seen: control, format, unassigned, private, surrogates, separators other than the space. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function escapeLetter(letter: string): string {
  const short = ESCAPES[letter];
  if (short !== undefined) return short;
  if (!UNSEEN.test(letter)) return letter;
  const point = letter.codePointAt(0) ?? 0;
  if (point <= 0xff) return `\\x${hex(point, 2)}`;
  return point <= 0xffff ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** repr() of a float: the shortest digits that give the number back, with an exponent below 1e-4 and from 1e16. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (exponent < -4 || exponent >= 16) {
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const digits = mantissa.replace('.', '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** repr() of a complex number. */
export function formatComplex(real: number, imaginary: number): string {
  const part = (value: number) => formatFloat(value).replace(/\.0$/, '');
  if (Object.is(real, 0)) return `${part(imaginary)}j`;
  const second = part(imaginary);
  return `(${part(real)}${second.startsWith('-') ? '' : '+'}${second}j)`;
}
