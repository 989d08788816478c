/** The column types of the tables. */
export type NumericColumn = Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | Float64Array;

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
