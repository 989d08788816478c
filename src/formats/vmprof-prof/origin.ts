import type { RecordingFacts } from '../../profile/tables.ts';
import { type ClockPlan, WEIGHT_KEY } from './clock.ts';
import { MODE, type ProfSection } from './section.ts';
import type { SectionSurvey } from './survey.ts';

/** The meta datum by which our own writer keeps the host. */
export const HOST_KEY = 'host';
/** Meta data that are shown one by one; the rest may be thousands of descriptions of types. */
const TOLD_META = 20;

/** What the file says about the recording. */
export function describeOrigin(
  surveys: readonly SectionSurvey[],
  plan: ClockPlan,
  unnamed: number,
): RecordingFacts {
  const [{ section }] = surveys;
  const { meta, period } = section;
  const samples = surveys.reduce((sum, survey) => sum + survey.samples, 0);
  const os = meta.get('os');
  const bits = meta.get('bits');
  const host = meta.get(HOST_KEY) ?? (os === undefined || bits === undefined ? os : `${os}, ${bits}-bit`);
  const argv = meta.get('argv');
  const producer = meta.get('producer');
  return {
    mode: 'imported',
    producer: producer ?? (section.isSlots ? 'gperftools' : `vmprof (.prof version ${section.version})`),
    ...(host === undefined ? {} : { host }),
    ...(argv === undefined ? {} : { command: argv }),
    ...(plan.startedAt === undefined ? {} : { startedAt: plan.startedAt }),
    ...(plan.duration === undefined
      ? {}
      : { duration: plan.duration, realRate: samples / (plan.duration / 1e9) }),
    ...(period > 0 ? { askedRate: 1e6 / period } : {}),
    notes: Object.fromEntries(describeNotes(surveys, plan, unnamed)),
  };
}

function describeNotes(
  surveys: readonly SectionSurvey[],
  plan: ClockPlan,
  unnamed: number,
): (readonly [string, string])[] {
  const [{ section }] = surveys;
  const notes: (readonly [string, string])[] = [['sampled by', describeMode(section)]];
  if (!section.meta.has(WEIGHT_KEY)) notes.push(['weights', describeWeights(plan)]);
  const sum = (count: (survey: SectionSurvey) => number) =>
    surveys.reduce((total, survey) => total + count(survey), 0);
  if (surveys.length > 1) notes.push(['profiles in the file', String(surveys.length)]);
  if (unnamed > 0) notes.push(['code without a name', String(unnamed)]);
  const renamed = sum((survey) => survey.renamed);
  if (renamed > 0) notes.push(['ids with several names', `${renamed}; the last one is shown`]);
  const objects = sum((survey) => survey.objects);
  if (objects > 0) notes.push(['objects told of, not shown', String(objects)]);
  if (section.zone !== '') notes.push(['time zone', section.zone]);
  let told = 0;
  for (const [key, value] of section.meta) {
    if (KNOWN_META.has(key) || key.startsWith('thread ')) continue;
    if (told++ < TOLD_META) notes.push([`meta ${key}`, value]);
  }
  if (told > TOLD_META) notes.push(['more meta data', String(told - TOLD_META)]);
  return notes;
}

const KNOWN_META = new Set(['os', 'bits', 'argv', 'producer', HOST_KEY, WEIGHT_KEY, 'start_time_offset']);

function describeMode({ mode, period, meta }: ProfSection): string {
  const parts = [(mode & MODE.realTime) !== 0 ? 'wall clock' : 'CPU time'];
  if (period === 0 && meta.has('sample_allocated_bytes')) parts[0] = 'allocated bytes';
  if ((mode & MODE.memory) !== 0) parts.push('with memory');
  if ((mode & MODE.lines) !== 0) parts.push('with lines');
  if ((mode & MODE.native) !== 0) parts.push('with native frames');
  return parts.join(', ');
}

function describeWeights({ weighing, weights }: ClockPlan): string {
  if (weighing === 'gaps') return 'the time since the sample before';
  if (weights[0].type === 'elapsed') return 'equal parts of the time from start to end';
  return weights[0].type === 'samples'
    ? 'each sample counts one: the file holds no times'
    : 'bytes allocated between samples';
}
