// Samples of OTLP profiles. One message stands for one stack of one thread: values, or times, or a value for each time.

import type { MalformedError } from '../../base/malformed.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { StackIndex, ThreadIndex } from '../../profile/tables.ts';
import { FieldReader, WIRE_FIXED64, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { getLabelRole, type LabelRole } from '../protobuf/label-roles.ts';
import { LabelValues } from '../protobuf/label-values.ts';
import { NumberList } from '../protobuf/number-list.ts';
import { ThreadInterner } from '../protobuf/thread-names.ts';
import { WallClock } from '../protobuf/wall-clock.ts';
import { SAMPLE } from './otlp-fields.ts';
import type { OtlpTables } from './otlp-tables.ts';
import { ABOUT_1_9, refuseVersion, UP_TO_1_7 } from './otlp-versions.ts';
import { SampleRows } from './sample-rows.ts';

export class OtlpSampleReader {
  /** Damaged messages, and what was wrong with the first one. */
  damaged = 0;
  firstDamage = '';
  /** Samples whose times and values are not equally many. */
  uneven = 0;
  unknownStacks = 0;
  /** Some rows may be sums of many samples. */
  areSummed = false;
  readonly #tables: OtlpTables;
  readonly #stacks: Int32Array;
  readonly #columnOf: Int32Array;
  readonly #threads: ThreadInterner;
  readonly #clock: WallClock;
  readonly #rows: SampleRows;
  readonly #labels = new LabelValues();
  /** What the resource of the current profile tells of all its samples. */
  readonly #resourceLabels = new LabelValues();
  /** By attribute: what it tells; 'none' for those that have no place in a profile, undefined for those not met so far. */
  readonly #roles: (LabelRole | 'none' | undefined)[] = [];
  readonly #otherAttributes = new Set<string>();
  readonly #packed = new FieldReader();
  /** What stands in the current sample. */
  readonly #attributes = new NumberList();
  readonly #values = new NumberList();
  /** Lower and upper 32 bits, alternating. */
  readonly #times = new NumberList();
  #profileTime = 0;
  #unknownAttributes = 0;
  #hasValues = false;

  constructor(
    builder: ProfileBuilder,
    tables: OtlpTables,
    options: {
      stacks: Int32Array;
      columnOf: Int32Array;
      start: { low: number; high: number };
    },
  ) {
    this.#tables = tables;
    this.#stacks = options.stacks;
    this.#columnOf = options.columnOf;
    this.#threads = new ThreadInterner(builder);
    this.#clock = new WallClock(builder.timeUnit, options.start.low, options.start.high);
    this.#rows = new SampleRows(builder);
  }

  /** Attributes that have no place in a profile. */
  get otherAttributes(): readonly string[] {
    return [...this.#otherAttributes];
  }

  beginProfile(profile: number): void {
    const { profiles } = this.#tables;
    const head = profiles[profile];
    const before = profile === 0 ? undefined : profiles[profile - 1];
    const isSameGroup =
      before !== undefined &&
      before.scope === head.scope &&
      before.timeLow === head.timeLow &&
      before.timeHigh === head.timeHigh;
    this.#rows.beginProfile(this.#columnOf[profile], isSameGroup);
    if (before?.resource !== head.resource) this.#readResource(head.resource);
    this.#profileTime = this.#clock.toTime(head.timeLow, head.timeHigh);
  }

  /** Reads one sample. Throws MalformedError when it is damaged, and `not-a-recording` when it is of another version. */
  read(message: FieldReader): void {
    let stack = 0;
    this.#attributes.clear();
    this.#values.clear();
    this.#times.clear();
    while (message.next()) {
      switch (message.field) {
        case SAMPLE.stack:
          if (message.wire === WIRE_LENGTH) refuseVersion(UP_TO_1_7);
          stack = message.row;
          break;
        case SAMPLE.attributes:
          this.#readAttributes(message);
          break;
        case SAMPLE.link:
          // One number since 1.10; it was a packed list before.
          if (message.wire === WIRE_LENGTH) refuseVersion(ABOUT_1_9);
          break;
        case SAMPLE.values:
          this.#readValues(message);
          this.#hasValues = true;
          break;
        case SAMPLE.timestamps:
          this.#readTimes(message);
          break;
        default:
          if (message.field === 6) refuseVersion(UP_TO_1_7);
      }
    }
    this.#addRows(stack);
  }

  noteDamage(error: MalformedError): void {
    if (this.damaged++ === 0) this.firstDamage = error.message;
  }

  /** Throws `not-a-recording` when only the whole shows that the file is of another version. */
  finish(): void {
    // Values where attributes should be: they name attributes that do not exist, and no sample has values.
    if (this.#unknownAttributes > 0 && !this.#hasValues) refuseVersion(ABOUT_1_9);
  }

  #addRows(stackRow: number): void {
    const { length: valueCount, values } = this.#values;
    const times = this.#times.values;
    const count = this.#times.length / 2;
    // A sample without values and times would stand for nothing: its values are where attributes are now.
    if (count === 0 && valueCount === 0 && this.#attributes.length > 0) refuseVersion(ABOUT_1_9);
    if (count > 0 && valueCount > 0 && valueCount !== count) {
      this.uneven++;
      return;
    }
    const thread = this.#readLabels();
    const stack = this.#findStack(stackRow);
    const { state } = this.#labels;
    if (count === 0) {
      if (valueCount === 0) return;
      this.areSummed = true;
      let sum = 0;
      for (let i = 0; i < valueCount; i++) sum += values[i];
      this.#rows.add(this.#profileTime, thread, stack, state, sum);
      return;
    }
    for (let i = 0; i < count; i++) {
      const time = this.#clock.toTime(times[i * 2], times[i * 2 + 1]);
      this.#rows.add(time, thread, stack, state, valueCount === 0 ? 1 : values[i]);
    }
  }

  #findStack(row: number): StackIndex | -1 {
    if (row >= 0 && row < this.#stacks.length) return this.#stacks[row] as StackIndex | -1;
    this.unknownStacks++;
    return -1;
  }

  /** What resource and attributes tell, the nearer last. */
  #readLabels(): ThreadIndex {
    const { attributes, strings } = this.#tables;
    const labels = this.#labels;
    labels.copy(this.#resourceLabels);
    const { length, values: rows } = this.#attributes;
    for (let i = 0; i < length; i++) {
      const row = rows[i];
      const role = this.#findRole(row);
      if (role === 'none') continue;
      labels.set(role, attributes.low(row), attributes.high(row), attributes.text(row, strings));
    }
    return this.#threads.intern(labels);
  }

  #readResource(resource: number): void {
    const { resources, resourceAttributes, strings } = this.#tables;
    const labels = this.#resourceLabels;
    labels.clear();
    const others = new Map<string, string>();
    for (const row of resources.get(resource)) {
      const key = resourceAttributes.key(row, strings);
      const text = resourceAttributes.text(row, strings);
      const role = getLabelRole(key);
      if (role === undefined) others.set(key, text);
      else labels.set(role, resourceAttributes.low(row), resourceAttributes.high(row), text);
    }
    if (labels.command === '') labels.command = others.get('service.name') ?? '';
    const runtime = [others.get('process.runtime.name'), others.get('process.runtime.version')];
    const known = runtime.filter((part) => part !== undefined && part !== '').join(' ');
    if (known !== '') this.#threads.internProcess(labels.pid, labels.command, known);
  }

  #findRole(row: number): LabelRole | 'none' {
    const { attributes, strings } = this.#tables;
    if (row < 0 || row >= attributes.length) {
      this.#unknownAttributes++;
      return 'none';
    }
    const known = this.#roles[row];
    if (known !== undefined) return known;
    const key = attributes.key(row, strings);
    const role = getLabelRole(key) ?? 'none';
    this.#roles[row] = role;
    if (role === 'none' && key !== '') this.#otherAttributes.add(key.slice(0, 40));
    return role;
  }

  #readAttributes(message: FieldReader): void {
    if (message.wire !== WIRE_LENGTH) {
      this.#attributes.push(message.row);
      return;
    }
    const packed = this.#packed.enter(message);
    while (packed.hasMore) {
      packed.readVarint();
      this.#attributes.push(packed.row);
    }
  }

  #readValues(message: FieldReader): void {
    if (message.wire !== WIRE_LENGTH) {
      this.#values.push(message.signed);
      return;
    }
    const packed = this.#packed.enter(message);
    while (packed.hasMore) {
      packed.readVarint();
      this.#values.push(packed.signed);
    }
  }

  #readTimes(message: FieldReader): void {
    if (message.wire !== WIRE_LENGTH) {
      if (message.wire === WIRE_FIXED64) this.#pushTime(message);
      return;
    }
    const packed = this.#packed.enter(message);
    while (packed.hasMore) {
      packed.readFixed64();
      this.#pushTime(packed);
    }
  }

  #pushTime({ low, high }: FieldReader): void {
    this.#times.push(low);
    this.#times.push(high);
  }
}
