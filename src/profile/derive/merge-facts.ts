import type { RecordingFacts } from '../tables.ts';

/** The facts of several recordings as those of one: counts are added up, and what differs is left out. */
export function mergeFacts(all: readonly RecordingFacts[]): RecordingFacts {
  const common = keepCommon(all);
  const starts = all.map((facts) => facts.startedAt);
  const startedAt = starts.every((start) => start !== undefined) ? Math.min(...starts) : undefined;
  const ends = all.map((facts) => (facts.duration ?? 0) + ((facts.startedAt ?? 0) - (startedAt ?? 0)) * 1e6);
  const hasDuration = startedAt !== undefined && all.some((facts) => facts.duration !== undefined);
  return withoutUndefined({
    ...common,
    host: joinTexts(all.map((facts) => facts.host)),
    command: joinTexts(all.map((facts) => facts.command)),
    startedAt,
    duration: hasDuration ? Math.max(...ends) : addUp(all, 'duration', Math.max),
    lateRounds: addUp(all, 'lateRounds'),
    missedRounds: addUp(all, 'missedRounds'),
    rounds: addUp(all, 'rounds'),
    retriedSamples: addUp(all, 'retriedSamples'),
    stoppedSamples: addUp(all, 'stoppedSamples'),
    profilerCpu: addUp(all, 'profilerCpu'),
    lostSamples: addUpCounts(all, 'lostSamples'),
    nativeStacks: addUpCounts(all, 'nativeStacks'),
    notes: all.some((facts) => facts.notes)
      ? Object.assign({}, ...all.map((facts) => facts.notes))
      : undefined,
  });
}

type CountKey = {
  [Key in keyof RecordingFacts]-?: number extends RecordingFacts[Key] ? Key : never;
}[keyof RecordingFacts];

/** The facts that are the same in all recordings. */
function keepCommon(all: readonly RecordingFacts[]): RecordingFacts {
  const [first = {}, ...others] = all;
  const common = Object.entries(first).filter(([key, value]) =>
    others.every((facts) => {
      const other: Readonly<Record<string, unknown>> = { ...facts };
      return JSON.stringify(other[key]) === JSON.stringify(value);
    }),
  );
  return Object.fromEntries(common);
}

function addUp(
  all: readonly RecordingFacts[],
  key: CountKey,
  join: (a: number, b: number) => number = (a, b) => a + b,
): number | undefined {
  const values = all.map((facts) => facts[key]).filter((value) => typeof value === 'number');
  return values.length === 0 ? undefined : values.reduce((a, b) => join(a, b));
}

function addUpCounts(
  all: readonly RecordingFacts[],
  key: 'lostSamples' | 'nativeStacks',
): Record<string, number> | undefined {
  const causes = new Map<string, number>();
  for (const [cause, count] of all.flatMap((facts) => Object.entries(facts[key] ?? {}))) {
    causes.set(cause, (causes.get(cause) ?? 0) + count);
  }
  return all.some((facts) => facts[key]) ? Object.fromEntries(causes) : undefined;
}

/** Distinct texts, one after the other. */
function joinTexts(texts: readonly (string | undefined)[]): string | undefined {
  const distinct = new Set(texts.filter((text) => text !== undefined));
  return distinct.size === 0 ? undefined : [...distinct].join('; ');
}

function withoutUndefined(
  facts: { [Key in keyof RecordingFacts]: RecordingFacts[Key] | undefined },
): RecordingFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
