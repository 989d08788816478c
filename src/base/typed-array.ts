/** The column types of the tables. */
export type NumericColumn = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

/** A copy of the column with another length: cut, or filled up with zeros. */
export function resizeColumn<T extends NumericColumn>(column: T, length: number): T {
  const Column = column.constructor as new (length: number) => T;
  const resized = new Column(length);
  resized.set(column.length > length ? column.subarray(0, length) : column);
  return resized;
}

/** The capacity that a full column grows to: twice as much, so that adding a row stays cheap on average. */
export function grownCapacity(capacity: number): number {
  return Math.max(16, capacity * 2);
}

/** A column of the chosen rows, in the given order. */
export function gatherRows<T extends NumericColumn>(column: T, rows: Uint32Array): T {
  const Column = column.constructor as new (length: number) => T;
  const gathered = new Column(rows.length);
  gatherRowsInto(column, gathered, rows);
  return gathered;
}

/** The same into a column of the same type that is there. */
export function gatherRowsInto<T extends NumericColumn>(column: T, gathered: T, rows: Uint32Array): void {
  // One loop for all types would be ten times slower: the engine optimizes for up to four types in one place.
  if (column instanceof Float64Array) gatherDoubles(column, gathered as Float64Array, rows);
  else if (column.BYTES_PER_ELEMENT < 4) gatherShorts(column as Uint8Array, gathered as Uint8Array, rows);
  else gatherIntegers(column as Int32Array, gathered as Int32Array, rows);
}

function gatherDoubles(from: Float64Array, to: Float64Array, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
}

function gatherIntegers(
  from: Int32Array | Uint32Array,
  to: Int32Array | Uint32Array,
  rows: Uint32Array,
): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
}

function gatherShorts(from: Uint8Array | Uint16Array, to: Uint8Array | Uint16Array, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
}
