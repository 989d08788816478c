// Reading one node of a V8 profile, in all the forms it has had: with a call frame or with its members in the node, with
// children as ids or as nodes, with a parent's id.

import type { JsonReader } from '../json/json-reader.ts';
import { emptyCallFrame, readCallFrame, readCallFrameMember } from './v8-functions.ts';
import type { V8Nodes } from './v8-profile.ts';

/** Reads a list of nodes that name each other by ids. */
export function readNodes(json: JsonReader, nodes: V8Nodes): void {
  for (json.enterArray(); json.nextItem(); ) {
    json.enterObject();
    const node = new OpenNode(nodes, nodes.add());
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'children') node.readChildIds(json);
      else node.readMember(json, key);
    }
    node.close();
  }
}

/** Reads a node that holds its children, and they theirs, however deep: without recursion. */
export function readTree(
  json: JsonReader,
  nodes: V8Nodes,
  sizes?: (row: number, size: number) => void,
): void {
  const open: OpenNode[] = [new OpenNode(nodes, nodes.add(), sizes)];
  json.enterObject();
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const child = node.readToNextChild(json);
    if (!child) {
      node.close();
      open.pop();
      continue;
    }
    json.enterObject();
    const row = nodes.add();
    nodes.parent.values[row] = node.row;
    open.push(new OpenNode(nodes, row, sizes));
  }
}

/** A node whose closing bracket was not met yet. */
class OpenNode {
  readonly row: number;
  readonly #nodes: V8Nodes;
  readonly #sizes: ((row: number, size: number) => void) | undefined;
  #frame = emptyCallFrame();
  #isInChildren = false;

  constructor(nodes: V8Nodes, row: number, sizes?: (row: number, size: number) => void) {
    this.#nodes = nodes;
    this.row = row;
    this.#sizes = sizes;
  }

  /** Reads on until a child begins; false at the end of the node. */
  readToNextChild(json: JsonReader): boolean {
    if (this.#isInChildren) {
      if (json.nextItem()) return true;
      this.#isInChildren = false;
    }
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key !== 'children' || json.skipNull()) {
        if (key !== 'children') this.readMember(json, key);
        continue;
      }
      json.enterArray();
      if (json.nextItem()) {
        this.#isInChildren = true;
        return true;
      }
    }
    return false;
  }

  readChildIds(json: JsonReader): void {
    const { edgeRow, edgeId } = this.#nodes;
    edgeId.read(json, Number.NaN);
    while (edgeRow.length < edgeId.length) edgeRow.push(this.row);
  }

  readMember(json: JsonReader, key: string): void {
    if (key === 'callFrame') this.#frame = readCallFrame(json);
    else if (key === 'id') this.#nodes.id.values[this.row] = json.number();
    else if (key === 'parent') this.#nodes.parentId.values[this.row] = json.number();
    else if (key === 'hitCount') this.#nodes.hits.values[this.row] = json.number();
    else if (key === 'selfSize') this.#sizes?.(this.row, json.number());
    else if (key === 'positionTicks' && !json.skipNull()) this.#readTicks(json);
    else if (!readCallFrameMember(json, key, this.#frame)) json.skip();
  }

  close(): void {
    this.#nodes.setFunction(this.row, this.#frame);
  }

  #readTicks(json: JsonReader): void {
    for (json.enterArray(); json.nextItem(); ) {
      let line = 0;
      let ticks = 0;
      json.enterObject();
      for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
        if (key === 'line') line = json.number();
        else if (key === 'ticks') ticks = json.number();
        else json.skip();
      }
      if (!Number.isInteger(line) || line < 1 || line >= 2 ** 31) continue;
      this.#nodes.tickRow.push(this.row);
      this.#nodes.tickLine.push(line);
      this.#nodes.tickCount.push(ticks);
    }
  }
}
