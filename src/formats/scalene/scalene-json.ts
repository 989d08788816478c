// The parts of scalene's JSON that say where time and memory went, read value by value.
//
//   { elapsed_time_sec, start_time_absolute, args: [text …], samples: [[nanoseconds, MiB] …],
//     stacks: [[["file function:line;" …], { python_time, c_time }] …],                      shares of 1, outermost first
//     memory_stacks: [[[{ display_name, filename_or_module, line, kind } …], MiB] …],
//     files: { name: { functions: [{ line: name, lineno }], lines: [{ lineno, start_function_line,
//                      n_cpu_percent_python, n_cpu_percent_c, n_sys_percent, n_malloc_mb }] } } }

import type { JsonReader } from '../json/json-reader.ts';

/** A frame; `line` is 0 where unknown. */
export interface ScaleneFrame {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly isNative: boolean;
}

/** What a stack, or a line, cost: shares of the elapsed time, and bytes. */
export interface ScaleneCost {
  readonly stack: readonly ScaleneFrame[];
  readonly python: number;
  readonly native: number;
  readonly bytes: number;
}

export interface ScaleneData {
  /** Seconds. */
  elapsed: number;
  /** Seconds since 1970; 0 where unknown. */
  start: number;
  command: string;
  readonly stacks: ScaleneCost[];
  readonly memoryStacks: ScaleneCost[];
  /** Each as a stack of one frame. */
  readonly lines: ScaleneCost[];
  /** Nanoseconds since the start, and bytes, one behind the other. */
  readonly footprint: number[];
  /** Stacks that go on into native code, counted apart from all others. */
  combinedStacks: number;
}

const MIB = 2 ** 20;

export function readScalene(json: JsonReader): ScaleneData {
  const data: ScaleneData = {
    elapsed: 0,
    start: 0,
    command: '',
    stacks: [],
    memoryStacks: [],
    lines: [],
    footprint: [],
    combinedStacks: 0,
  };
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (json.skipNull()) continue;
    if (key === 'elapsed_time_sec') data.elapsed = Math.max(0, json.number());
    else if (key === 'start_time_absolute') data.start = Math.max(0, json.number());
    else if (key === 'args') data.command = readTexts(json).join(' ');
    else if (key === 'samples') readFootprint(json, data.footprint);
    else if (key === 'stacks') readStacks(json, data.stacks);
    else if (key === 'memory_stacks') readMemoryStacks(json, data.memoryStacks);
    else if (key === 'combined_stacks') data.combinedStacks = countItems(json);
    else if (key === 'files') readFiles(json, data.lines);
    else json.skip();
  }
  json.finish();
  return data;
}

function readTexts(json: JsonReader): string[] {
  const texts: string[] = [];
  for (json.enterArray(); json.nextItem(); ) texts.push(json.string());
  return texts;
}

function countItems(json: JsonReader): number {
  let count = 0;
  for (json.enterArray(); json.nextItem(); count++) json.skip();
  return count;
}

function readFootprint(json: JsonReader, footprint: number[]): void {
  for (json.enterArray(); json.nextItem(); ) {
    json.enterArray();
    const numbers: number[] = [];
    while (json.nextItem()) numbers.push(json.number());
    const [time = 0, megabytes = 0] = numbers;
    footprint.push(Math.max(0, time), megabytes * MIB);
  }
}

function readStacks(json: JsonReader, stacks: ScaleneCost[]): void {
  for (json.enterArray(); json.nextItem(); ) {
    let stack: ScaleneFrame[] = [];
    let python = 0;
    let native = 0;
    json.enterArray();
    while (json.nextItem()) {
      if (json.kind() === 'array') stack = readTexts(json).map(parseFrame);
      else {
        json.enterObject();
        for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
          if (key === 'python_time') python = Math.max(0, json.number());
          else if (key === 'c_time') native = Math.max(0, json.number());
          else json.skip();
        }
      }
    }
    stacks.push({ stack, python, native, bytes: 0 });
  }
}

/** `file function:line;`, where only the file may hold spaces. */
function parseFrame(text: string): ScaleneFrame {
  const [, file, name, line] = /^(.*) ([^ ]*):(\d*);?$/.exec(text) ?? [];
  if (file === undefined || name === undefined) return { file: '', name: text, line: 0, isNative: false };
  return { file, name, line: Number(line), isNative: false };
}

function readMemoryStacks(json: JsonReader, stacks: ScaleneCost[]): void {
  for (json.enterArray(); json.nextItem(); ) {
    const stack: ScaleneFrame[] = [];
    let bytes = 0;
    json.enterArray();
    while (json.nextItem()) {
      if (json.kind() === 'number') bytes = Math.max(0, json.number() * MIB);
      else for (json.enterArray(); json.nextItem(); ) stack.push(readFrame(json));
    }
    stacks.push({ stack, python: 0, native: 0, bytes });
  }
}

function readFrame(json: JsonReader): ScaleneFrame {
  let file = '';
  let name = '';
  let line = 0;
  let isNative = false;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (json.skipNull()) continue;
    if (key === 'filename_or_module') file = json.string();
    else if (key === 'display_name') name = json.string();
    else if (key === 'line') line = json.number();
    else if (key === 'kind') isNative = json.string() === 'native';
    else json.skip();
  }
  return { file, name, line, isNative };
}

function readFiles(json: JsonReader, costs: ScaleneCost[]): void {
  json.enterObject();
  for (let file = json.nextKey(); file !== undefined; file = json.nextKey()) {
    const names = new Map<number, string>();
    const lines: ScaleneLine[] = [];
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'functions') for (json.enterArray(); json.nextItem(); ) readFunction(json, names);
      else if (key === 'lines') for (json.enterArray(); json.nextItem(); ) addLine(json, lines);
      else json.skip();
    }
    for (const { line, functionLine, python, native, bytes } of lines) {
      const name = names.get(functionLine) ?? '<module>';
      costs.push({ stack: [{ file, name, line, isNative: false }], python, native, bytes });
    }
  }
}

function readFunction(json: JsonReader, names: Map<number, string>): void {
  const numbers = new Map<string, number>();
  let name = '';
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'line') name = json.string();
    else if (key === 'lineno') numbers.set(key, json.number());
    else json.skip();
  }
  names.set(numbers.get('lineno') ?? 0, name);
}

interface ScaleneLine {
  readonly line: number;
  readonly functionLine: number;
  readonly python: number;
  readonly native: number;
  readonly bytes: number;
}

/** Lines that cost nothing are left out: there is one for each of the source. */
function addLine(json: JsonReader, lines: ScaleneLine[]): void {
  const values: Record<(typeof COSTS)[number], number> = { ...NOTHING };
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    const cost = COSTS.find((name) => name === key);
    if (cost !== undefined && json.kind() === 'number') values[cost] = Math.max(0, json.number());
    else json.skip();
  }
  const python = values.n_cpu_percent_python / 100;
  const native = (values.n_cpu_percent_c + values.n_sys_percent) / 100;
  const bytes = values.n_malloc_mb * MIB;
  if (python + native + bytes === 0) return;
  lines.push({ line: values.lineno, functionLine: values.start_function_line, python, native, bytes });
}

const COSTS = [
  'lineno',
  'start_function_line',
  'n_cpu_percent_python',
  'n_cpu_percent_c',
  'n_sys_percent',
  'n_malloc_mb',
] as const;

const NOTHING = {
  lineno: 0,
  start_function_line: 0,
  n_cpu_percent_python: 0,
  n_cpu_percent_c: 0,
  n_sys_percent: 0,
  n_malloc_mb: 0,
};
