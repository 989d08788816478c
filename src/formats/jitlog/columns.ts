import { grownCapacity, type NumericColumn, resizeColumn } from '../../base/typed-array.ts';

type Columns = Readonly<Record<string, NumericColumn>>;

/** Grows a table of columns of any types. Columns that a new row does not name begin with the values of `defaults`. */
export class ColumnsBuilder<T extends Columns> {
  length = 0;
  #columns: T;
  readonly #defaults: Readonly<Partial<Record<keyof T, number>>> | undefined;

  /** `columns` are empty ones, which give names and types. */
  constructor(columns: T, defaults?: Readonly<Partial<Record<keyof T, number>>>) {
    this.#columns = columns;
    this.#defaults = defaults;
  }

  append(values: Readonly<Partial<Record<keyof T, number>>>): number {
    const row = this.length++;
    const names = Object.keys(this.#columns) as (keyof T)[];
    if (names.length > 0 && row === this.#columns[names[0]].length) this.#grow(names);
    for (const name of names) this.#columns[name][row] = values[name] ?? this.#defaults?.[name] ?? 0;
    return row;
  }

  get(name: keyof T, row: number): number {
    return this.#columns[name][row];
  }

  set(name: keyof T, row: number, value: number): void {
    this.#columns[name][row] = value;
  }

  build(): T & { readonly length: number } {
    const entries = Object.entries(this.#columns).map(([name, column]) => [
      name,
      column.slice(0, this.length),
    ]);
    return { ...(Object.fromEntries(entries) as T), length: this.length };
  }

  #grow(names: readonly (keyof T)[]): void {
    const grown: Partial<Record<keyof T, NumericColumn>> = {};
    for (const name of names) {
      const column: NumericColumn = this.#columns[name];
      grown[name] = resizeColumn(column, grownCapacity(column.length));
    }
    this.#columns = grown as T;
  }
}
