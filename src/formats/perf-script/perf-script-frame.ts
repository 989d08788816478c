import type { FrameTier, FunctionKind } from '../../profile/tables.ts';

/** One line of a stack. */
export interface PerfFrame {
  /** Loses its last bits above 2^53, where only the kernel is. */
  readonly address: number;
  readonly name: string;
  /** Source file, where the symbol tells it. */
  readonly file?: string;
  readonly firstLine?: number;
  readonly kind: FunctionKind;
  readonly tier?: FrameTier;
  readonly mappedFile: string | undefined;
  readonly isInlined: boolean;
}

/** `1af861 _PyObject_Malloc+0x41 (/usr/lib/libpython3.11.so.1.0)`; symbols hold spaces and brackets of their own. */
export function parsePerfFrame(text: string): PerfFrame {
  const gap = text.indexOf(' ');
  const address = Number.parseInt(gap < 0 ? text : text.slice(0, gap), 16);
  const rest = gap < 0 ? '' : text.slice(gap + 1).trim();
  const open = findPlace(rest);
  const place = open < 0 ? undefined : rest.slice(open + 1, -1);
  const isInlined = place === 'inlined';
  const mappedFile = place === undefined || isInlined || place === '[unknown]' ? undefined : place;
  const symbol = (open < 0 ? rest : rest.slice(0, open).trimEnd()).replace(/\+0x[0-9a-f]+$/, '');
  return { address, ...parseSymbol(symbol || '[unknown]', mappedFile), mappedFile, isInlined };
}

/** Where the last pair of brackets opens, if it stands apart; -1 when it is part of the symbol. File names hold brackets, too. */
function findPlace(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) return at === 0 || text[at - 1] === ' ' ? at : -1;
  }
  return -1;
}

/** V8's marks for how a function runs: interpreted, or compiled by one of its compilers. */
const SCRIPT_SYMBOL =
  /^(?:LazyCompile|Function|JS|Script|Eval|InterpretedFunction):([~*^+]?)(\S*) (.+?):(\d{1,9})(?::\d+)?$/;

function parseSymbol(symbol: string, mappedFile: string | undefined) {
  // CPython's perf trampoline.
  const python = /^py::(.+?):(.+)$/.exec(symbol);
  if (python !== null) return { name: python[1], file: python[2], kind: 'python' } as const;
  const script = SCRIPT_SYMBOL.exec(symbol);
  if (script !== null) {
    const [, mark, name, file, line] = script;
    const tier: FrameTier = mark === '*' || mark === '+' || mark === '^' ? 'jit' : 'interpreted';
    const firstLine = Number(line) > 0 ? { firstLine: Number(line) } : {};
    return {
      name: name === '' ? '(anonymous)' : name,
      file,
      ...firstLine,
      kind: 'javascript',
      tier,
    } as const;
  }
  return { name: symbol, kind: findKind(mappedFile) };
}

/** Only the mapped file tells: `[kernel.kallsyms]`, modules as `[ext4]` or by their file, maps of code made at run time. */
function findKind(mappedFile: string | undefined): FunctionKind {
  if (mappedFile === undefined) return 'native';
  if (/^\[(?:vdso|vsyscall|heap|stack|anon|uprobes)/.test(mappedFile)) return 'native';
  if (/^\[.+\](?:_\w+)?$|\/vmlinux|\.ko(?:\.\w+)?$/.test(mappedFile)) return 'kernel';
  if (/\/perf-\d+\.map$|\/jitted-\d+-\d+\.so$|^\/\/anon/.test(mappedFile)) return 'jit';
  return 'native';
}
