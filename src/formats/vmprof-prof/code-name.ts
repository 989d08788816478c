// Names of code as `.prof` files have them: `language:function:first line:file`.

import type { FunctionKind } from '../../profile/tables.ts';

export interface CodeName {
  readonly name: string;
  readonly kind: FunctionKind;
  /** From 1. */
  readonly firstLine?: number;
  readonly file?: string;
}

/** What stands before the first colon. vmprof and PyPy write `py` and `n`, the others are ours. */
export const LANGUAGES: Readonly<Record<FunctionKind, string>> = {
  python: 'py',
  native: 'n',
  kernel: 'kernel',
  jit: 'jit',
  javascript: 'js',
  gc: 'gc',
  other: 'other',
};

/** The original's tools split at every colon, so none may stand within a field. This one looks the same (ratio, U+2236). */
const COLON = '\u2236';

/**
 * Splits at the language and at the first number between colons: functions and files may have colons of their own.
 * `isOwn`: it was written by formatCodeName.
 */
export function parseCodeName(text: string, isOwn = false): CodeName {
  const [, language, name, line, file] = PATTERN.exec(text) ?? [];
  if (name === undefined) return { name: text, kind: 'other' };
  const firstLine = Number(line);
  const cleanFile = isOwn ? file.replaceAll(COLON, ':') : restoreFile(file);
  return {
    name: isOwn ? name.replaceAll(COLON, ':') : name,
    kind: KINDS.get(language) ?? 'other',
    ...(firstLine > 0 ? { firstLine } : {}),
    ...(cleanFile === '' || cleanFile === '-' ? {} : { file: cleanFile }),
  };
}

/** The text of a name, with four fields whatever stands in it. */
export function formatCodeName(name: CodeName): string {
  const fields = [
    LANGUAGES[name.kind],
    name.name.replaceAll(':', COLON),
    String(name.firstLine ?? 0),
    (name.file ?? '-').replaceAll(':', COLON),
  ];
  return fields.join(':');
}

const PATTERN = /^([a-z]*):(.*?):(\d{1,9}):(.*)$/s;
const KINDS = new Map(Object.entries(LANGUAGES).map(([kind, language]) => [language, kind as FunctionKind]));

/** PyPy writes `;` for a colon in names of files: the one behind a drive's letter is told by what follows it. */
function restoreFile(file: string): string {
  return file.replace(/^([A-Za-z]);(?=[\\/])/, '$1:');
}
