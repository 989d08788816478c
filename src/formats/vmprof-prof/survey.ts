// The first reading of a `.prof` file. Names come after the stacks that use them, and times after everything: only the
// second reading (import.ts) makes the profile.

import { resizeColumn } from '../../base/typed-array.ts';
import type { Input } from '../input.ts';
import { AddressTable } from './address-table.ts';
import type { Damage } from './damage.ts';
import { Entries } from './entries.ts';
import type { ParserMemory } from './narrow-layout.ts';
import { parseProf, type RawSample } from './prof-parser.ts';
import type { ProfSection } from './section.ts';
import { StackCache } from './stack-cache.ts';

/** What is known of one profile of the file when it was read once. */
export interface SectionSurvey {
  readonly section: ProfSection;
  readonly codes: AddressTable;
  /** By rows of `codes`. */
  readonly names: (string | undefined)[];
  /** Rows of `codes` that have a name, in the order of the names. */
  readonly namedRows: number[];
  /** Rows of `codes` that stand in a stack have 1. */
  used: Uint8Array;
  readonly threads: AddressTable;
  /** Samples of each row of `threads`. */
  readonly threadSamples: number[];
  /** Samples of time. */
  samples: number;
  /** What they stand for: more than `samples` where the file counts. */
  count: number;
  allocations: number;
  objects: number;
  hasMemory: boolean;
  /** Times of samples in nanoseconds of their clock; Infinity, -Infinity: none. */
  firstTime: number;
  lastTime: number;
  /** Ids that have several names. */
  renamed: number;
}

export interface Survey {
  readonly sections: readonly SectionSurvey[];
  readonly damage: Damage;
}

/** Reads through the input once. Throws as parseProf does. */
export function surveyProf(input: Input, memory: ParserMemory): Survey {
  const sections: SectionSurvey[] = [];
  const entries = new Entries();
  const cache = new StackCache();
  let current: SectionSurvey;
  const damage = parseProf(
    input,
    {
      onSection: (section) => {
        current = createSurvey(section);
        sections.push(current);
        cache.clear();
      },
      onSample: (section, sample) => {
        if (cache.find(sample) === undefined) {
          entries.decode(section, sample);
          markUsed(current, entries);
          cache.remember(sample, 0);
        }
        addSample(current, sample);
      },
      onName: (section, low, high, text) => addName(current, section, low, high, text),
      onObjects: (_, count) => {
        current.objects += count;
      },
    },
    memory,
  );
  return { sections, damage };
}

function createSurvey(section: ProfSection): SectionSurvey {
  return {
    section,
    codes: new AddressTable(),
    names: [],
    namedRows: [],
    used: new Uint8Array(16),
    threads: new AddressTable(),
    threadSamples: [],
    samples: 0,
    count: 0,
    allocations: 0,
    objects: 0,
    hasMemory: false,
    firstTime: Number.POSITIVE_INFINITY,
    lastTime: Number.NEGATIVE_INFINITY,
    renamed: 0,
  };
}

function markUsed(survey: SectionSurvey, entries: Entries): void {
  for (let i = 0; i < entries.length; i++) {
    const row = survey.codes.intern(entries.low[i], entries.high[i]);
    if (row >= survey.used.length) survey.used = resizeColumn(survey.used, row * 2);
    survey.used[row] = 1;
  }
}

function addSample(survey: SectionSurvey, sample: RawSample): void {
  const { threads, threadSamples } = survey;
  const thread = threads.intern(sample.threadLow, sample.threadHigh);
  threadSamples[thread] = (threadSamples[thread] ?? 0) + 1;
  if (sample.isAllocation) survey.allocations++;
  else {
    survey.samples++;
    survey.count += sample.count;
  }
  if (sample.memory >= 0) survey.hasMemory = true;
  if (!Number.isFinite(sample.time)) return;
  survey.firstTime = Math.min(survey.firstTime, sample.time);
  survey.lastTime = Math.max(survey.lastTime, sample.time);
}

function addName(survey: SectionSurvey, section: ProfSection, low: number, high: number, text: string): void {
  const isNothing = low === 0 && high === 0;
  // Line numbers and whatever else stood in a stack were looked up, too, and given names.
  const isNegative = section.layout.idSize === 8 && high >= 0x8000_0000;
  if (isNothing || isNegative) return;
  const row = survey.codes.intern(low, high);
  const before = survey.names[row];
  if (before === undefined) survey.namedRows.push(row);
  else if (isNativeName(text) && !isNativeName(before)) return;
  else if (before !== text && isNativeName(before) === isNativeName(text)) survey.renamed++;
  survey.names[row] = text;
}

/** Native look-ups found "names" of Python code as well: its own one is better. */
function isNativeName(text: string): boolean {
  return text.startsWith('n:');
}
