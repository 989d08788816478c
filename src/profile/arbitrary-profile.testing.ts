// Random profiles for property tests: small, but with everything that the tables can hold.

import fc from 'fast-check';
import { ProfileBuilder, recordingWeights, type WeightSpec } from './builder/profile-builder.ts';
import {
  FRAME_TIERS,
  type FrameIndex,
  FUNCTION_KINDS,
  type FunctionIndex,
  type MappingIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  type StackIndex,
  type ThreadIndex,
} from './tables.ts';

/** Any text, lone surrogates included. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('main', 'run', 'a.py', ''),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
);

/** Any number that a Float64 column can hold. */
export const arbitraryNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -5, max: 1000 }),
  fc.maxSafeInteger(),
  fc.double(),
);

const arbitraryTime = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
);
const arbitraryRow = fc.nat(1000);
const arbitraryUint32 = fc.oneof(fc.nat(3), fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));

const arbitraryWeights: fc.Arbitrary<readonly WeightSpec[] | undefined> = fc.option(
  fc.array(
    fc.record({
      // None is the number of samples: that is the number of rows, so tests have a measure that always adds up exactly.
      type: fc.constantFrom('elapsed', 'cpu', 'exceptions', 'allocated'),
      unit: fc.constantFrom('nanoseconds', 'bytes', 'count'),
      scale: fc.constantFrom(1, 100_000, 0.5),
      storage: fc.constantFrom('uint32', 'float64'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { nil: undefined, freq: 2 },
);

/**
 * One action on a builder. Row numbers are taken modulo the length of the table, and nothing happens when it is empty;
 * samples go on from the clock, so that the same steps do the same whether samples were dropped or not.
 */
export type BuilderStep = (builder: ProfileBuilder, clock: { time: number }) => void;

const arbitraryStep: fc.Arbitrary<BuilderStep> = fc.oneof(
  { weight: 2, arbitrary: functionStep() },
  { weight: 1, arbitrary: mappingStep() },
  { weight: 4, arbitrary: frameStep() },
  { weight: 6, arbitrary: stackStep() },
  { weight: 1, arbitrary: processStep() },
  { weight: 2, arbitrary: threadStep() },
  { weight: 1, arbitrary: updateStep() },
  { weight: 14, arbitrary: sampleStep() },
  { weight: 2, arbitrary: counterStep() },
  { weight: 1, arbitrary: factsStep() },
  { weight: 1, arbitrary: sourceStep() },
);

/** A way to make a builder, and what a recorder might do with it between one append and the next. */
export const arbitrarySteps: fc.Arbitrary<{
  readonly builder: () => ProfileBuilder;
  readonly parts: readonly (readonly BuilderStep[])[];
}> = fc.record({
  builder: fc
    .record({ timeUnit: fc.constantFrom(100_000, 10_000, 1), weights: arbitraryWeights })
    .map(({ timeUnit, weights }) => () => {
      return new ProfileBuilder({ timeUnit, weights: weights ?? recordingWeights(timeUnit) });
    }),
  parts: fc.array(fc.array(arbitraryStep, { maxLength: 40 }), { minLength: 1, maxLength: 5 }),
});

/** A whole profile. */
export const arbitraryProfile: fc.Arbitrary<Profile> = arbitrarySteps.map(({ builder, parts }) => {
  const made = builder();
  const clock = { time: 0 };
  for (const step of parts.flat()) step(made, clock);
  return made.build();
});

function functionStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      {
        name: arbitraryText,
        qualifiedName: arbitraryText,
        systemName: arbitraryText,
        file: arbitraryText,
        firstLine: fc.integer({ min: 1, max: 0x7fff_ffff }),
        kind: fc.constantFrom(...FUNCTION_KINDS),
      },
      { requiredKeys: ['name', 'kind'] },
    )
    .map((f) => (builder) => {
      builder.internFunction(f);
    });
}

function mappingStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      {
        file: arbitraryText,
        buildId: arbitraryText,
        start: arbitraryNumber,
        end: arbitraryNumber,
        offset: arbitraryNumber,
      },
      { requiredKeys: ['file', 'start', 'end', 'offset'] },
    )
    .map((m) => (builder) => {
      builder.internMapping(m);
    });
}

function frameStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      {
        function: arbitraryRow,
        line: fc.integer({ min: 1, max: 0x7fff_ffff }),
        column: fc.integer({ min: 1, max: 0x7fff_ffff }),
        address: fc.integer({ min: 0, max: 2 ** 48 }),
        mapping: arbitraryRow,
        inlineDepth: fc.nat(0xffff),
        tier: fc.constantFrom(...FRAME_TIERS),
      },
      { requiredKeys: ['function'] },
    )
    .map((f) => (builder) => {
      if (builder.functions.length === 0) return;
      const { mapping, ...rest } = f;
      builder.internFrame({
        ...rest,
        function: (f.function % builder.functions.length) as FunctionIndex,
        ...(mapping === undefined || builder.mappings.length === 0
          ? {}
          : { mapping: (mapping % builder.mappings.length) as MappingIndex }),
      });
    });
}

function stackStep(): fc.Arbitrary<BuilderStep> {
  return fc.tuple(arbitraryRow, arbitraryRow).map(([parent, frame]) => (builder) => {
    if (builder.frames.length === 0) return;
    const above = (parent % (builder.stacks.length + 1)) - 1;
    builder.internStack(above as StackIndex | -1, (frame % builder.frames.length) as FrameIndex);
  });
}

function processStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      {
        pid: fc.integer({ min: 0, max: 4_194_304 }),
        parent: arbitraryRow,
        command: arbitraryText,
        runtime: arbitraryText,
        start: arbitraryTime,
      },
      { requiredKeys: ['pid', 'command', 'start'] },
    )
    .map((p) => (builder) => {
      const { parent, ...rest } = p;
      builder.addProcess({
        ...rest,
        ...(parent === undefined || builder.processes.length === 0
          ? {}
          : { parent: (parent % builder.processes.length) as ProcessIndex }),
      });
    });
}

function threadStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      { process: arbitraryRow, tid: fc.nat(), name: arbitraryText, start: arbitraryTime },
      { requiredKeys: ['process', 'tid', 'start'] },
    )
    .map((t) => (builder) => {
      if (builder.processes.length === 0) builder.addProcess({ pid: 1, command: 'x', start: 0 });
      builder.addThread({ ...t, process: (t.process % builder.processes.length) as ProcessIndex });
    });
}

function updateStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record({
      row: arbitraryRow,
      isThread: fc.boolean(),
      text: arbitraryText,
      end: arbitraryTime,
    })
    .map(({ row, isThread, text, end }) => (builder) => {
      if (isThread && builder.threads.length > 0) {
        builder.updateThread((row % builder.threads.length) as ThreadIndex, { name: text, end });
      } else if (builder.processes.length > 0) {
        const process = (row % builder.processes.length) as ProcessIndex;
        builder.updateProcess(process, row % 2 === 0 ? { command: text, end } : { runtime: text });
      }
    });
}

function sampleStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record({
      // Mostly a regular gap behind the sample before.
      time: fc.oneof(fc.integer({ min: 98, max: 102 }), arbitraryUint32),
      thread: arbitraryRow,
      stack: fc.oneof(fc.nat(4), arbitraryRow),
      state: fc.oneof(fc.constantFrom(0x11, 0x01, 0x03, 0x04), fc.nat(0xff)),
      weights: fc.array(fc.oneof(arbitraryUint32, arbitraryNumber), { minLength: 4, maxLength: 4 }),
    })
    .map(({ time, thread, stack, state, weights }) => (builder, clock) => {
      if (builder.threads.length === 0) return;
      const { samples, threads, stacks } = builder;
      clock.time = (time < 1000 ? clock.time + time : time) % 2 ** 32;
      builder.addSampleWeights(
        clock.time,
        (thread % threads.length) as ThreadIndex,
        ((stack % (stacks.length + 1)) + NONE) as StackIndex | -1,
        state,
        samples.specs.map(({ storage }, i) => (storage === 'uint32' ? weights[i] >>> 0 : weights[i])),
      );
    });
}

function counterStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record({
      process: arbitraryRow,
      name: fc.constantFrom('resident', 'heap'),
      time: arbitraryTime,
      value: arbitraryNumber,
    })
    .map(({ process, name, time, value }) => (builder) => {
      if (builder.processes.length === 0) return;
      builder.addCounter((process % builder.processes.length) as ProcessIndex, name, time, value);
    });
}

function sourceStep(): fc.Arbitrary<BuilderStep> {
  return fc.tuple(fc.constantFrom('a.py', 'b.py', '-'), arbitraryText).map(([file, text]) => (builder) => {
    builder.addSource(file, text);
  });
}

function factsStep(): fc.Arbitrary<BuilderStep> {
  return fc
    .record(
      {
        producer: fc.string(),
        command: arbitraryText,
        rounds: fc.nat(),
        startedAt: fc.nat(),
        schedule: fc.constantFrom('regular', 'exponential'),
        exit: fc.oneof(fc.nat(255), fc.constant('SIGKILL')),
        lostSamples: fc.dictionary(fc.constantFrom('torn', 'gone'), fc.nat()),
        notes: fc.dictionary(fc.constantFrom('a', 'b'), fc.string()),
      },
      { requiredKeys: [] },
    )
    .map((facts) => (builder) => {
      builder.mergeFacts(facts);
    });
}
