import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineTableFormat } from './layout.ts';
import { type LineTable, lineAt, NO_LINE, parseLineTable } from './line-table.ts';
import { type InstalledPython, listPythons } from './python-targets.testing.ts';

/** One code object as its own interpreter sees it. */
interface Sample {
  readonly name: string;
  readonly firstLine: number;
  /** Hex. */
  readonly table: string;
  /** Bytes of byte code. */
  readonly size: number;
  /** [first offset, line or null], the line counts up to the next entry. */
  readonly lines: readonly (readonly [number, number | null])[];
}

const DUMP = `
import binascii, dis, json, sys, types
def walk(code):
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            for inner in walk(const): yield inner
def lines(code):
    if hasattr(code, "co_lines"):
        return [[start, line] for start, end, line in code.co_lines()]
    return [list(pair) for pair in dis.findlinestarts(code)]
def emit(code):
    table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
    text = json.dumps({"name": code.co_name, "firstLine": code.co_firstlineno, "size": len(code.co_code),
        "table": binascii.hexlify(table).decode("ascii"), "lines": lines(code)})
    sys.stdout.write(text + "\\n")
sources = []
for name in ["argparse", "difflib", "inspect", "tarfile", "subprocess", "decimal", "pydoc", "typing", "asyncio.base_events", "_pydecimal"]:
    try: module = __import__(name, fromlist=["x"])
    except ImportError: continue
    path = module.__file__.replace(".pyc", ".py")
    with open(path, "rb") as file: sources.append(file.read())
# Arguments before the call's own line: steps back. Long gaps: steps of more than a byte. Many lines: a big table.
sources.append(b"def back(f):\\n    return f(\\n        1,\\n        f(2,\\n          3),\\n        [x\\n         for x in\\n         range(3)],\\n    ) + f(\\n        4)\\n")
sources.append(b"def gap(x):\\n    y = (x +" + b"\\n" * 700 + b"    x.y +" + b"\\n" * 300 + b" 1)\\n    return (y" + b"\\n" * 200 + b"(1), y)\\n")
sources.append(b"def big():\\n" + b"    print('a', 1)\\n" * 20000)
sources.append(b"try:\\n  with open('x') as f:\\n    for x in f:\\n      yield_ = x\\n      continue\\nexcept* OSError: pass\\nfinally:\\n  x = 1\\n" if sys.version_info >= (3, 11) else b"x = 1")
if sys.version_info[0] > 2:
    # Generated code: lines in any order, far apart.
    import ast
    tree = ast.parse("a = 1\\nb = a\\nc = b\\nd = c\\ne = d\\n")
    for statement, line in zip(tree.body, [900, 3, 400, 2, 1]):
        for node in ast.walk(statement): node.lineno = node.end_lineno = line
    sources.append(tree)
for source in sources:
    for code in walk(compile(source, "m.py", "exec")): emit(code)
`;

function dump(python: InstalledPython): Sample[] {
  const [program, ...args] = python.command;
  const text = execFileSync(program, [...args, '-c', DUMP], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);
}

function formatOf(python: InstalledPython): LineTableFormat {
  if (python.major === 2) return 'lnotab-unsigned';
  if (python.minor < 10) return 'lnotab-signed';
  return python.minor === 10 ? 'line-ranges' : 'locations';
}

/** The line at each byte offset, null for none. */
function expectedLines(sample: Sample): (number | null)[] {
  const expected: (number | null)[] = [];
  let entry = -1;
  for (let offset = 0; offset < sample.size; offset++) {
    while (entry + 1 < sample.lines.length && sample.lines[entry + 1][0] <= offset) entry++;
    expected.push(entry < 0 ? sample.firstLine : sample.lines[entry][1]);
  }
  return expected;
}

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('gives the lines that the interpreter itself gives', () => {
    const samples = dump(python);
    expect(samples.length).toBeGreaterThan(500);
    for (const sample of samples) {
      const table = parseLineTable(formatOf(python), Buffer.from(sample.table, 'hex'), sample.firstLine);
      const expected = expectedLines(sample);
      let last = sample.firstLine;
      for (let offset = 0; offset < expected.length; offset++) {
        const line = expected[offset];
        last = line ?? last;
        // One comparison by hand: an assertion for each instruction would take minutes.
        if (lineAt(table, offset) !== last || hasLine(table, offset) !== (line !== null)) {
          expect.fail(`${sample.name} at ${offset}: ${lineAt(table, offset)} instead of ${line}`);
        }
      }
    }
    const steps = samples.flatMap((sample) =>
      sample.lines.slice(1).map(([, line], at) => (line ?? 0) - (sample.lines[at][1] ?? 0)),
    );
    // Steps back exist in every version but 2.7, which cannot write them.
    if (python.major === 3) expect(Math.min(...steps.slice(-50_000))).toBeLessThan(-300);
    expect(samples.reduce((most, { table }) => Math.max(most, table.length), 0)).toBeGreaterThan(40_000);
  });
});

function hasLine(table: LineTable, offset: number): boolean {
  const { starts, lines } = table;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low > 0 && lines[low - 1] !== NO_LINE;
}

describe('line tables', () => {
  test('instructions before the first line, and without one', () => {
    // Two units without line, then one on line 11.
    const table = parseLineTable(
      'locations',
      Uint8Array.of(0x80 | (15 << 3) | 1, 0x80 | (11 << 3), 0, 0),
      10,
    );
    expect(lineAt(table, -2)).toBe(10);
    expect(lineAt(table, 2)).toBe(10);
    expect(lineAt(table, 4)).toBe(11);
    expect(lineAt(table, 4000)).toBe(11);
    expect(lineAt(parseLineTable('lnotab-signed', new Uint8Array(), 7), 12)).toBe(7);
  });

  test('any bytes give ascending rows', () => {
    const formats: LineTableFormat[] = ['lnotab-unsigned', 'lnotab-signed', 'line-ranges', 'locations'];
    fc.assert(
      fc.property(fc.constantFrom(...formats), fc.uint8Array({ maxLength: 300 }), (format, bytes) => {
        const { starts, lines } = parseLineTable(format, bytes, 100);
        expect(lines.length).toBe(starts.length);
        for (let row = 1; row < starts.length; row++) expect(starts[row]).toBeGreaterThan(starts[row - 1]);
      }),
    );
  });
});
