import type { ByteLines } from '../byte-lines.ts';
import { isBlank } from '../byte-lines.ts';

/** What a line says: nothing (empty, a comment), something unknown, or where its stack ends and what it weighs. */
export type CollapsedLine = 'nothing' | 'unknown' | { readonly stackEnd: number; readonly weights: number[] };

const [HASH, SLASH, ZERO, NINE] = [0x23, 0x2f, 0x30, 0x39];
/** Digits of a number that is exact without a look at its text. */
const SAFE_DIGITS = 15;

/**
 * The line that `lines` stands at; what stands in front of the last `count` numbers is the stack, with spaces of its own.
 * Unknown, too, when there are fewer numbers.
 */
export function parseCollapsedLine(lines: ByteLines, count: number): CollapsedLine {
  lines.trimEnd();
  const { bytes, start } = lines;
  if (lines.end === start || isComment(bytes, start, lines.end)) return 'nothing';
  const weights: number[] = [];
  let end = lines.end;
  while (weights.length < count) {
    let at = end;
    while (at > start && !isBlank(bytes[at - 1])) at--;
    // A number without a stack in front of it is no line of ours.
    if (at === start) return 'unknown';
    const weight = parseNumber(lines, at, end);
    if (weight === undefined) return 'unknown';
    weights.unshift(weight);
    end = at - 1;
  }
  return { stackEnd: end, weights };
}

function isComment(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === HASH || (end - start > 1 && bytes[start] === SLASH && bytes[start + 1] === SLASH);
}

function parseNumber(lines: ByteLines, start: number, end: number): number | undefined {
  const { bytes } = lines;
  if (end === start || end - start > 40) return undefined;
  let value = 0;
  let at = start;
  for (; at < end && bytes[at] >= ZERO && bytes[at] <= NINE; at++) value = value * 10 + bytes[at] - ZERO;
  if (at === end && end - start <= SAFE_DIGITS) return value;
  const text = lines.text(start, end);
  if (!/^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text)) return undefined;
  const weight = Number(text);
  return Number.isFinite(weight) ? weight : undefined;
}
