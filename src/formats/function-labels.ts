import { NONE, type Profile } from '../profile/tables.ts';

/** Name, file and first line of a function, as formats with less to say about it see them. */
export interface FunctionLabel {
  /** The qualified name where there is one; with the first line behind it where that is needed to be unique. */
  readonly name: string;
  readonly file: string | undefined;
  readonly firstLine: number | undefined;
}

/**
 * A label for every row of the function table, no two of them with the same name and file: two lambdas of one scope
 * would become one function in formats that know functions by these.
 */
export function computeFunctionLabels(profile: Profile): readonly FunctionLabel[] {
  const { functions, strings } = profile;
  const seen = new Map<string, number>();
  return Array.from({ length: functions.length }, (_, row) => {
    const nameRow =
      functions.qualifiedName[row] === NONE ? functions.name[row] : functions.qualifiedName[row];
    const written = functions.file[row] === NONE ? '' : strings[functions.file[row]];
    const file = written === '' ? undefined : written;
    const firstLine = functions.firstLine[row] === NONE ? undefined : functions.firstLine[row];
    let name = strings[nameRow] === '' ? '(unnamed)' : strings[nameRow];
    const isTaken = (candidate: string) => seen.has(`${candidate}\u0000${file ?? ''}`);
    if (isTaken(name) && firstLine !== undefined) name = `${name}:${firstLine}`;
    const base = name;
    for (let copy = 2; isTaken(name); copy++) name = `${base}#${copy}`;
    seen.set(`${name}\u0000${file ?? ''}`, row);
    return { name, file, firstLine };
  });
}

/** How many functions have another label than their name, because others have that. */
export function countNewNames({ functions, strings }: Profile, labels: readonly FunctionLabel[]): number {
  return labels.reduce((count, { name }, row) => {
    const qualified = functions.qualifiedName[row];
    const own = strings[qualified === NONE ? functions.name[row] : qualified];
    return own === '' || own === name ? count : count + 1;
  }, 0);
}
