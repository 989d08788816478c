// How collapsed stacks write a frame: a name, mostly with its file, and a suffix for its kind.
//
// The format has no way to write a `;` or a line end in a name, nor a name that ends like a number or a suffix. We write
// %3B, %0A and so on (%25 for a `%` that would read as one of them): other tools show that as it is, and we read it back.

import type { FrameTier, FunctionKind } from '../../profile/tables.ts';
import { encodeFrameLabel, parseFrameLabel } from '../frame-label.ts';
import type { FunctionLabel } from '../function-labels.ts';

/** Stands for a sample whose stack is not known. */
export const NO_STACK = '(no stack)';

export interface CollapsedFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly kind: FunctionKind;
  readonly tier?: FrameTier;
  readonly isInlined: boolean;
}

interface Suffix {
  readonly text: string;
  readonly kind: FunctionKind;
  readonly tier?: FrameTier;
  readonly isInlined?: boolean;
}

/**
 * What stackcollapse-perf.pl and async-profiler put behind names: kernel; compiled, inlined, interpreted and quickly
 * compiled methods of a virtual machine, which stay one function. Others (`_[w]`, stacks of wakers) stay part of the name:
 * the same function on both sides of a wake-up is two things to look at.
 */
const SUFFIXES: readonly Suffix[] = [
  { text: '_[k]', kind: 'kernel' },
  { text: '_[j]', kind: 'jit' },
  { text: '_[i]', kind: 'jit', isInlined: true },
  { text: '_[0]', kind: 'jit', tier: 'interpreted' },
  { text: '_[1]', kind: 'jit', tier: 'jit' },
];

/** What stands between two semicolons. */
export function parseCollapsedFrame(part: string): CollapsedFrame {
  const suffix = findSuffix(part);
  const written = suffix === undefined ? part : part.slice(0, -suffix.text.length);
  const label = parseFrameLabel(written);
  const name = unescapeName(label.name);
  const file = label.file === undefined ? undefined : unescapeName(label.file);
  const isPython = file !== undefined && /\.pyw?$|^<frozen /.test(file);
  return {
    name,
    ...(file === undefined ? {} : { file }),
    ...(label.line === undefined ? {} : { line: label.line }),
    kind: suffix?.kind ?? (isPython ? 'python' : 'other'),
    ...(suffix?.tier === undefined ? {} : { tier: suffix.tier }),
    isInlined: suffix?.isInlined === true,
  };
}

/** The text that parseCollapsedFrame reads back as this function. */
export function encodeCollapsedFrame({ name, file }: FunctionLabel, kind: FunctionKind): string {
  const suffix = SUFFIXES.find((candidate) => candidate.kind === kind)?.text ?? '';
  const text = encodeFrameLabel(escapeName(name), file === undefined ? undefined : escapeFile(file));
  return suffix === '' && findSuffix(text) !== undefined ? text.replace(/\[(?=.\]$)/, '%5B') : text + suffix;
}

function findSuffix(text: string): Suffix | undefined {
  if (!text.endsWith(']')) return undefined;
  return SUFFIXES.find((suffix) => text.length > suffix.text.length && text.endsWith(suffix.text));
}

function escapeName(name: string): string {
  const text = escapeText(name)
    // A comment, or our own word for a sample without a stack.
    .replace(/^#|^\/(?=\/)/, escapeCharacter)
    .replace(/^\((?=no stack\)$)/, escapeCharacter)
    // The first number of two, or white space that readers cut.
    .replace(/\s(?=[-\d.eE+]*$)/, escapeCharacter);
  const { file } = parseFrameLabel(text);
  return file === undefined ? text : text.replace(/\((?=[^(]*$)/, escapeCharacter);
}

/** The last bracket behind a space is where the file begins. */
function escapeFile(file: string): string {
  return escapeText(file).replace(/(?<= )\(/g, escapeCharacter);
}

function escapeText(text: string): string {
  return text.replace(/%(?=[0-9A-F]{2})|[;\n\r\0]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? character : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Only what escapeName makes: other codes are part of names, as in web addresses. */
function unescapeName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%(0[09A-D]|20|23|25|28|2F|3B|5B|A0)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
