import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { formatStack } from '../../profile/stack-text.ts';
import { FUNCTION_KINDS, type Profile, type StackIndex } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { computeShares } from '../conformance.testing.ts';
import { detectFormat, exportProfile, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { decodeIndependently, encodeIndependently } from '../protobuf/independent.testing.ts';
import { OTLP_FORMAT } from './otlp.ts';

const OPTIONS = { measure: 'wall', title: 'a title', fileName: 'x.otlp' } as const;

function read(bytes: Uint8Array) {
  return importProfile(inputOfBytes(bytes, 'unnamed'), OTLP_FORMAT);
}

function write(profile: Profile) {
  return exportProfile(profile, OTLP_FORMAT, OPTIONS);
}

const START = 1_700_000_000_000_000_000n;
const at = (milliseconds: number) => (START + BigInt(milliseconds) * 1_000_000n).toString();

const STRINGS = [
  '',
  'samples',
  'count',
  'cpu',
  'nanoseconds',
  'main',
  'work',
  'a.py',
  'thread.id',
  'thread.name',
  'profile.frame.type',
  'cpython',
  'kernel',
  'vmlinux',
  'process.executable.build_id.gnu',
  'http.route',
];
const row = (text: string) => STRINGS.indexOf(text);

const DICTIONARY = {
  mapping_table: [
    {},
    { memory_start: 4096, memory_limit: 8192, filename_strindex: row('vmlinux'), attribute_indices: [5] },
  ],
  location_table: [
    {},
    { lines: [{ function_index: 1, line: 5 }], attribute_indices: [3] },
    { mapping_index: 1, address: 5000, lines: [{ function_index: 2, line: 9 }], attribute_indices: [4] },
  ],
  function_table: [
    {},
    { name_strindex: row('main'), filename_strindex: row('a.py'), start_line: 3 },
    { name_strindex: row('work') },
  ],
  link_table: [{}],
  string_table: STRINGS,
  attribute_table: [
    {},
    { key_strindex: row('thread.id'), value: { int_value: 7 } },
    { key_strindex: row('thread.name'), value: { string_value: 'Worker' } },
    { key_strindex: row('profile.frame.type'), value: { string_value_strindex: row('cpython') } },
    { key_strindex: row('profile.frame.type'), value: { string_value: 'kernel' } },
    { key_strindex: row('process.executable.build_id.gnu'), value: { string_value: 'ab12' } },
    { key_strindex: row('http.route'), value: { string_value: '/' } },
  ],
  stack_table: [{}, { location_indices: [2, 1] }, { location_indices: [1] }],
};

const RESOURCE = {
  attributes: [
    { key: 'service.name', value: { string_value: 'shop' } },
    { key: 'process.pid', value: { int_value: 42 } },
    { key: 'process.runtime.version', value: { string_value: '3.12' } },
    { key: 'process.runtime.name', value: { string_value: 'CPython' } },
    { key: 'host.name', value: { string_value: 'web-1' } },
  ],
};

const COUNT = { type_strindex: row('samples'), unit_strindex: row('count') };
const CPU = { type_strindex: row('cpu'), unit_strindex: row('nanoseconds') };

function makeFile(profiles: object[], dictionary: object = DICTIONARY) {
  return { resource_profiles: [{ resource: RESOURCE, scope_profiles: [{ profiles }] }], dictionary };
}

const encode = (profiles: object[], dictionary?: object) =>
  encodeIndependently('Otlp', makeFile(profiles, dictionary));

const TIMED = {
  sample_type: COUNT,
  time_unix_nano: START.toString(),
  duration_nano: 1_000_000_000,
  period_type: CPU,
  period: 10_000_000,
  samples: [
    { stack_index: 1, attribute_indices: [1, 2], timestamps_unix_nano: [at(30), at(10)] },
    { stack_index: 2, timestamps_unix_nano: [at(20)] },
  ],
};

describe('reading', () => {
  test('times without values are samples, in order of time, with threads, processes and code', () => {
    const { profile, notes, format } = importProfile(inputOfBytes(encode([TIMED]), 'x'));
    expect(format).toBe(OTLP_FORMAT);
    expect(notes).toEqual([]);
    assertValidProfile(profile);
    const { samples, threads, processes, strings, functions, frames, mappings } = profile;
    const stacks = [...samples.stack].map((stack) => formatStack(profile, stack as StackIndex));
    expect(stacks).toEqual(['main;work', 'main', 'main;work']);
    expect([...samples.time].map((time) => (time * profile.timeUnit) / 1e6)).toEqual([10, 20, 30]);
    expect([...samples.thread]).toEqual([0, 1, 0]);
    expect([...threads.tid]).toEqual([7, 0]);
    expect(strings[threads.name[0]]).toBe('Worker');
    expect(processes.length).toBe(1);
    expect(processes.pid[0]).toBe(42);
    expect([strings[processes.command[0]], strings[processes.runtime[0]]]).toEqual(['shop', 'CPython 3.12']);
    expect([...functions.kind].map((kind) => FUNCTION_KINDS[kind]).sort()).toEqual(['kernel', 'python']);
    expect(Math.max(...frames.address)).toBe(5000);
    expect([strings[mappings.file[0]], strings[mappings.buildId[0]]]).toEqual(['vmlinux', 'ab12']);
    expect(profile.facts).toMatchObject({ host: 'web-1', askedRate: 100, startedAt: 1_700_000_000_000 });
  });

  test('values without times are sums; both together are a value for each time', () => {
    const { profile } = read(
      encode([
        {
          sample_type: CPU,
          time_unix_nano: START.toString(),
          samples: [
            { stack_index: 1, values: [30] },
            { stack_index: 2, values: [4, 6], timestamps_unix_nano: [at(1), at(2)] },
          ],
        },
      ]),
    );
    expect([...profile.samples.weights[0].values]).toEqual([30, 4, 6]);
    expect(profile.samples.weights[0]).toMatchObject({ type: 'cpu', unit: 'nanoseconds' });
  });

  test('profiles of the same samples are weights of one; others keep their own rows', () => {
    const samples = (values: number[]) => [
      { stack_index: 1, values: [values[0]] },
      { stack_index: 2, values: [values[1]] },
    ];
    const joined = read(
      encode([
        { sample_type: COUNT, samples: samples([1, 2]) },
        { sample_type: CPU, samples: samples([10, 20]) },
        { sample_type: CPU, samples: samples([5, 6]) },
      ]),
    ).profile;
    expect(joined.samples.length).toBe(4);
    const [count, cpu] = joined.samples.weights.map(({ values }) => [...values]);
    expect(count).toEqual([1, 2, 0, 0]);
    expect(cpu).toEqual([10, 20, 5, 6]);

    const apart = read(
      encode([
        { sample_type: COUNT, samples: samples([1, 2]) },
        { sample_type: CPU, samples: samples([10, 20]).reverse() },
      ]),
    ).profile;
    const sums = apart.samples.weights.map(({ values }) =>
      Array.from(values).reduce((sum, value) => sum + value),
    );
    expect(sums).toEqual([3, 30]);
  });

  test('the dictionary may stand before or behind the profiles', () => {
    const { resource_profiles, dictionary } = makeFile([TIMED]);
    const behind = encodeIndependently('Otlp', { resource_profiles });
    const before = encodeIndependently('Otlp', { dictionary });
    const bytes = Buffer.concat([before, behind]);
    expect(detectFormat(inputOfBytes(bytes, 'x'))).toBe(OTLP_FORMAT);
    expect(read(bytes).profile).toEqual(read(encode([TIMED])).profile);
  });

  test('attributes that have no place are told', () => {
    const samples = [{ stack_index: 1, attribute_indices: [6], values: [1] }];
    expect(read(encode([{ sample_type: COUNT, samples }])).notes).toEqual([
      'Left out: attributes of samples (http.route).',
    ]);
  });
});

describe('other versions are refused by name', () => {
  const refused = (bytes: Uint8Array) => {
    expect(detectFormat(inputOfBytes(bytes, 'x'))).toBe(OTLP_FORMAT);
    let message = '';
    try {
      read(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ProfilerError);
      message = (error as Error).message;
    }
    return message;
  };
  const old = (samples: object[], type = 'Otlp19') =>
    encodeIndependently(type, makeFile([{ sample_type: CPU, time_unix_nano: START.toString(), samples }]));

  test.each([
    ['values alone', [{ stack_index: 1, values: [10_000_000] }]],
    ['values that could be attributes', [{ stack_index: 1, values: [1] }]],
    ['values with attributes', [{ stack_index: 1, values: [1], attribute_indices: [1] }]],
    ['values with times', [{ stack_index: 1, values: [900], timestamps_unix_nano: [at(1)] }]],
  ])('1.9: %s', (_, samples) => {
    expect(refused(old(samples))).toMatch(/as of OTLP 1\.8 or 1\.9; only those of OTLP 1\.10 and 1\.11/);
  });

  test('1.7 and before', () => {
    const bytes = encodeIndependently('Otlp17', {
      resource_profiles: [
        {
          scope_profiles: [
            {
              profiles: [
                {
                  sample_type: CPU,
                  sample: [{ locations_length: 2, value: [5] }],
                  location_indices: [1, 2],
                  time_nanos: 5,
                },
              ],
            },
          ],
        },
      ],
      dictionary: { string_table: STRINGS },
    });
    expect(refused(bytes)).toMatch(/as of OTLP 1\.7 or before/);
  });

  test('tables beside the profiles, as the oldest have them', () => {
    const bytes = Buffer.concat([encode([TIMED]), Uint8Array.of(0x32, 1, 0x61)]);
    expect(() => read(bytes)).toThrow(/as of OTLP 1\.7 or before/);
  });
});

describe('damage', () => {
  test('cut anywhere, what is whole is shown, or one sentence says what is wrong', () => {
    const { resource_profiles, dictionary } = makeFile([TIMED]);
    const head = encodeIndependently('Otlp', { dictionary });
    const bytes = Buffer.concat([head, encodeIndependently('Otlp', { resource_profiles })]);
    let shown = 0;
    for (let length = 1; length < bytes.length; length++) {
      try {
        const { profile, notes } = read(bytes.subarray(0, length));
        assertValidProfile(profile);
        expect(notes[0]).toMatch(/cut or damaged: .* byte|cut or damaged: the file ends/);
        shown++;
      } catch (error) {
        if (!(error instanceof ProfilerError)) throw error;
      }
    }
    expect(shown).toBeGreaterThan(50);
  });

  test('a damaged sample does not take others with it', () => {
    const bytes = encode([TIMED, TIMED]);
    const sample = Buffer.from(bytes).indexOf(Buffer.from([0x12, 2, 1, 2]));
    bytes[sample + 1] = 0x7f;
    const { profile, notes } = read(bytes);
    expect(profile.samples.length).toBe(4);
    expect(notes).toEqual([expect.stringMatching(/^1 sample is damaged and was left out; .* has 127 bytes/)]);
  });

  test('stacks, locations and values that do not exist are counted', () => {
    const dictionary = { ...DICTIONARY, stack_table: [{}, { location_indices: [99, 1] }] };
    const samples = [
      { stack_index: 1, values: [1] },
      { stack_index: 77, values: [2] },
      { stack_index: 1, values: [1, 2, 3], timestamps_unix_nano: [at(1), at(2)] },
    ];
    const { profile, notes } = read(encode([{ sample_type: COUNT, samples }], dictionary));
    expect(computeFunctionCosts(profile, 'wall').sum).toBe(3);
    expect(notes).toEqual([
      expect.stringMatching(/^1 sample does not have a value for each/),
      expect.stringMatching(/^1 sample names a stack/),
      expect.stringMatching(/^1 frame of a stack/),
    ]);
  });

  test('functions and names that do not exist are counted', () => {
    const dictionary = {
      ...DICTIONARY,
      location_table: [
        {},
        { lines: [{ function_index: 99, line: 5 }, { line: 6 }] },
        { lines: [{ function_index: 1 }, { function_index: 2 }] },
      ],
      function_table: [{}, { name_strindex: 999 }, { name_strindex: 998 }],
    };
    const samples = [{ stack_index: 1, values: [1] }];
    const { notes } = read(encode([{ sample_type: COUNT, samples }], dictionary));
    expect(notes).toEqual([
      '1 line of code is of a function that the file does not describe; shown as (unknown).',
      '2 functions have names that the file does not hold; they are shown as (unknown).',
    ]);
  });

  test('a file without profiles, without names, or with two dictionaries', () => {
    expect(() => read(encode([]))).toThrow(/holds no OTLP profile/);
    expect(() =>
      read(encodeIndependently('Otlp', { resource_profiles: makeFile([TIMED]).resource_profiles })),
    ).toThrow(/without the dictionary/);
    const twice = Buffer.concat([encode([TIMED]), encode([TIMED])]);
    expect(read(twice).notes[0]).toMatch(/a second dictionary begins at byte \d+/);
  });

  test('other signals of OpenTelemetry are no profiles', () => {
    // ResourceSpans: a resource, a scope, a span with the ids of trace and span.
    const span = [
      0x0a,
      16,
      ...Array.from({ length: 16 }, (_, i) => i * 7 + 3),
      0x12,
      8,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    ];
    const spans = [0x12, span.length, ...span];
    const scope = [0x12, spans.length, ...spans];
    expect(detectFormat(inputOfBytes(Uint8Array.from([0x0a, scope.length, ...scope]), 'x'))).toBeUndefined();
  });
});

interface Decoded {
  resource_profiles: {
    resource: { attributes: { key: string; value: Record<string, string> }[] };
    scope_profiles: {
      profiles: {
        sample_type: { type_strindex: number; unit_strindex: number };
        time_unix_nano: string;
        samples: {
          stack_index: number;
          attribute_indices: number[];
          values: string[];
          timestamps_unix_nano: string[];
        }[];
      }[];
    }[];
  }[];
  dictionary: {
    string_table: string[];
    stack_table: { location_indices: number[] }[];
    location_table: { lines: { function_index: number }[] }[];
    function_table: { name_strindex: number }[];
    mapping_table: object[];
    link_table: object[];
    attribute_table: { key_strindex: number; value: Record<string, string> | null }[];
  };
}

describe('writing', () => {
  const PICTURE = `
    @thread  p/main        p/main        p/worker     q/main
    @time    0             100           150          150
    @wall    100           250           100          50
    @state   running+gil   waiting       runnable     waiting-gil

    start@app.py:3   start@app.py:4   run@app.py:9    run@app.py:10
    load@app.py:12   draw@app.py:14   poll@app.py:20
  `;

  test('an independent reader finds what was written, and every table begins with nothing', () => {
    const original = profileFromText(PICTURE);
    const { bytes, notes } = write({
      ...original,
      facts: { ...original.facts, startedAt: 1_700_000_000_000 },
    });
    expect(notes).toEqual([]);
    const { resource_profiles, dictionary } = decodeIndependently<Decoded>('Otlp', bytes);
    const zero = decodeIndependently<Decoded>('Otlp', encode([], zeroDictionary())).dictionary;
    for (const [name, table] of Object.entries(dictionary)) {
      expect([name, table[0]]).toEqual([name, zero[name as keyof typeof zero][0]]);
    }
    expect(resource_profiles).toHaveLength(2);
    const [{ profiles }] = resource_profiles[0].scope_profiles;
    const text = (index: number) => dictionary.string_table[index];
    expect(
      profiles.map(({ sample_type: type }) => `${text(type.type_strindex)}/${text(type.unit_strindex)}`),
    ).toEqual(['wall/nanoseconds', 'cpu/nanoseconds']);
    expect(profiles[0].time_unix_nano).toBe(START.toString());
    const [first] = profiles[0].samples;
    expect(first.values).toEqual(['10000000']);
    expect(profiles[0].samples[1].timestamps_unix_nano).toEqual([at(10)]);
    const names = dictionary.stack_table[first.stack_index].location_indices.map((location) => {
      const [line] = dictionary.location_table[location].lines;
      return text(dictionary.function_table[line.function_index].name_strindex);
    });
    expect(names).toEqual(['load', 'start']);
    const attributes = first.attribute_indices.map((index) => {
      const { key_strindex, value } = dictionary.attribute_table[index];
      return [text(key_strindex), Object.values(value ?? {})[0]];
    });
    expect(attributes).toContainEqual(['thread.state', 'running']);
    expect(attributes).toContainEqual(['thread.name', 'main']);
  });

  function zeroDictionary() {
    return {
      mapping_table: [{}],
      location_table: [{}],
      function_table: [{}],
      link_table: [{}],
      string_table: [''],
      attribute_table: [{}],
      stack_table: [{}],
    };
  }

  test('what is read again is what was written, times and samples included', () => {
    const original = profileFromText(PICTURE);
    const { profile: again, notes } = read(write(original).bytes);
    expect(notes).toEqual([]);
    expect(again.samples.length).toBe(original.samples.length);
    const times = ({ samples, timeUnit }: Profile) => [...samples.time].map((time) => time * timeUnit);
    expect(times(again)).toEqual(times(original));
    expect(again.samples.weights.map(({ type }) => type)).toEqual(['elapsed', 'cpu']);
    for (const column of [0, 1]) {
      const weights = ({ samples }: Profile) =>
        Array.from(samples.weights[column].values, (value) => value * samples.weights[column].scale);
      expect(weights(again)).toEqual(weights(original));
    }
    expect([...again.samples.state]).toEqual([...original.samples.state]);
    expect([...again.frames.line].sort()).toEqual([...original.frames.line].sort());
    for (const measure of ['wall', 'cpu', 'gil', 'samples'] as const) {
      expect(computeShares(again, measure)).toEqual(computeShares(original, measure));
    }
    const kinds = ({ functions }: Profile) => [...functions.kind].sort();
    expect(kinds(again)).toEqual(kinds(original));
  });

  test('without times, samples of one stack are added up and counted', () => {
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    const stack = builder.internStack(
      -1,
      builder.internFrame({ function: builder.internFunction({ name: 'f', kind: 'other' }) }),
    );
    for (let i = 0; i < 5; i++) builder.addSample(0, thread, stack, 0, 2, 1);
    const { profile } = read(write(builder.build()).bytes);
    const sums = profile.samples.weights.map(({ type, values }) => [type, [...values]]);
    expect(sums).toEqual([
      ['wall', [1_000_000]],
      ['cpu', [500_000]],
      ['samples', [5]],
    ]);
  });
});

test('fractions of nanoseconds do not add up', () => {
  const builder = new ProfileBuilder({
    weights: [{ type: 'wall', unit: 'nanoseconds', scale: 0.4, storage: 'float64' }],
  });
  const thread = builder.addThread({
    process: builder.addProcess({ pid: 1, command: '', start: 0 }),
    tid: 1,
    start: 0,
  });
  const func = builder.internFunction({ name: 'f', kind: 'python' });
  const stack = builder.internStack(-1, builder.internFrame({ function: func }));
  for (let time = 1; time <= 1000; time++) builder.addSampleWeights(time, thread, stack, 0, [1]);
  const { bytes, notes } = write(builder.build());
  expect(notes).toEqual([expect.stringMatching(/rounded/)]);
  expect(computeFunctionCosts(read(bytes).profile, 'wall').sum).toBe(400);
});
