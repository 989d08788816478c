import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { skip } from '../../base/skip.testing.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { formatStack } from '../../profile/stack-text.ts';
import {
  FUNCTION_KINDS,
  NONE,
  type Profile,
  type StackIndex,
  type WeightColumn,
} from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { computeShares } from '../conformance.testing.ts';
import { detectFormat, exportProfile, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { decodeIndependently, encodeIndependently } from '../protobuf/independent.testing.ts';
import { testSample } from '../samples.testing.ts';
import { PPROF_FORMAT } from './pprof.ts';

const OPTIONS = { measure: 'wall', title: 'a title', fileName: 'x.pprof' } as const;

function read(bytes: Uint8Array) {
  return importProfile(inputOfBytes(bytes, 'unnamed'), PPROF_FORMAT);
}

function write(profile: Profile) {
  return exportProfile(profile, PPROF_FORMAT, OPTIONS);
}

/** The decoded file, as the independent reader gives it. */
interface Decoded {
  sample_type: { type: string; unit: string }[];
  sample: { location_id: string[]; value: string[]; label: { key: string; str: string; num: string }[] }[];
  mapping: { id: string; memory_start: string; filename: string; build_id: string }[];
  location: {
    id: string;
    mapping_id: string;
    address: string;
    line: { function_id: string; line: string; column: string }[];
  }[];
  function: { id: string; name: string; system_name: string; filename: string; start_line: string }[];
  string_table: string[];
  time_nanos: string;
  duration_nanos: string;
  period: string;
  default_sample_type: string;
}

/** A file with strings behind the samples that use them, given as plain values with texts instead of rows. */
function makeFile(overrides: object = {}) {
  return {
    string_table: [
      '',
      'samples',
      'count',
      'cpu',
      'nanoseconds',
      'main',
      'work',
      'a.go',
      'thread_id',
      'thread name',
      'w',
    ],
    sample_type: [
      { type: 1, unit: 2 },
      { type: 3, unit: 4 },
    ],
    sample: [
      { location_id: [2, 1], value: [3, 30] },
      {
        location_id: [1],
        value: [1, 10],
        label: [
          { key: 8, num: 7 },
          { key: 9, str: 10 },
        ],
      },
    ],
    location: [
      { id: 1, line: [{ function_id: 1, line: 5 }] },
      { id: 2, line: [{ function_id: 2, line: 9 }] },
    ],
    function: [
      { id: 1, name: 5, filename: 7, start_line: 3 },
      { id: 2, name: 6, filename: 7 },
    ],
    ...overrides,
  };
}

const encode = (overrides: object = {}) => encodeIndependently('Pprof', makeFile(overrides));

describe('reading', () => {
  test('every kind of value becomes a weight, the preferred one in front', () => {
    const { profile, notes } = read(encode());
    expect(notes).toEqual([]);
    const weights = profile.samples.weights.map(({ type, unit, values }) => [type, unit, [...values]]);
    expect(weights).toEqual([
      ['cpu', 'nanoseconds', [30, 10]],
      ['samples', 'count', [3, 1]],
    ]);
    const preferred = read(encode({ default_sample_type: 1 })).profile.samples.weights;
    expect(preferred.map(({ type }) => type)).toEqual(['samples', 'cpu']);
  });

  test('units of time and memory are scaled, others are counts', () => {
    const units = ['seconds', 'microseconds', 'kilobytes', 'cycles'];
    const { profile } = read(
      encode({
        string_table: ['', ...units, 't'],
        sample_type: units.map((_, i) => ({ type: 5, unit: i + 1 })),
        sample: [{ location_id: [1], value: [2, 2, 2, 2] }],
      }),
    );
    const sums = profile.samples.weights.map(({ unit, scale, values }) => `${values[0] * scale} ${unit}`);
    expect(sums.sort()).toEqual(['2 count', '2000 nanoseconds', '2000000000 nanoseconds', '2048 bytes']);
  });

  test('packed and unpacked numbers are the same', () => {
    const packed = read(encode());
    const bytes = encodeIndependently('UnpackedPprof', makeFile());
    expect(bytes.length).not.toBe(encode().length);
    expect(detectFormat(inputOfBytes(bytes, 'x'))).toBe(PPROF_FORMAT);
    expect(read(bytes).profile).toEqual(packed.profile);
  });

  test('names may stand before or behind what uses them, in pieces', () => {
    const { string_table, location, function: functions, sample, sample_type } = makeFile();
    const pieces = [{ location }, { sample }, { string_table }, { sample_type }, { function: functions }];
    const bytes = Buffer.concat(pieces.map((piece) => encodeIndependently('Pprof', piece)));
    expect(read(bytes).profile).toEqual(read(encode()).profile);
  });

  test('ids are any numbers of 64 bits', () => {
    const big = '18446744073709551615';
    const near = '18446744073709551614';
    const { profile, notes } = read(
      encode({
        sample: [
          { location_id: [near, big], value: [3, 30] },
          { location_id: [big], value: [1, 10] },
        ],
        location: [
          { id: big, line: [{ function_id: big, line: 5 }] },
          { id: near, line: [{ function_id: near, line: 9 }] },
        ],
        function: [
          { id: near, name: 6, filename: 7 },
          { id: big, name: 5, filename: 7, start_line: 3 },
        ],
      }),
    );
    expect(notes).toEqual([]);
    expect([...profile.samples.stack].map((stack) => formatStack(profile, stack as StackIndex))).toEqual([
      'main;work',
      'main',
    ]);
  });

  test('lines, inlined functions, addresses, mappings and build ids are kept', () => {
    const { profile } = read(
      encode({
        string_table: ['', 'cpu', 'nanoseconds', 'main', 'inner', 'inmost', 'a.c', '/bin/a', 'abc123'],
        sample_type: [{ type: 1, unit: 2 }],
        sample: [{ location_id: [1], value: [1] }],
        mapping: [
          { id: 9, memory_start: 4096, memory_limit: 8192, file_offset: 512, filename: 7, build_id: 8 },
        ],
        location: [
          {
            id: 1,
            mapping_id: 9,
            address: 5000,
            line: [
              { function_id: 3, line: 30, column: 4 },
              { function_id: 2, line: 20 },
              { function_id: 1, line: 10 },
            ],
          },
        ],
        function: [
          { id: 1, name: 3, filename: 6 },
          { id: 2, name: 4, filename: 6 },
          { id: 3, name: 5, filename: 6 },
        ],
      }),
    );
    const { frames, mappings, strings, functions } = profile;
    expect(formatStack(profile, profile.samples.stack[0] as StackIndex)).toBe('main;inner;inmost');
    expect([...frames.inlineDepth]).toEqual([0, 1, 2]);
    expect([...frames.line]).toEqual([10, 20, 30]);
    expect([...frames.column]).toEqual([NONE, NONE, 4]);
    expect([...frames.address]).toEqual([5000, 5000, 5000]);
    expect([...functions.kind].map((kind) => FUNCTION_KINDS[kind])).toEqual(['native', 'native', 'native']);
    expect(strings[mappings.buildId[0]]).toBe('abc123');
    expect([mappings.start[0], mappings.end[0], mappings.offset[0]]).toEqual([4096, 8192, 512]);
  });

  test('code without names is shown by its address', () => {
    const { profile } = read(
      encode({
        location: [{ id: 1, address: 0xabc }, { id: 2 }],
        sample: [{ location_id: [2, 1], value: [1, 1] }],
      }),
    );
    expect(formatStack(profile, profile.samples.stack[0] as StackIndex)).toBe('0xabc;(unknown)');
  });

  test('labels name threads, processes, times and states; others are told', () => {
    const keys = [
      'pid',
      'process_name',
      'thread id',
      'thread native id',
      'thread name',
      'end_timestamp_ns',
      'region',
    ];
    const strings = [
      '',
      'cpu',
      'nanoseconds',
      ...keys,
      'app',
      'Main',
      '<3> [#77]',
      'thread_state',
      'waiting',
      'eu',
    ];
    const row = (text: string) => strings.indexOf(text);
    const start = 1_700_000_000_000_000_000n;
    const { profile, notes } = read(
      encode({
        string_table: strings,
        sample_type: [{ type: 1, unit: 2 }],
        time_nanos: start.toString(),
        duration_nanos: 1_000_000_000,
        sample: [
          {
            value: [1],
            label: [
              { key: row('pid'), num: 42 },
              { key: row('process_name'), str: row('app') },
              { key: row('thread id'), num: '139712345678901' },
              { key: row('thread native id'), num: 43 },
              { key: row('thread name'), str: row('Main') },
              { key: row('end_timestamp_ns'), num: (start + 500_000_000n).toString() },
              { key: row('thread_state'), str: row('waiting') },
              { key: row('region'), str: row('eu') },
            ],
          },
          { value: [2], label: [{ key: row('thread id'), str: row('<3> [#77]') }] },
        ],
      }),
    );
    expect(notes).toEqual(['Left out: labels of samples (region).']);
    const { threads, processes, samples } = profile;
    expect([...threads.tid]).toEqual([43, 77]);
    expect([...processes.pid]).toEqual([42, 0]);
    expect(profile.strings[processes.command[0]]).toBe('app');
    expect(profile.strings[threads.name[0]]).toBe('Main');
    // In order of time: the one without a time stands at the beginning.
    expect([...samples.thread]).toEqual([1, 0]);
    expect([...samples.state]).toEqual([0, 3]);
    expect(samples.time[1] * profile.timeUnit).toBe(500_000_000);
    expect(profile.facts.startedAt).toBe(1_700_000_000_000);
    expect(profile.facts.duration).toBe(1_000_000_000);
  });

  test('negative values of differences, and those beyond 2^53, are kept as far as numbers go', () => {
    const { profile } = read(
      encode({
        sample: [
          { location_id: [1], value: [-3, '-9223372036854775808'] },
          { location_id: [1], value: [1, '9007199254740993'] },
        ],
      }),
    );
    expect([...profile.samples.weights[0].values]).toEqual([-(2 ** 63), 2 ** 53]);
    expect([...profile.samples.weights[1].values]).toEqual([-3, 1]);
  });
});

describe('damage', () => {
  test('samples without all values are left out and counted', () => {
    const { profile, notes } = read(
      encode({
        sample: [{ location_id: [1], value: [1] }, { location_id: [1], value: [1, 2] }, { value: [1, 2, 3] }],
      }),
    );
    expect(profile.samples.length).toBe(1);
    expect(notes).toEqual([expect.stringMatching(/^2 samples do not have one value for each kind/)]);
  });

  test('places that are not described are shown as unknown, and weigh what they weigh', () => {
    const { profile, notes } = read(encode({ sample: [{ location_id: [99, 1], value: [1, 5] }] }));
    expect(formatStack(profile, profile.samples.stack[0] as StackIndex)).toBe('main;(unknown)');
    expect(computeFunctionCosts(profile, 'wall').sum).toBe(5);
    expect(notes).toEqual([expect.stringMatching(/^1 sample names places/)]);
  });

  test('functions and names that are not there are shown as unknown, and counted', () => {
    const location = [
      { id: 1, line: [{ function_id: 1, line: 5 }, { function_id: 77, line: 6 }, { function_id: 78 }] },
      { id: 2, line: [{ function_id: 2, line: 9 }] },
      // No function at all, as some writers have it, is nothing that is missing.
      { id: 3, line: [{ line: 9 }] },
    ];
    const functions = [
      { id: 1, name: 5 },
      { id: 2, name: 999 },
    ];
    const { profile, notes } = read(encode({ location, function: functions }));
    assertValidProfile(profile);
    expect(profile.strings).toContain('(unknown)');
    expect(notes).toEqual([
      '2 lines of code are of functions that the file does not describe; shown as (unknown).',
      '1 function has a name that the file does not hold; it is shown as (unknown).',
    ]);
    const named = read(encode({ function: [functions[0], { id: 2, name: 999, system_name: 6 }] }));
    expect(named.notes).toEqual([]);
  });

  test('a damaged sample does not take others with it', () => {
    const bytes = Buffer.concat([encode(), Uint8Array.of(0x12, 3, 0x0a, 9, 1)]);
    const { profile, notes } = read(bytes);
    expect(profile.samples.length).toBe(2);
    expect(notes).toEqual([
      expect.stringMatching(
        /^1 part of the file is damaged and was left out; the field at byte \d+ has 9 bytes/,
      ),
    ]);
  });

  test('names that are no UTF-8 are read as far as they go', () => {
    const marked = encode({ string_table: [...makeFile().string_table.slice(0, 5), 'maXn', 'work', 'a.go'] });
    marked[Buffer.from(marked).indexOf('maXn') + 2] = 0xff;
    const { profile, notes } = read(marked);
    expect(profile.strings).toContain('ma\ufffdn');
    expect(notes).toEqual([expect.stringMatching(/^1 name is not valid UTF-8/)]);
  });

  test('cut anywhere, what is whole is shown, or one sentence says what is wrong', () => {
    // Names in front, so that something can be shown early.
    const { string_table, sample_type, location, function: functions, sample } = makeFile();
    const head = encodeIndependently('Pprof', { string_table, sample_type, location, function: functions });
    const bytes = Buffer.concat([head, encodeIndependently('Pprof', { sample })]);
    for (let length = 1; length < bytes.length; length++) {
      try {
        const { profile } = read(bytes.subarray(0, length));
        assertValidProfile(profile);
      } catch (error) {
        expect(error).toBeInstanceOf(ProfilerError);
        expect(length).toBeLessThan(head.length);
      }
    }
    const { profile, notes } = read(bytes.subarray(0, bytes.length - 3));
    expect(profile.samples.length).toBe(1);
    expect(notes).toEqual([expect.stringMatching(/cut or damaged: the file ends inside of a field/)]);
  });

  test('a file without names, or that counts nothing, is refused', () => {
    expect(() => read(encode({ string_table: [], sample_type: [] }))).toThrow(
      /does not say what its samples count/,
    );
    const { sample_type, sample } = makeFile();
    const bytes = encodeIndependently('Pprof', { sample_type, sample });
    expect(() => read(bytes.subarray(0, bytes.length - 2))).toThrow(
      /without its names: the file ends inside/,
    );
  });

  test('lengths of gigabytes are not believed', () => {
    const claims = [0x12, 0xff, 0xff, 0xff, 0xff, 0x07];
    const { notes } = read(Buffer.concat([encode(), Uint8Array.from(claims)]));
    expect(notes).toEqual([expect.stringMatching(/2147483647 bytes, of which it holds 0/)]);
    const location = [0x22, 0xff, 0xff, 0xff, 0xff, 0x07];
    expect(read(Buffer.concat([encode(), Uint8Array.from(location)])).notes).toEqual(notes);
  });

  test('a few bytes do not unfold to millions of frames', () => {
    const line = Array.from({ length: 20_000 }, () => ({ function_id: 1, line: 1 }));
    const location_id = Array.from({ length: 4000 }, () => 1);
    const bytes = encode({ location: [{ id: 1, line }], sample: [{ location_id, value: [1, 1] }] });
    expect(bytes.length).toBeLessThan(200_000);
    expect(() => read(bytes)).toThrow(/unfold to more than [\d,]+ frames/);
  });
});

describe('writing', () => {
  test('an independent reader finds what was written', () => {
    const builder = new ProfileBuilder();
    builder.mergeFacts({ startedAt: 1_700_000_000_123.456, duration: 2e9, askedRate: 100 });
    const process = builder.addProcess({ pid: 42, command: 'app', start: 0 });
    const thread = builder.addThread({ process, tid: 43, name: 'Main', start: 0 });
    const mapping = builder.internMapping({
      file: '/bin/a',
      buildId: 'ab12',
      start: 4096,
      end: 8192,
      offset: 0,
    });
    const frame = (name: string, inlineDepth: number, line: number) =>
      builder.internFrame({
        function: builder.internFunction({
          name,
          systemName: `_Z${name}`,
          file: 'a.c',
          firstLine: 3,
          kind: 'native',
        }),
        line,
        address: 0xffff_ffff_8100_0000,
        mapping,
        inlineDepth,
      });
    const outer = builder.internStack(-1, frame('outer', 0, 7));
    const inner = builder.internStack(outer, frame('inner', 1, 8));
    builder.addSample(1, thread, inner, 0x11, 100, 50);
    builder.addSample(2, thread, inner, 0x11, 100, 0);
    builder.addSample(3, thread, -1, 3, 1, 0);
    const { bytes, notes } = write(builder.build());
    expect(notes).toEqual(['Left out, having no place in this format: the times of the samples.']);
    const file = decodeIndependently<Decoded>('Pprof', bytes);
    const text = (row: string) => file.string_table[Number(row)];
    expect(file.string_table[0]).toBe('');
    expect(file.sample_type.map(({ type, unit }) => `${text(type)}/${text(unit)}`)).toEqual([
      'samples/count',
      'wall/nanoseconds',
      'cpu/nanoseconds',
    ]);
    expect(text(file.default_sample_type)).toBe('wall');
    expect(file.sample.map(({ location_id, value }) => [location_id, value])).toEqual([
      [['1'], ['2', '20000000', '5000000']],
      [[], ['1', '100000', '0']],
    ]);
    const labels = file.sample[0].label.map(({ key, str, num }) => [text(key), text(str) || num]);
    expect(labels).toEqual([
      ['pid', '42'],
      ['process_name', 'app'],
      ['thread_id', '43'],
      ['thread_name', 'Main'],
      ['thread_state', 'running'],
      ['gil', 'held'],
    ]);
    expect(file.location).toHaveLength(1);
    // A double holds an address of the kernel to within 2048 bytes; this one exactly.
    expect(file.location[0]).toMatchObject({ id: '1', mapping_id: '1', address: '18446744071578845184' });
    const lines = file.location[0].line.map(({ function_id, line }) => {
      const found = file.function.find(({ id }) => id === function_id);
      return [text(found?.name ?? '0'), text(found?.system_name ?? '0'), found?.start_line, line];
    });
    expect(lines).toEqual([
      ['inner', '_Zinner', '3', '8'],
      ['outer', '_Zouter', '3', '7'],
    ]);
    expect(file.mapping.map(({ filename, build_id }) => [text(filename), text(build_id)])).toEqual([
      ['/bin/a', 'ab12'],
    ]);
    expect([file.time_nanos, file.duration_nanos, file.period]).toEqual([
      '1700000000123456000',
      '2000000000',
      '10000000',
    ]);
  });

  test('what is read again is what was written: threads, states, lines, inlined frames', () => {
    const original = profileFromText(`
      @thread  p/main        p/main        p/worker     q/main
      @wall    100           250           100          50
      @state   running+gil   waiting       runnable     waiting-gil

      start@app.py:3   start@app.py:4   run@app.py:9    run@app.py:10
      load@app.py:12   draw@app.py:14   poll@app.py:20
    `);
    const { profile: again, notes } = read(write(original).bytes);
    expect(notes).toEqual([]);
    expect([...again.samples.state]).toEqual([...original.samples.state]);
    expect(again.samples.weights.map(({ type }) => type)).toEqual(['elapsed', 'samples', 'cpu']);
    expect([...again.frames.line].sort()).toEqual([...original.frames.line].sort());
    const names = ({ threads, strings }: Profile) => [...threads.name].map((row) => strings[row]);
    expect(names(again)).toEqual(names(original));
    expect(again.processes.length).toBe(2);
    expect(computeShares(again, 'gil')).toEqual(computeShares(original, 'gil'));
  });

  test('values that are no whole numbers are rounded, with a word', () => {
    const builder = new ProfileBuilder({
      timeUnit: 1,
      weights: [{ type: 'weight', unit: 'count', scale: 1, storage: 'float64' }],
    });
    const process = builder.addProcess({ pid: 0, command: '', start: 0 });
    const thread = builder.addThread({ process, tid: 0, start: 0 });
    builder.addSample(0, thread, -1, 0, 1.5, 0);
    builder.addSample(0, thread, -1, 1, Number.POSITIVE_INFINITY, 0);
    const { bytes, notes } = write(builder.build());
    expect(notes).toEqual(['2 values are no whole numbers of this format and were rounded.']);
    const values = decodeIndependently<Decoded>('Pprof', bytes).sample.map(({ value }) => value[1]);
    expect(values).toEqual(['2', '9223372036854774784']);
  });

  test('frames that were compiled or collected garbage are told', () => {
    const builder = new ProfileBuilder();
    builder.internFrame({ function: builder.internFunction({ name: 'f', kind: 'python' }), tier: 'jit' });
    expect(write(builder.build()).notes).toEqual([
      expect.stringMatching(/^Left out: which frames were compiled/),
    ]);
  });

  test("Go's pprof shows the same numbers", (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'vmprof-pprof-'));
    try {
      const path = join(folder, 'x.pb');
      writeFileSync(
        path,
        write(profileFromText('@wall 100 300\n\nmain       main\nwork@a.py  play@a.py')).bytes,
      );
      let shown = '';
      try {
        const env = { ...process.env, PPROF_TMPDIR: folder };
        shown = execFileSync('go', ['tool', 'pprof', '-top', path], { encoding: 'utf8', env, stdio: 'pipe' });
      } catch (error) {
        skip(context, `go tool pprof cannot be run: ${(error as NodeJS.ErrnoException).code ?? 'it failed'}`);
      }
      expect(shown).toMatch(/Type: wall/);
      expect(shown).toMatch(/30ms 75\.00% 75\.00%\s+30ms 75\.00%\s+play/);
      expect(shown).toMatch(/10ms 25\.00% +100%\s+10ms 25\.00%\s+work/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('files of other tools', () => {
  const sumOf = (profile: Profile, type: string) => {
    const column = profile.samples.weights.find((weight) => weight.type === type);
    return column === undefined ? undefined : sumValues(column);
  };
  const FILES: readonly [string, number, string, number][] = [
    ['simple.prof', 9, 'cpu', 1.5e9],
    ['heap.pb', 1150, 'inuse_space', 1_602_645_059],
    ['heap_go_truncated_3.pb.gz', 41_347, 'alloc_objects', 2_223_898_853_784],
    ['nodejs-wall.pb.gz', 16, 'wall', 8.98e9],
    ['dotnet.labels.pprof', 2814, 'cpu', 9.093e9],
    ['dotnet-pprof-73.pb.gz', 2819, 'cpu', 9.079e9],
  ];

  for (const [name, samples, type, sum] of FILES) {
    testSample(name, `pprof/${name}`, (path) => checkFile(path, samples, type, sum));
  }

  function checkFile(path: string, samples: number, type: string, sum: number): void {
    const file = readFileSync(path);
    const { profile, format } = importProfile(inputOfBytes(file, path));
    expect(format).toBe(PPROF_FORMAT);
    assertValidProfile(profile);
    expect(profile.samples.length).toBe(samples);
    expect(sumOf(profile, type)).toBe(sum);
    // All values, as another reader adds them up; it takes seconds for the large file.
    if (samples > 10_000) return;
    const plain = file[0] === 0x1f ? gunzipSync(file) : file;
    const decoded = decodeIndependently<Decoded>('Pprof', plain);
    const names = decoded.sample_type.map((row) => decoded.string_table[Number(row.type)]);
    names.forEach((valueType, column) => {
      const total = decoded.sample.reduce((all, { value }) => all + Number(value[column]), 0);
      const found = profile.samples.weights.find((weight) => weight.type === valueType);
      expect(found === undefined ? undefined : sumValues({ ...found, scale: 1 })).toBe(total);
    });
    const depths = decoded.sample.reduce((all, { location_id }) => all + location_id.length, 0);
    expect(depths).toBeGreaterThan(0);

    const again = read(write(profile).bytes);
    expect(computeShares(again.profile, 'wall')).toEqual(computeShares(profile, 'wall'));
    expect(again.profile.functions.length).toBe(new Set(usedFunctions(profile)).size);
  }

  testSample('invalid_utf8.pb.gz is read in spite of its names', 'pprof/invalid_utf8.pb.gz', (path) => {
    const { profile, notes } = importProfile(inputOfBytes(readFileSync(path), path));
    expect(notes).toEqual([expect.stringMatching(/^1 name is not valid UTF-8/)]);
    expect(computeFunctionCosts(profile, 'wall').sum).toBe(1);
    expect(profile.strings).toContain('my');
  });

  function sumValues({ values, scale }: Pick<WeightColumn, 'values' | 'scale'>): number {
    return Array.from(values).reduce((sum, value) => sum + value * scale, 0);
  }

  function usedFunctions({ stacks, frames }: Profile): number[] {
    return [...stacks.frame].map((frame) => frames.function[frame]);
  }
});
