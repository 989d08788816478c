// The tables of Firefox profiles, column by column. Processed profiles hold columns, `{length, frame: [...], prefix: [...]}`;
// Gecko's hold rows and say what stands where, `{schema: {frame: 0, prefix: 1}, data: [[...], ...]}`. Both are read alike,
// and so are all versions: columns that a version lacks stay empty.
// https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md

import type { JsonReader } from '../json/json-reader.ts';
import { doubles, integers, type NumberList } from '../number-list.ts';

type Columns = Readonly<Record<string, NumberList<Int32Array> | NumberList<Float64Array>>>;

/** What other tables of a thread refer to. Since version 60 all threads share one. Missing values are -1. */
export interface RawTables {
  strings: string[];
  readonly stacks: {
    prefix: NumberList<Int32Array>;
    prefixOffset: NumberList<Int32Array>;
    frame: NumberList<Int32Array>;
  };
  readonly frames: {
    func: NumberList<Int32Array>;
    /** Gecko's: index of a text such as `draw (file.js:12:3)` or `0x7f12`. */
    location: NumberList<Int32Array>;
    category: NumberList<Int32Array>;
    implementation: NumberList<Int32Array>;
    inlineDepth: NumberList<Int32Array>;
    line: NumberList<Int32Array>;
    column: NumberList<Int32Array>;
    address: NumberList<Float64Array>;
  };
  readonly functions: {
    name: NumberList<Int32Array>;
    isJS: NumberList<Int32Array>;
    resource: NumberList<Int32Array>;
    fileName: NumberList<Int32Array>;
    source: NumberList<Int32Array>;
    lineNumber: NumberList<Int32Array>;
  };
  readonly resources: { lib: NumberList<Int32Array> };
  readonly sources: { filename: NumberList<Int32Array> };
}

export function newTables(): RawTables {
  return {
    strings: [],
    stacks: { prefix: integers(), prefixOffset: integers(), frame: integers() },
    frames: {
      func: integers(),
      location: integers(),
      category: integers(),
      implementation: integers(),
      inlineDepth: integers(),
      line: integers(),
      column: integers(),
      address: doubles(),
    },
    functions: {
      name: integers(),
      isJS: integers(),
      resource: integers(),
      fileName: integers(),
      source: integers(),
      lineNumber: integers(),
    },
    resources: { lib: integers() },
    sources: { filename: integers() },
  };
}

/** Reads the table under a key, of a thread or of `shared`; false when the key is none of them. */
export function readTableMember(json: JsonReader, key: string, tables: RawTables): boolean {
  if (key === 'stackTable') readTable(json, tables.stacks);
  else if (key === 'frameTable') readTable(json, tables.frames);
  else if (key === 'funcTable') readTable(json, tables.functions);
  else if (key === 'resourceTable') readTable(json, tables.resources);
  else if (key === 'sources') readTable(json, tables.sources);
  else if (key === 'stringArray' || (key === 'stringTable' && json.kind() === 'array')) {
    for (json.enterArray(); json.nextItem(); ) tables.strings.push(json.string());
  } else return false;
  return true;
}

/** Reads the wanted columns of a table and gives the number of its rows; `other` reads members that are no columns. */
export function readTable(json: JsonReader, columns: Columns, other?: (key: string) => boolean): number {
  if (json.skipNull()) return 0;
  let schema: readonly (NumberList<Int32Array> | NumberList<Float64Array> | undefined)[] = [];
  // Processed markers have a column that is called data.
  let hasSchema = false;
  let length = 0;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'length' && json.kind() === 'number') length = json.number();
    else if (key === 'schema') {
      schema = readSchema(json, columns);
      hasSchema = true;
    } else if (key === 'data' && hasSchema) length = readRows(json, columns, schema);
    else if (Object.hasOwn(columns, key) && json.kind() === 'array') columns[key].read(json, -1);
    else if (other?.(key) !== true) json.skip();
  }
  return length;
}

/** More columns than any table has ever had. */
const MAX_COLUMNS = 64;

function readSchema(json: JsonReader, columns: Columns): readonly (Columns[string] | undefined)[] {
  const schema: (Columns[string] | undefined)[] = [];
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    const position = json.index(MAX_COLUMNS);
    while (schema.length <= position) schema.push(undefined);
    if (Object.hasOwn(columns, key)) schema[position] = columns[key];
  }
  return schema;
}

/** Rows may end early: what they leave out is missing. */
function readRows(
  json: JsonReader,
  columns: Columns,
  schema: readonly (Columns[string] | undefined)[],
): number {
  const wanted = Object.values(columns);
  let rows = 0;
  for (json.enterArray(); json.nextItem(); rows++) {
    let position = 0;
    for (json.enterArray(); json.nextItem(); position++) {
      const column = schema[position];
      if (column === undefined || json.kind() !== 'number') json.skip();
      else {
        while (column.length < rows) column.push(-1);
        if (column.length === rows) column.push(json.number());
        else json.skip();
      }
    }
  }
  for (const column of wanted) {
    if (schema.includes(column)) while (column.length < rows) column.push(-1);
  }
  return rows;
}
