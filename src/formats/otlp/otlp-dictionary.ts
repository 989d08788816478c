// The dictionary of OTLP profiles that are written: rows are given as they are used. Row 0 of every table stands for "none".

import { FUNCTION_KINDS, type FunctionKind, NONE, type Profile } from '../../profile/tables.ts';
import { computeFunctionLabels, type FunctionLabel } from '../function-labels.ts';
import { LocationRows } from '../protobuf/location-rows.ts';
import { TextTable } from '../protobuf/text-table.ts';
import { WireWriter } from '../protobuf/wire-writer.ts';
import { ANY_VALUE, ATTRIBUTE, DICTIONARY, FUNCTION, LINE, LOCATION, MAPPING, STACK } from './otlp-fields.ts';

export class DictionaryWriter {
  readonly #profile: Profile;
  readonly #labels: readonly FunctionLabel[];
  readonly #locations: LocationRows;
  readonly #texts = new TextTable();
  readonly #attributes = new Map<string, number>();
  readonly #attributeOut = new WireWriter();
  readonly #stackRows: Int32Array;
  readonly #usedStacks: number[] = [];
  readonly #locationRows: Int32Array;
  readonly #usedLocations: number[] = [];
  readonly #functionRows: Int32Array;
  readonly #usedFunctions: number[] = [];
  readonly #message = new WireWriter();
  readonly #inner = new WireWriter();
  readonly #packed = new WireWriter();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#labels = computeFunctionLabels(profile);
    this.#locations = new LocationRows(profile);
    this.#stackRows = new Int32Array(profile.stacks.length);
    this.#locationRows = new Int32Array(this.#locations.length);
    this.#functionRows = new Int32Array(profile.functions.length);
    this.#attributeOut.writeBytes(DICTIONARY.attribute, new Uint8Array(0));
  }

  text(text: string | undefined): number {
    return this.#texts.row(text);
  }

  /** The row of an attribute. */
  attribute(key: string, value: string | number): number {
    const name = `${key} ${typeof value} ${value}`;
    const known = this.#attributes.get(name);
    if (known !== undefined) return known;
    const row = this.#attributes.size + 1;
    this.#attributes.set(name, row);
    const any = new WireWriter();
    writeAnyValue(any, value);
    const message = new WireWriter();
    message.writeNumber(ATTRIBUTE.key, this.#texts.row(key));
    message.writeMessage(ATTRIBUTE.value, any);
    this.#attributeOut.writeMessage(DICTIONARY.attribute, message);
    return row;
  }

  /** The row of a stack; 0 for none. */
  stack(row: number): number {
    if (row === NONE) return 0;
    if (this.#stackRows[row] === 0) this.#stackRows[row] = this.#usedStacks.push(row);
    return this.#stackRows[row];
  }

  /** All that was used. Call it last. */
  write(): WireWriter {
    // Each table names rows of the ones after it, so it is complete when those before are written.
    const stacks = this.#writeStacks();
    const locations = this.#writeLocations();
    const functions = this.#writeFunctions();
    const out = new WireWriter();
    this.#writeMappings(out);
    out.append(locations);
    out.append(functions);
    out.writeBytes(DICTIONARY.link, new Uint8Array(0));
    for (const text of this.#texts.texts) out.writeText(DICTIONARY.string, text);
    out.append(this.#attributeOut);
    out.append(stacks);
    return out;
  }

  #writeStacks(): WireWriter {
    const out = new WireWriter();
    out.writeBytes(DICTIONARY.stack, new Uint8Array(0));
    for (const stack of this.#usedStacks) {
      this.#packed.clear();
      this.#locations.visit(stack, (location) => {
        if (this.#locationRows[location] === 0)
          this.#locationRows[location] = this.#usedLocations.push(location);
        this.#packed.writeVarint(this.#locationRows[location]);
      });
      this.#message.clear();
      this.#message.writeMessage(STACK.locations, this.#packed);
      out.writeMessage(DICTIONARY.stack, this.#message);
    }
    return out;
  }

  #writeLocations(): WireWriter {
    const { frames, functions } = this.#profile;
    const { parent, frame } = this.#locations;
    const out = new WireWriter();
    out.writeBytes(DICTIONARY.location, new Uint8Array(0));
    for (const location of this.#usedLocations) {
      const message = this.#message;
      message.clear();
      message.writeNumber(LOCATION.mapping, frames.mapping[frame[location]] + 1);
      message.writeNumber(LOCATION.address, toAddress(frames.address[frame[location]]));
      for (let part = location; part !== NONE; part = parent[part]) {
        this.#writeLine(frame[part]);
        message.writeMessage(LOCATION.lines, this.#inner);
      }
      const kind = FUNCTION_KINDS[functions.kind[frames.function[frame[location]]]];
      const type = FRAME_TYPES[kind];
      if (type !== undefined) {
        message.writePacked(LOCATION.attributes, [this.attribute('profile.frame.type', type)], this.#packed);
      }
      out.writeMessage(DICTIONARY.location, message);
    }
    return out;
  }

  #writeLine(frame: number): void {
    const { frames } = this.#profile;
    const functionRow = frames.function[frame];
    if (this.#functionRows[functionRow] === 0) {
      this.#functionRows[functionRow] = this.#usedFunctions.push(functionRow);
    }
    this.#inner.clear();
    this.#inner.writeNumber(LINE.function, this.#functionRows[functionRow]);
    if (frames.line[frame] !== NONE) this.#inner.writeNumber(LINE.line, frames.line[frame]);
    if (frames.column[frame] !== NONE) this.#inner.writeNumber(LINE.column, frames.column[frame]);
  }

  #writeFunctions(): WireWriter {
    const { functions, strings } = this.#profile;
    const out = new WireWriter();
    out.writeBytes(DICTIONARY.function, new Uint8Array(0));
    for (const row of this.#usedFunctions) {
      const { name, file, firstLine } = this.#labels[row];
      const systemName = functions.systemName[row] === NONE ? undefined : strings[functions.systemName[row]];
      const message = this.#message;
      message.clear();
      message.writeNumber(FUNCTION.name, this.text(name));
      message.writeNumber(FUNCTION.systemName, this.text(systemName));
      message.writeNumber(FUNCTION.filename, this.text(file));
      message.writeNumber(FUNCTION.startLine, firstLine ?? 0);
      out.writeMessage(DICTIONARY.function, message);
    }
    return out;
  }

  #writeMappings(out: WireWriter): void {
    const { mappings, strings } = this.#profile;
    out.writeBytes(DICTIONARY.mapping, new Uint8Array(0));
    for (let row = 0; row < mappings.length; row++) {
      const message = this.#message;
      message.clear();
      message.writeNumber(MAPPING.memoryStart, toAddress(mappings.start[row]));
      message.writeNumber(MAPPING.memoryLimit, toAddress(mappings.end[row]));
      message.writeNumber(MAPPING.fileOffset, toAddress(mappings.offset[row]));
      message.writeNumber(MAPPING.filename, this.text(strings[mappings.file[row]]));
      const buildId = mappings.buildId[row];
      if (buildId !== NONE) {
        const attribute = this.attribute('process.executable.build_id.gnu', strings[buildId]);
        message.writePacked(MAPPING.attributes, [attribute], this.#packed);
      }
      out.writeMessage(DICTIONARY.mapping, message);
    }
  }
}

/** A text or a whole number as a message AnyValue. */
export function writeAnyValue(out: WireWriter, value: string | number): void {
  if (typeof value === 'string') out.writeText(ANY_VALUE.string, value);
  else out.writeNumber(ANY_VALUE.int, value);
}

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/profile/ */
const FRAME_TYPES: Readonly<Partial<Record<FunctionKind, string>>> = {
  python: 'cpython',
  native: 'native',
  kernel: 'kernel',
  javascript: 'v8js',
};

/** NONE and what is no address become 0. */
function toAddress(value: number): number {
  return value > 0 && Number.isFinite(value) ? value : 0;
}
