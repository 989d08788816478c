// The tables of a log while they grow, and what its records refer to: traces by id, operations by descriptor.

import { ByteWriter } from '../../base/byte-writer.ts';
import { ColumnsBuilder } from './columns.ts';
import { COUNTER_KINDS, type JitLog, LINK_KINDS, NONE, STAGES } from './tables.ts';

const int = () => new Int32Array(0);
const double = () => new Float64Array(0);
const byte = () => new Uint8Array(0);

export class LogBuilder {
  readonly traces = new ColumnsBuilder(
    {
      id: double(),
      kind: byte(),
      descriptor: double(),
      driver: int(),
      start: double(),
      end: double(),
      entries: double(),
      passes: double(),
      parent: int(),
      guard: int(),
      aborted: byte(),
    },
    { driver: NONE, start: NONE, end: NONE, parent: NONE, guard: NONE },
  );
  readonly stages = new ColumnsBuilder({ trace: int(), kind: byte(), inputs: int() }, { inputs: NONE });
  readonly operations = new ColumnsBuilder(
    {
      stage: int(),
      name: int(),
      result: int(),
      arguments: int(),
      descriptorText: int(),
      descriptor: double(),
      failArguments: int(),
      codeOffset: int(),
      codeStart: int(),
      codeLength: int(),
    },
    { descriptorText: NONE, descriptor: NONE, failArguments: NONE, codeOffset: NONE },
  );
  readonly mergePoints = new ColumnsBuilder(
    { stage: int(), position: int(), file: int(), line: int(), scope: int(), index: int(), opcode: int() },
    { file: NONE, line: NONE, scope: NONE, index: NONE, opcode: NONE },
  );
  readonly links = new ColumnsBuilder({
    kind: byte(),
    fromTrace: int(),
    fromOperation: int(),
    toTrace: int(),
  });
  readonly counters = new ColumnsBuilder(
    { kind: byte(), number: double(), count: double(), trace: int() },
    { trace: NONE },
  );
  readonly sources = new ColumnsBuilder({ file: int(), line: int(), indent: int(), text: int() });
  readonly code = new ByteWriter();
  readonly #strings: string[] = [];
  readonly #rowOfString = new Map<string, number>();
  readonly #traceOfId = new Map<number, number>();
  readonly #traceAtAddress = new Map<number, number>();
  readonly #bridgeOfGuard = new Map<number, number>();
  /** The first assembled operation with a descriptor: a guard, a label, a call of assembler. */
  readonly #operationOfDescriptor = new Map<number, number>();
  readonly #operationsOfStage: number[] = [];

  intern(text: string): number {
    let row = this.#rowOfString.get(text);
    if (row === undefined) {
      row = this.#strings.push(text) - 1;
      this.#rowOfString.set(text, row);
    }
    return row;
  }

  addTrace(trace: { id: number; kind: number; descriptor: number; driver: number }): number {
    const row = this.traces.append(trace);
    this.#traceOfId.set(trace.id, row);
    if (trace.kind === 1) this.#bridgeOfGuard.set(trace.descriptor, row);
    return row;
  }

  findTrace(id: number): number {
    return this.#traceOfId.get(id) ?? NONE;
  }

  setAddresses(trace: number, start: number, end: number): void {
    this.traces.set('start', trace, start);
    this.traces.set('end', trace, end);
    this.#traceAtAddress.set(start, trace);
  }

  /** The row of a stage. There is one of each kind in a trace: loops are recorded in two parts. */
  addStage(trace: number, kind: number): number {
    for (let row = this.stages.length - 1; row >= 0 && this.stages.get('trace', row) === trace; row--) {
      if (this.stages.get('kind', row) === kind) return row;
    }
    this.#operationsOfStage.push(0);
    return this.stages.append({ trace, kind });
  }

  addOperation(values: Parameters<LogBuilder['operations']['append']>[0] & { stage: number }): number {
    const row = this.operations.append(values);
    this.#operationsOfStage[values.stage]++;
    const descriptor = values.descriptor ?? NONE;
    const isAssembled = this.stages.get('kind', values.stage) === STAGES.indexOf('assembled');
    if (isAssembled && descriptor > 0 && !this.#operationOfDescriptor.has(descriptor)) {
      this.#operationOfDescriptor.set(descriptor, row);
    }
    return row;
  }

  countOperations(stage: number): number {
    return this.#operationsOfStage[stage];
  }

  /** A bridge was put behind a guard. */
  stitch(descriptor: number, address: number): void {
    const bridge = this.#traceAtAddress.get(address) ?? this.#bridgeOfGuard.get(descriptor);
    if (bridge !== undefined) this.#link('bridge', descriptor, bridge);
  }

  /** Calls of the assembler of one loop go to another one from now on. */
  redirect(descriptor: number, traceId: number): void {
    const target = this.#traceOfId.get(traceId);
    if (target !== undefined) this.#link('redirect', descriptor, target);
  }

  addCounter(kind: number, number: number, count: number): void {
    const trace = this.#findCounted(kind, number);
    this.counters.append({ kind, number, count, trace });
    if (trace === NONE) return;
    const column = COUNTER_KINDS[kind] === 'label' ? 'passes' : 'entries';
    this.traces.set(column, trace, this.traces.get(column, trace) + count);
  }

  build(head: { version: number; is32Bit: boolean; machine: string }): JitLog {
    this.#addJumps();
    this.#addMissingParents();
    return {
      ...head,
      strings: this.#strings,
      traces: this.traces.build(),
      stages: this.stages.build(),
      operations: this.operations.build(),
      mergePoints: this.mergePoints.build(),
      links: this.links.build(),
      counters: this.counters.build(),
      sources: this.sources.build(),
      code: this.code.toBytes(),
    };
  }

  /** Bridges are counted by the guard they begin at, labels by their own descriptor, loops by their id. */
  #findCounted(kind: number, number: number): number {
    if (COUNTER_KINDS[kind] === 'bridge') {
      const bridge = this.#bridgeOfGuard.get(number);
      if (bridge !== undefined) return bridge;
    }
    if (COUNTER_KINDS[kind] !== 'label') return this.findTrace(number);
    const label = this.#operationOfDescriptor.get(number);
    return label === undefined ? this.findTrace(number) : this.#traceOfOperation(label);
  }

  #link(kind: (typeof LINK_KINDS)[number], descriptor: number, toTrace: number): void {
    const fromOperation = this.#operationOfDescriptor.get(descriptor);
    if (fromOperation === undefined) return;
    const fromTrace = this.#traceOfOperation(fromOperation);
    this.links.append({ kind: LINK_KINDS.indexOf(kind), fromTrace, fromOperation, toTrace });
    if (kind === 'bridge') this.#setParent(toTrace, fromTrace, fromOperation);
  }

  #setParent(trace: number, parent: number, guard: number): void {
    if (trace === parent) return;
    this.traces.set('parent', trace, parent);
    this.traces.set('guard', trace, guard);
  }

  #traceOfOperation(operation: number): number {
    return this.stages.get('trace', this.operations.get('stage', operation));
  }

  /** Jumps lead to the label with the same descriptor, mostly of the trace itself. */
  #addJumps(): void {
    const jump = this.#rowOfString.get('jump');
    for (let row = 0; row < this.operations.length && jump !== undefined; row++) {
      const stage = this.operations.get('stage', row);
      if (this.operations.get('name', row) !== jump || STAGES[this.stages.get('kind', stage)] !== 'assembled')
        continue;
      const label = this.#operationOfDescriptor.get(this.operations.get('descriptor', row));
      if (label === undefined || label === row) continue;
      this.links.append({
        kind: LINK_KINDS.indexOf('jump'),
        fromTrace: this.stages.get('trace', stage),
        fromOperation: row,
        toTrace: this.#traceOfOperation(label),
      });
    }
  }

  /** The log was cut before the record that puts a bridge behind its guard. */
  #addMissingParents(): void {
    for (const [descriptor, bridge] of this.#bridgeOfGuard) {
      if (this.traces.get('parent', bridge) !== NONE) continue;
      const guard = this.#operationOfDescriptor.get(descriptor);
      if (guard !== undefined) this.#setParent(bridge, this.#traceOfOperation(guard), guard);
    }
  }
}
