// The children of all nodes of a tree in two columns, and how siblings are put in order.

/** The children of node n, in the order of their numbers: children[start[n]] to children[start[n + 1] - 1]. */
export interface ChildLists {
  readonly start: Int32Array;
  readonly children: Int32Array;
}

/** Lists the children of each node; parents stand before their children, and node 0 is the root. */
export function listChildren(parent: Int32Array): ChildLists {
  const { length } = parent;
  const start = new Int32Array(length + 2);
  for (let node = 1; node < length; node++) start[parent[node] + 2]++;
  for (let node = 0; node < length; node++) start[node + 2] += start[node + 1];
  // start[n + 1] is now where the next child of n goes, and ends as where those of n + 1 begin.
  const children = new Int32Array(Math.max(0, length - 1));
  for (let node = 1; node < length; node++) children[start[parent[node] + 1]++] = node;
  return { start, children };
}

/** Which children of a node are meant: those with a total that is not less than `least`; with `samples`, those that have some. */
export interface ChildChoice {
  readonly total: Float64Array;
  readonly samples?: Uint32Array;
  readonly least?: number | undefined;
}

/** A node's children by descending total. */
export function orderChildren(
  { start, children }: ChildLists,
  node: number,
  choice: ChildChoice,
): Int32Array {
  return orderRows(children.subarray(start[node], start[node + 1]), choice);
}

/** The chosen rows by descending total; they stand in the order of their numbers. */
export function orderRows(
  rows: Int32Array,
  { total, samples, least = Number.NEGATIVE_INFINITY }: ChildChoice,
): Int32Array {
  const chosen = new Int32Array(rows.length);
  let length = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (total[row] < least || (samples !== undefined && samples[row] === 0)) continue;
    chosen[length++] = row;
  }
  return sortByTotal(length === chosen.length ? chosen : chosen.subarray(0, length), total);
}

/** By descending total, in place. Most nodes have a handful of children, for which inserting is several times faster than a general sort. */
export function sortByTotal(rows: Int32Array, total: Float64Array): Int32Array {
  if (rows.length > 24) return rows.sort((a, b) => total[b] - total[a] || a - b);
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i];
    let place = i;
    for (; place > 0 && total[rows[place - 1]] < total[row]; place--) rows[place] = rows[place - 1];
    rows[place] = row;
  }
  return rows;
}
