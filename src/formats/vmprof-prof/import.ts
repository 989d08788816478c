// A `.prof` file becomes a profile: the second reading, when names and times are known.

import { ProfilerError } from '../../base/errors.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  NONE,
  type ProcessIndex,
  type Profile,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { type ClockPlan, planClock } from './clock.ts';
import { CodeFrames } from './code-frames.ts';
import { Entries } from './entries.ts';
import type { ParserMemory } from './narrow-layout.ts';
import { describeOrigin } from './origin.ts';
import { parseProf, type RawSample } from './prof-parser.ts';
import { StackCache } from './stack-cache.ts';
import { type SectionSurvey, surveyProf } from './survey.ts';
import { readThreadName } from './thread-names.ts';
import { weighByGaps } from './weights.ts';

/** Reads a `.prof` file of any version. Throws `not-a-recording`, `newer-recording`. */
export function importProf(input: Input): ImportedProfile {
  const memory: ParserMemory = { narrow: new Map() };
  const { sections, damage } = surveyProf(input, memory);
  const holdsAnything = sections.some(
    ({ section, samples, allocations, names }) =>
      section.hasHeader || samples > 0 || allocations > 0 || names.length > 0,
  );
  if (!holdsAnything && damage.hasLosses) {
    throw new ProfilerError(
      'not-a-recording',
      `The file begins as a profile of vmprof does, but holds nothing that can be read. ${damage.notes[0]}`,
    );
  }
  const plan = planClock(sections);
  const reader = new SampleReader(sections, plan);
  parseProf(
    input,
    {
      onSection: () => reader.nextSection(),
      onSample: (_, sample) => reader.add(sample),
    },
    memory,
  );
  return { profile: reader.build(), notes: damage.notes };
}

class SampleReader {
  readonly #surveys: readonly SectionSurvey[];
  readonly #plan: ClockPlan;
  readonly #builder: ProfileBuilder;
  readonly #process: ProcessIndex;
  readonly #threads = new Map<string, ThreadIndex>();
  readonly #entries = new Entries();
  readonly #cache = new StackCache();
  #section = -1;
  #frames: CodeFrames;
  #threadRows: (ThreadIndex | undefined)[] = [];
  /** Samples of the section that were added. */
  #added = 0;
  #unnamed = 0;
  #lastTime = 0;
  #lastMemory = -1;

  constructor(surveys: readonly SectionSurvey[], plan: ClockPlan) {
    this.#surveys = surveys;
    this.#plan = plan;
    this.#builder = new ProfileBuilder({ timeUnit: plan.timeUnit, weights: plan.weights });
    const [{ section }] = surveys;
    const runtime = RUNTIMES.get(section.interpreter);
    this.#process = this.#builder.addProcess({
      pid: 0,
      command: section.meta.get('argv') ?? '',
      start: 0,
      ...(runtime === undefined ? {} : { runtime }),
    });
    this.#frames = new CodeFrames(this.#builder, surveys[0]);
  }

  nextSection(): void {
    this.#section++;
    if (this.#section > 0) {
      this.#unnamed += this.#frames.unnamed;
      this.#frames = new CodeFrames(this.#builder, this.#surveys[this.#section]);
    }
    this.#cache.clear();
    this.#threadRows = [];
    this.#added = 0;
  }

  add(sample: RawSample): void {
    const stack = this.#internStack(sample);
    const time = this.#timeOf(sample);
    const thread = this.#threadOf(sample);
    const [first, second] = this.#weightsOf(sample);
    this.#builder.addSample(time, thread, stack, 0, first, second);
    this.#added++;
    if (sample.memory < 0 || sample.memory === this.#lastMemory) return;
    this.#lastMemory = sample.memory;
    this.#builder.addCounter(this.#process, 'resident', time, sample.memory * 1024);
  }

  build(): Profile {
    this.#unnamed += this.#frames.unnamed;
    this.#builder.mergeFacts(describeOrigin(this.#surveys, this.#plan, this.#unnamed));
    const profile = this.#builder.build();
    return this.#plan.weighing === 'gaps' ? weighByGaps(profile, this.#surveys, this.#plan) : profile;
  }

  #internStack(sample: RawSample): StackIndex | -1 {
    const known = this.#cache.find(sample);
    if (known !== undefined) return known as StackIndex | -1;
    this.#entries.decode(this.#surveys[this.#section].section, sample);
    let stack: StackIndex | -1 = NONE;
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      stack = this.#builder.internStack(stack, this.#frames.get(this.#entries, i));
    }
    this.#cache.remember(sample, stack);
    return stack;
  }

  #timeOf(sample: RawSample): number {
    const clock = this.#plan.sections[this.#section];
    if (!clock.hasTimes) return Math.round((clock.start + this.#added * clock.step) / this.#plan.timeUnit);
    if (Number.isFinite(sample.time)) {
      this.#lastTime = Math.max(0, Math.round((sample.time + clock.shift) / this.#plan.timeUnit));
    }
    return this.#lastTime;
  }

  #threadOf(sample: RawSample): ThreadIndex {
    const { threads, section } = this.#surveys[this.#section];
    const row = threads.intern(sample.threadLow, sample.threadHigh);
    const known = this.#threadRows[row];
    if (known !== undefined) return known;
    const key = threads.format(row);
    let thread = this.#threads.get(key);
    if (thread === undefined) {
      const isId = sample.threadHigh === 0 && sample.threadLow <= 0x7fff_ffff;
      const name = readThreadName(section.meta, key, sample.threadLow === 0 && sample.threadHigh === 0);
      thread = this.#builder.addThread({
        process: this.#process,
        tid: isId ? sample.threadLow : 0,
        start: 0,
        ...(name ?? (isId ? {} : { name: `thread ${key}` })),
      });
      this.#threads.set(key, thread);
    }
    this.#threadRows[row] = thread;
    return thread;
  }

  #weightsOf(sample: RawSample): readonly [number, number] {
    const { weights, sections, weighing } = this.#plan;
    if (sample.isAllocation) return weights.length === 1 ? ONE_FIRST : ONE_SECOND;
    if (weights[0].type === 'allocated') return NOTHING;
    if (weighing === 'equal') {
      const known =
        sections[this.#section].weight ?? sections.find(({ weight }) => weight !== undefined)?.weight;
      return [(known ?? 0) * sample.count, 0];
    }
    if (weights.length > 1 && weights[1].type === 'allocated') return [sample.count, 0];
    return sample.count === 1 ? ONE_BOTH : [sample.count, sample.count];
  }
}

const ONE_FIRST = [1, 0] as const;
const ONE_SECOND = [0, 1] as const;
const ONE_BOTH = [1, 1] as const;
const NOTHING = [0, 0] as const;

const RUNTIMES = new Map([
  ['cpython', 'CPython'],
  ['pypy', 'PyPy'],
]);
