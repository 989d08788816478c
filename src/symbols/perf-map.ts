// Names of code that was made at run time, as JIT compilers write them for perf: a line for each function,
//
//   start size name        both numbers hexadecimal
//
// Format: https://github.com/torvalds/linux/blob/master/tools/perf/Documentation/jit-interface.txt

/** Functions made at run time. Later ones replace earlier ones at the same place. */
export interface JitFunctions {
  readonly length: number;
  /** Addresses in the process, ascending. */
  readonly starts: Float64Array;
  readonly sizes: Float64Array;
  readonly names: readonly string[];
}

/** A function that a JIT compiler made. */
export interface JitFunction {
  readonly start: number;
  readonly size: number;
  readonly name: string;
}

const LINE = /^(?:0x)?([0-9a-f]+) (?:0x)?([0-9a-f]+) (.+)$/i;

/** The functions of a perf map. A line that is cut, or makes no sense, is left out. */
export function parsePerfMap(text: string): JitFunction[] {
  const functions: JitFunction[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const start = Number.parseInt(match[1], 16);
    const size = Number.parseInt(match[2], 16);
    if (size > 0 && Number.isSafeInteger(start + size)) functions.push({ start, size, name: match[3] });
  }
  return functions;
}

/** Puts functions in order. Of two that overlap, the one that was made later is there. */
export function sortJitFunctions(functions: readonly JitFunction[]): JitFunctions {
  const endOf = (index: number): number => functions[index].start + functions[index].size;
  const order = [...functions.keys()].sort((a, b) => functions[a].start - functions[b].start || a - b);
  const kept: number[] = [];
  for (const index of order) {
    const { start } = functions[index];
    let last = kept.at(-1);
    while (last !== undefined && endOf(last) > start && last < index) {
      kept.pop();
      last = kept.at(-1);
    }
    if (last === undefined || endOf(last) <= start) kept.push(index);
  }
  return {
    length: kept.length,
    starts: Float64Array.from(kept, (index) => functions[index].start),
    sizes: Float64Array.from(kept, (index) => functions[index].size),
    names: kept.map((index) => functions[index].name),
  };
}

/** The function at an address of the process; undefined when there is none. */
export function findJitFunction(functions: JitFunctions, address: number): JitFunction | undefined {
  let low = 0;
  let high = functions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (functions.starts[middle] <= address) low = middle + 1;
    else high = middle;
  }
  const row = low - 1;
  if (row < 0) return undefined;
  const start = functions.starts[row];
  const size = functions.sizes[row];
  return address < start + size ? { start, size, name: functions.names[row] } : undefined;
}
