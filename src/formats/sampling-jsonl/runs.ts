// The runs that a file of profiling.sampling --jsonl is of: one, unless files were put one behind the other. Each has its own numbers
// of strings and frames, and becomes a process of its own.

import { assertUnreachable } from '../../base/assert.ts';
import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { PairIndex } from '../../base/pair-index.ts';
import { formatCount, formatCounted } from '../../base/quantities.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FunctionIndex,
  NONE,
  type Profile,
  type StackIndex,
  type StringIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { JsonReader } from '../json/json-reader.ts';
import { createTextCache } from '../json/json-texts.ts';
import { internSamplingFrame, internSamplingFunction } from '../sampling-frame.ts';
import { Numbered } from './numbered.ts';
import {
  type FrameRecord,
  isKnownType,
  type RecordHead,
  readCosts,
  readFrames,
  readRecordHead,
  readStrings,
} from './records.ts';

/** Runs in one file. */
export const MAX_RUNS = 1000;
/** Version of the records that we know. */
const VERSION = 0;
/** Characters of a run's id that are shown. */
const SHOWN_ID = 8;

interface Run {
  readonly thread: ThreadIndex;
  /** By their numbers in the file. */
  readonly strings: Numbered<StringIndex>;
  /** By the numbers of their frames in the file. */
  readonly stacks: Numbered<StackIndex>;
  /** Samples, as the file tells; undefined where it has not come to it. */
  told: number | undefined;
  /** Samples that were read. */
  found: number;
  hasEnd: boolean;
}

type AddressedHead = RecordHead & Required<Pick<RecordHead, 'type' | 'version' | 'run'>>;

/** Reads a file line by line; its profile has a process, with one thread, for each run. */
export class RunReader {
  readonly builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'samples', unit: 'count', scale: 1, storage: 'float64' }],
  });
  /** The first damaged line, and what is wrong with it. */
  firstProblem: string | undefined;
  readonly #runs = new Map<string, Run>();
  /** By the strings of their files and names. */
  readonly #functions = new PairIndex();
  readonly #texts = createTextCache();
  #damagedLines = 0;
  /** Records that count something else than how often frames were found in the whole run. */
  #otherCounts = 0;
  /** Samples of frames that the file does not name. */
  #unnamed = 0;

  constructor() {
    this.builder.mergeFacts({ mode: 'imported', producer: 'profiling.sampling' });
  }

  /** Takes over the record that a line holds, as far as it can be read. */
  readLine(bytes: Uint8Array, number: number): void {
    const head: RecordHead = {};
    const open = () => new JsonReader([bytes], 'record', this.#texts);
    const damage = findDamage(() => readRecordHead(open(), head));
    // Of a damaged record, what stands in its list before the damage is good.
    const problem = isAddressed(head)
      ? (findDamage(() => this.#readRecord(head, open)) ?? damage)
      : (damage ?? 'there is no record with "type", "v" and "run_id"');
    if (problem === undefined) return;
    this.#damagedLines++;
    this.firstProblem ??= `line ${number}: ${problem}`;
  }

  /** The profile of all lines so far. */
  build(): Profile {
    if (this.#runs.size > 1) {
      for (const [id, { thread }] of this.#runs)
        this.builder.updateThread(thread, { name: `run ${id.slice(0, SHOWN_ID)}` });
    }
    return this.builder.build();
  }

  /** Sentences about what is missing. */
  describeDamage(): string[] {
    const notes: string[] = [];
    if (this.firstProblem !== undefined) {
      const others = this.#damagedLines - 1;
      const more = others === 0 ? '' : `, and in ${formatCounted(others, 'more line')}`;
      notes.push(
        `The file is damaged in ${this.firstProblem}${more}. What stands before in a line was read.`,
      );
    }
    const runs = [...this.#runs.values()];
    const cut = runs.filter(({ hasEnd }) => !hasEnd).length;
    if (cut > 0) {
      const whose = runs.length === 1 ? '' : ` of ${cut} of ${runs.length} runs`;
      notes.push(`The file ends early: the last record${whose} is missing.`);
    }
    const [told, found] = [sum(runs, (run) => run.told ?? run.found), sum(runs, (run) => run.found)];
    if (told !== found)
      notes.push(
        `The file says that it has ${formatCounted(told, 'sample')}, and holds ${formatCount(found)}.`,
      );
    if (this.#unnamed > 0) {
      const count = formatCounted(this.#unnamed, 'sample');
      notes.push(`The lines of ${count} are not named in the file: shown without a stack.`);
    }
    if (this.#otherCounts > 0)
      notes.push(`Left out: ${formatCounted(this.#otherCounts, 'record')} with counts of another kind.`);
    return notes;
  }

  #readRecord(head: AddressedHead, open: () => JsonReader): void {
    const { type, version } = head;
    if (!isKnownType(type)) return;
    if (version !== VERSION)
      throw new MalformedError(`the version of the record is ${version}, and ${VERSION} is known`);
    const run = this.#internRun(head.run);
    switch (type) {
      case 'meta':
        this.#addFacts(head);
        return;
      case 'string_table':
        readStrings(open(), (number, text) => run.strings.set(number, this.builder.internString(text)));
        return;
      case 'frame_table':
        readFrames(open(), (frame) => this.#addFrame(run, frame));
        return;
      case 'agg':
        if (head.kind !== 'frame' || head.scope !== 'final') {
          this.#otherCounts++;
          return;
        }
        run.told = head.samples ?? run.told;
        // Most lines have one count, and columns that need not grow are never copied.
        this.builder.samples.reserve(this.builder.stacks.length);
        readCosts(open(), (frame, self) => this.#addSamples(run, frame, self));
        return;
      case 'end':
        run.told = head.samples ?? run.told;
        run.hasEnd = true;
        return;
      default:
        assertUnreachable(type);
    }
  }

  #internRun(id: string): Run {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    if (this.#runs.size === MAX_RUNS)
      throw new MalformedError(`it begins a run, and only ${formatCount(MAX_RUNS)} are read`);
    const process = this.builder.addProcess({ pid: 0, command: '', start: 0 });
    const run: Run = {
      thread: this.builder.addThread({ process, tid: 0, start: 0 }),
      strings: new Numbered(),
      stacks: new Numbered(),
      told: undefined,
      found: 0,
      hasEnd: false,
    };
    this.#runs.set(id, run);
    return run;
  }

  #addFacts({ interval = 0, mode }: RecordHead): void {
    this.builder.mergeFacts({
      ...(interval > 0 ? { askedRate: 1e6 / interval } : {}),
      ...(mode === undefined ? {} : { notes: { 'mode of sampling': mode } }),
    });
  }

  #addFrame({ strings, stacks }: Run, { id, file, name, line, column }: FrameRecord): void {
    const [path, text] = [strings.get(file), strings.get(name)];
    if (path === undefined || text === undefined) return;
    const frame = internSamplingFrame(this.builder, this.#internFunction(path, text), line, column);
    // Every stack is a frame alone, and so each has the row of its frame.
    const stack = frame as number as StackIndex;
    if (stack === this.builder.stacks.length) this.builder.stacks.append(NONE, frame);
    stacks.set(id, stack);
  }

  /** A function has many lines. */
  #internFunction(file: StringIndex, name: StringIndex): FunctionIndex {
    const known = this.#functions.find(file, name);
    if (known !== -1) return known as FunctionIndex;
    const { rows } = this.builder.strings;
    const row = internSamplingFunction(this.builder, rows[file], rows[name]);
    return this.#functions.intern(file, name, row) as FunctionIndex;
  }

  #addSamples(run: Run, frame: number, self: number): void {
    if (self === 0) return;
    const stack = run.stacks.get(frame);
    if (stack === undefined) this.#unnamed += self;
    run.found += self;
    this.builder.addSample(0, run.thread, stack ?? NONE, 0, self, 0);
  }
}

/** Whether it says what the record is, and of which run. */
function isAddressed(head: RecordHead): head is AddressedHead {
  return head.type !== undefined && head.version !== undefined && head.run !== undefined;
}

/** What is wrong with a line that cannot be read to its end. */
function findDamage(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof MalformedError) return error.message;
    if (error instanceof ProfilerError) return String(error.facts.problem);
    throw error;
  }
}

function sum(runs: readonly Run[], count: (run: Run) => number): number {
  return runs.reduce((all, run) => all + count(run), 0);
}
