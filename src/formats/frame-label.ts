// How text formats write a frame: a function and its file in one string, `Server.handle (app/server.py:120)`, as
// py-spy does and others after it. Function names hold brackets of their own, so what is in the last ones must look like a file.

/** A frame as text formats know it. */
export interface FrameLabel {
  readonly name: string;
  readonly file?: string;
  /** Line that was executed, from 1. */
  readonly line?: number;
}

/** `name (file)`, or the name alone. */
export function encodeFrameLabel(name: string, file: string | undefined): string {
  return file === undefined ? name : `${name} (${file})`;
}

export function parseFrameLabel(text: string): FrameLabel {
  const open = text.endsWith(')') ? text.lastIndexOf(' (') : -1;
  if (open <= 0) return { name: text };
  const place = text.slice(open + 2, -1);
  const [, file, line] = FILE_AND_LINE.exec(place) ?? [];
  if (file === undefined || !looksLikeFile(file)) return { name: text };
  const name = text.slice(0, open);
  return line === undefined || Number(line) === 0 ? { name, file } : { name, file, line: Number(line) };
}

const FILE_AND_LINE = /^(.+?)(?::(\d{1,9}))?$/;

function looksLikeFile(text: string): boolean {
  if (text.startsWith('<')) return /^<[^<>]+>(\/.*)?$/.test(text);
  // Code that the kernel brings: `[kernel.kallsyms]`, `[vdso]`, modules.
  if (text.startsWith('[')) return /^\[[^[\]()\s]+\]$/.test(text);
  return /[/\\]|^node:\w+$/.test(text) || /^[^\s()]+\.\w{1,4}$/.test(text);
}
