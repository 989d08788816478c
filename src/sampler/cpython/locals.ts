// The local variables of a frame, with their values as short text. The frame should be of a stopped thread, or of one that
// waits; of a running one, what is read may not belong together.

import type { ProcessMemory } from '../process/memory.ts';
import type { Layout } from './layout.ts';
import { pointerIn, readPointer, readView } from './remote-values.ts';
import { readBytes, readText } from './strings.ts';
import { DEFAULT_VALUE_LIMITS, ValueFormatter, type ValueLimits } from './values.ts';

/** A local variable that has a value. */
export interface LocalVariable {
  readonly name: string;
  /** 'cell': a local that inner functions use; 'free': one of an outer function. */
  readonly kind: 'argument' | 'local' | 'cell' | 'free';
  /** Like repr() for built-in types, `<module.Class at 0x…>` for others; of limited length. */
  readonly value: string;
}

const FLAG_VARARGS = 4;
const FLAG_VARKEYWORDS = 8;
/** In co_localspluskinds. */
const KIND_CELL = 0x40;
const KIND_FREE = 0x80;
/** Generated functions may have thousands; more is not believed. */
const MAX_LOCALS = 10_000;

/**
 * Variables of the frame that have values: arguments first, then in the order the compiler gave them. Of modules and class
 * bodies, which keep theirs in dicts, none. Empty when the frame cannot be read.
 */
export function readLocals(
  memory: ProcessMemory,
  layout: Layout,
  frame: number,
  code: number,
  limits: ValueLimits = DEFAULT_VALUE_LIMITS,
): LocalVariable[] {
  const names = readNames(memory, layout, code);
  const references = names && readView(memory, frame + layout.frame.locals, names.length * 8);
  if (names === undefined || references === undefined) return [];
  const formatter = new ValueFormatter(memory, layout, limits);
  const variables: LocalVariable[] = [];
  names.forEach(({ name, kind, isCell }, index) => {
    const value = formatReference(layout, formatter, references, index * 8, isCell);
    if (value !== undefined) variables.push({ name, kind, value });
  });
  return variables;
}

interface VariableName {
  readonly name: string;
  readonly kind: LocalVariable['kind'];
  /** The reference is to a cell that holds the value, once the function has begun. */
  readonly isCell: boolean;
}

function readNames(memory: ProcessMemory, layout: Layout, code: number): VariableName[] | undefined {
  const { locals } = layout.code;
  const view = readView(memory, code, layout.code.identityEnd);
  if (view === undefined) return undefined;
  const argumentCount = countArguments(layout, view);
  const nameOf = (address: number): string => readText(memory, layout, address, 1000) ?? '?';
  const isArgument = (index: number): boolean => index < argumentCount;
  if (locals.kind === 'one-tuple') {
    const names = readTuple(memory, layout, pointerIn(view, locals.names));
    const kinds = readBytes(memory, layout, pointerIn(view, locals.kinds), MAX_LOCALS);
    return names?.map((address, index) => {
      const bits = kinds?.[index] ?? 0;
      const kind = (bits & KIND_FREE) !== 0 ? 'free' : (bits & KIND_CELL) !== 0 ? 'cell' : 'local';
      return {
        name: nameOf(address),
        kind: isArgument(index) ? 'argument' : kind,
        isCell: (bits & (KIND_CELL | KIND_FREE)) !== 0,
      };
    });
  }
  const [own, cells, free] = [locals.names, locals.cellNames, locals.freeNames].map((at) =>
    readTuple(memory, layout, pointerIn(view, at)),
  );
  if (own === undefined || cells === undefined || free === undefined) return undefined;
  const argumentNames = new Set(own.slice(0, argumentCount).map(nameOf));
  return [
    ...own.map(
      (at, index): VariableName => ({
        name: nameOf(at),
        kind: isArgument(index) ? 'argument' : 'local',
        isCell: false,
      }),
    ),
    ...cells.map((at): VariableName => {
      const name = nameOf(at);
      return { name, kind: argumentNames.has(name) ? 'argument' : 'cell', isCell: true };
    }),
    ...free.map((at): VariableName => ({ name: nameOf(at), kind: 'free', isCell: true })),
  ];
}

/** Positional, keyword-only, *args and **kwargs stand first, in this order. */
function countArguments(layout: Layout, code: DataView): number {
  const { argumentCount, keywordOnlyCount, flags } = layout.code;
  const bits = code.getUint32(flags, true);
  return (
    code.getInt32(argumentCount, true) +
    (keywordOnlyCount === undefined ? 0 : code.getInt32(keywordOnlyCount, true)) +
    ((bits & FLAG_VARARGS) !== 0 ? 1 : 0) +
    ((bits & FLAG_VARKEYWORDS) !== 0 ? 1 : 0)
  );
}

function readTuple(memory: ProcessMemory, layout: Layout, address: number): number[] | undefined {
  const { size, items } = layout.objects.tuple;
  const length = readPointer(memory, address + size);
  if (length === undefined || length > MAX_LOCALS) return undefined;
  const view = readView(memory, address + items, length * 8);
  return view && Array.from({ length }, (_, index) => pointerIn(view, index * 8));
}

/** The value that a reference in a frame stands for; undefined when there is none. */
function formatReference(
  layout: Layout,
  formatter: ValueFormatter,
  references: DataView,
  at: number,
  isCell: boolean,
): string | undefined {
  const { frame } = layout;
  const tagMask = frame.kind === 'interpreter-frame' ? frame.tagMask : 0;
  const tag = references.getUint8(at) & tagMask;
  // 3.14+: both bits set mean that the other bits are a number.
  if (tagMask !== 0 && tag === 3) return (references.getBigInt64(at, true) >> 2n).toString();
  const address = pointerIn(references, at) - tag;
  // NULL may have a tag as well.
  if (address < 4096) return undefined;
  const value = isCell ? formatter.unwrapCell(address) : address;
  return value === undefined ? undefined : formatter.format(value);
}
