// Meta data by which our own writer keeps what the format has no place for: `thread 0x2b` = name of the thread.

import { NONE, type Profile } from '../../profile/tables.ts';

/** The key for a thread, whose id is written as AddressTable.format does. */
export function threadKey(id: string): string {
  return `thread ${id}`;
}

/** The name of a thread, as a part of what addThread takes; undefined where none is known. */
export function readThreadName(
  meta: ReadonlyMap<string, string>,
  id: string,
  isZero: boolean,
): { readonly name?: string } | undefined {
  const name = meta.get(threadKey(id));
  if (name !== undefined) return { name };
  return isZero ? {} : undefined;
}

/** An id for each thread, no two alike: its own where it has one, the address that its name tells, else a small number. */
export function assignThreadIds({ threads, strings }: Profile): readonly number[] {
  const used = new Set<number>();
  return Array.from({ length: threads.length }, (_, row) => {
    const name = threads.name[row] === NONE ? '' : strings[threads.name[row]];
    const address = Number.parseInt(/^thread 0x([0-9a-f]{1,13})$/.exec(name)?.[1] ?? '', 16);
    let id = threads.tid[row] > 0 ? threads.tid[row] : Number.isSafeInteger(address) ? address : 0;
    while (used.has(id)) id++;
    used.add(id);
    return id;
  });
}
