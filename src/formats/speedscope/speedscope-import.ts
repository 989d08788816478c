import { ProfilerError } from '../../base/errors.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex, ThreadIndex, WeightUnit } from '../../profile/tables.ts';
import { describeCounted } from '../counted-notes.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { type Head, readHeads, type SpeedscopeHeads } from './speedscope-heads.ts';
import { OpenFrames, SampledStacks } from './speedscope-stacks.ts';

const TITLE = 'speedscope JSON';

/** Every profile of the file becomes a thread. The file is read twice: frames and units stand anywhere in it. */
export function importSpeedscope(input: Input): ImportedProfile {
  const heads = readHeads(new JsonReader(input.blocks(), TITLE));
  const { profiles } = heads;
  const longest = profiles.reduce((length, head) => Math.max(length, head.length), 0);
  const units = [...new Set(profiles.map((head) => head.unit.weight))];
  const weights = (units.length === 0 ? (['count'] as const) : units).map(describeWeight);
  const builder = new ProfileBuilder({ timeUnit: chooseTimeUnit(longest), weights });
  const { exporter } = heads;
  builder.mergeFacts({ mode: 'imported', ...(exporter === undefined ? {} : { producer: exporter }) });
  const process = builder.addProcess({ pid: 0, command: heads.name, start: 0 });
  const reader = new ProfileReader(builder, internFrames(builder, heads), units);
  const json = new JsonReader(input.blocks(), TITLE);
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key !== 'profiles') {
      json.skip();
      continue;
    }
    let row = 0;
    for (json.enterArray(); json.nextItem(); row++) {
      const head = profiles[row];
      const thread = builder.addThread({ process, tid: row + 1, name: head.name, start: 0 });
      reader.readProfile(json, head, thread);
    }
  }
  return { profile: builder.build(), notes: reader.describeRepairs() };
}

function describeWeight(unit: WeightUnit): WeightSpec {
  const types = { nanoseconds: 'elapsed', bytes: 'bytes', count: 'samples' };
  return { type: types[unit], unit, scale: 1, storage: 'float64' };
}

/** In nanoseconds; the times of samples have 32 bits. */
function chooseTimeUnit(longest: number): number {
  let unit = 1;
  while (longest / unit > 0xffff_fff0) unit *= 10;
  return unit;
}

/** Exporters that write the executed line, and so a frame for each line of a function. */
const WRITES_EXECUTED_LINE = /^(py-spy|rbspy|phpspy|austin)/;

function internFrames(builder: ProfileBuilder, heads: SpeedscopeHeads): FrameIndex[] {
  const hasExecutedLines = WRITES_EXECUTED_LINE.test(heads.exporter ?? '');
  return heads.frames.map(({ name, file, line }) => {
    const func = builder.internFunction({
      name,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined || hasExecutedLines ? {} : { firstLine: line }),
      kind: file !== undefined && /\.pyw?$|^<frozen /.test(file) ? 'python' : 'other',
    });
    return builder.internFrame({
      function: func,
      ...(line === undefined || !hasExecutedLines ? {} : { line }),
    });
  });
}

/** Reads profiles into the builder, and counts what had to be repaired. */
class ProfileReader {
  readonly #builder: ProfileBuilder;
  readonly #frames: readonly FrameIndex[];
  readonly #units: readonly WeightUnit[];
  #unclosed = 0;
  #misplaced = 0;
  #backwards = 0;

  constructor(builder: ProfileBuilder, frames: readonly FrameIndex[], units: readonly WeightUnit[]) {
    this.#builder = builder;
    this.#frames = frames;
    this.#units = units;
  }

  readProfile(json: JsonReader, head: Head, thread: ThreadIndex): void {
    if (head.type === 'sampled') this.#readSampled(json, head, thread);
    else this.#readEvented(json, head, thread);
  }

  describeRepairs(): string[] {
    return describeCounted([
      [
        this.#unclosed,
        'frame is never closed: it was',
        'frames are never closed: they were',
        'taken to last until the end',
      ],
      [
        this.#misplaced,
        'frame is closed in the wrong order: it',
        'frames are closed in the wrong order: each',
        'was closed where the file says so',
      ],
      [
        this.#backwards,
        'event goes back in time: it was',
        'events go back in time: they were',
        'taken to happen at once',
      ],
    ]);
  }

  /** Samples and weights are lists of their own, in any order: both become columns, and then samples. */
  #readSampled(json: JsonReader, head: Head, thread: ThreadIndex): void {
    const stacks = new SampledStacks(this.#builder, this.#frames);
    let rows = new Int32Array(1024);
    let weights = new Float64Array(1024);
    let rowCount = 0;
    let weightCount = 0;
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'samples') {
        for (json.enterArray(); json.nextItem(); ) {
          if (rowCount === rows.length) rows = resizeColumn(rows, grownCapacity(rowCount));
          rows[rowCount++] = stacks.read(json);
        }
      } else if (key === 'weights') {
        for (json.enterArray(); json.nextItem(); ) {
          if (weightCount === weights.length) weights = resizeColumn(weights, grownCapacity(weightCount));
          weights[weightCount++] = json.number() * head.unit.factor;
        }
      } else json.skip();
    }
    if (rowCount !== weightCount) {
      const place = `"profiles[${thread}].weights"`;
      throw new ProfilerError(
        'not-a-recording',
        `The file is no valid ${TITLE}: ${place} is not as long as "samples".`,
      );
    }
    let at = 0;
    for (let row = 0; row < rowCount; row++) {
      at += Math.max(0, weights[row]);
      this.#addSample(at, thread, rows[row], weights[row], head.unit.weight);
    }
  }

  /** Between two events the open frames are the stack: one sample for each such interval. */
  #readEvented(json: JsonReader, head: Head, thread: ThreadIndex): void {
    const { start, unit } = head;
    const open = new OpenFrames(this.#builder, this.#frames);
    let at = start;
    const advance = (to: number) => {
      if (to < at) this.#backwards++;
      if (to <= at) return;
      const weight = (to - at) * unit.factor;
      at = to;
      if (open.length === 0) return;
      this.#addSample((at - start) * unit.factor, thread, open.stack, weight, unit.weight);
    };
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key !== 'events') json.skip();
      else
        for (json.enterArray(); json.nextItem(); ) {
          const event = this.#readEvent(json);
          advance(event.at);
          if (event.type === 'O') open.open(event.frame);
          else if (!open.close(event.frame)) this.#misplaced++;
        }
    }
    if (head.end !== undefined) advance(Math.max(at, head.end));
    this.#unclosed += open.length;
  }

  #readEvent(json: JsonReader): { type: 'O' | 'C'; frame: number; at: number } {
    let type: 'O' | 'C' | undefined;
    let frame: number | undefined;
    let at: number | undefined;
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'type') {
        const text = json.string();
        if (text !== 'O' && text !== 'C') throw json.error('"O" or "C"');
        type = text;
      } else if (key === 'frame') frame = json.index(this.#frames.length);
      else if (key === 'at') at = json.number();
      else json.skip();
    }
    if (type === undefined || frame === undefined || at === undefined)
      throw json.error('an event with "type", "frame" and "at"');
    return { type, frame, at };
  }

  #addSample(
    nanoseconds: number,
    thread: ThreadIndex,
    stack: number,
    weight: number,
    unit: WeightUnit,
  ): void {
    const { samples, timeUnit } = this.#builder;
    const row = samples.append(Math.round(nanoseconds / timeUnit), thread, stack, 0);
    for (let column = 0; column < this.#units.length; column++) {
      samples.weights[column][row] = this.#units[column] === unit ? weight : 0;
    }
  }
}
