import { afterEach, describe, expect, test } from 'vitest';
import type { ProcessMemory } from '../process/memory.ts';
import { readLocals } from './locals.ts';
import { findFrame, listPythons, type PythonTarget, startPython } from './python-targets.testing.ts';

let target: PythonTarget | undefined;
afterEach(() => target?.stop());

/** Locals named r_… are expected as their repr(), others as the test says. */
const PROGRAM = `
import collections, json, sys
PY2 = sys.version_info[0] == 2
class Plain(object): pass
class Old: pass
class Ints(int): pass
class Texts(str): pass
Point = collections.namedtuple("Point", "x y")
def describe(values):
    return json.dumps(dict((name, repr(values[name])) for name in values if name.startswith("r_")))
def outer(shared):
    def target(a, b=2, *args, **kwargs):
        r_none = None; r_true = True; r_false = False; r_ellipsis = Ellipsis
        r_zero = 0; r_one = 1; r_negative = -5; r_30bits = 2**30; r_limit = -2**62; r_big = 3**75
        very_big = 7**2000; huge = 1 << 200000
        r_float = 0.1; r_whole = 3.0; r_small = 1e-05; r_exponent = 1.5e+300; r_16 = 1e16; r_15 = 123456789012345.0; r_minus = -0.0
        r_inf = float("-inf"); r_nan = float("nan"); r_low = 0.0001
        r_complex = 1+2.5j; r_imaginary = -3j; r_complex2 = complex(-0.0, -1)
        r_text = "hello"; r_empty = ""; r_quotes = "it's"; r_both = "it's \\"so\\""; r_escapes = "a\\n\\t\\\\\\x00\\x7f"
        r_latin = u"b\\xfccher\\xa0" ; r_cjk = u"\\u65e5\\u672c\\u8a9e \\u200b"; r_astral = u"\\U0001f40d x"
        long_text = u"\\u65e5" * 1500
        r_bytes = b"ab\\x00\\xff'" if not PY2 else u"x"
        r_list = [1, [2, "x"], []]; r_tuple = (1,); r_tuple2 = (1, (2, 3)); r_unit = ()
        r_dict = {"a": 1}; r_nested = {1: {2: [3]}}; r_emptydict = {}
        deleted = {"gone": 1, "stays": 2}; del deleted["gone"]
        r_set = set([1]); r_emptyset = set(); r_frozen = frozenset(["x"])
        shrunk = set([1, 2]); shrunk.discard(1)
        many = list(range(100)); many_keys = dict((i, i) for i in range(100)); many_set = set(range(100))
        deep = [[[[[1]]]]]
        loop = []; loop.append(loop)
        plain = Plain(); old = Old(); cls = Plain; point = Point(1, 2); ints = Ints(7); texts = Texts("t")
        default = collections.defaultdict(list, k=[1]); deque = collections.deque([1])
        function = target; module = sys
        attributes = Plain(); attributes.x = 1; split = attributes.__dict__
        captured = "in a cell"
        def inner(): return captured, shared, late
        unset = 1; del unset
        sys.stdout.write(describe(locals()) + "\\n"); ready()
        late = 1
    return target
outer(shared="free one")("first", args_are=5, *[10, 20])
`;

describe.each(listPythons().map((python) => ({ name: python.name, python })))('$name', ({ python }) => {
  test('shows values as Python itself would', async () => {
    target = await startPython(python, PROGRAM);
    const runtime = target.findRuntime();
    const { frame, code } = findFrame(target.memory, runtime, 'target');
    const locals = readLocals(target.memory, runtime.layout, frame, code.address);
    const values = new Map(locals.map(({ name, value }) => [name, value]));
    const expected = JSON.parse(target.output) as Record<string, string>;
    if (python.major === 2) {
      // As set([1]) and with escapes in 2.7; one way for all versions is easier to read.
      expected.r_set = '{1}';
      expected.r_emptyset = 'set()';
      expected.r_frozen = "frozenset({'x'})";
      expected.r_latin = String.raw`u'bücher\xa0'`;
      expected.r_cjk = String.raw`u'日本語 \u200b'`;
      expected.r_astral = "u'🐍 x'";
      expected.r_big = expected.r_big.replace('L', '');
      expected.r_limit = expected.r_limit.replace('L', '');
    }
    const shown = Object.fromEntries(Object.keys(expected).map((name) => [name, values.get(name)]));
    expect(shown).toEqual(expected);

    const kinds = new Map(locals.map(({ name, kind }) => [name, kind]));
    expect([...kinds].slice(0, 4)).toEqual([
      ['a', 'argument'],
      ['b', 'argument'],
      ['args', 'argument'],
      ['kwargs', 'argument'],
    ]);
    expect(kinds.get('captured')).toBe('cell');
    expect(kinds.get('shared')).toBe('free');
    expect(kinds.get('plain')).toBe('local');
    for (const name of ['unset', 'late']) expect(kinds.has(name)).toBe(false);

    const u = python.major === 2 ? 'u' : '';
    const at = 'at 0x[0-9a-f]+>';
    const patterns: Record<string, string | RegExp> = {
      a: "'first'",
      b: '10',
      args: '(20,)',
      kwargs: "{'args_are': 5}",
      captured: "'in a cell'",
      shared: "'free one'",
      very_big: /^\d{40}… \(1691 digits\)$/,
      huge: /^<int of about 2000\d\d bits>$/,
      long_text: `${u}'${'日'.repeat(100)}'… (1500 characters)`,
      deleted: "{'stays': 2}",
      shrunk: '{2}',
      many: '[0, 1, 2, 3, 4, 5, 6, 7, … 92 more]',
      many_keys: '{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, … 92 more}',
      many_set: '{0, 1, 2, 3, 4, 5, 6, 7, … 92 more}',
      deep: '[[[[…]]]]',
      loop: '[[[[…]]]]',
      plain: new RegExp(`^<__main__.Plain ${at}$`),
      old: new RegExp(`^<__main__.Old ${at}$`),
      cls: "<class '__main__.Plain'>",
      point: 'Point((1, 2))',
      ints: 'Ints(7)',
      texts: "Texts('t')",
      default: "defaultdict({'k': [1]})",
      deque: new RegExp(`^<collections.deque ${at}$`),
      function: new RegExp(`^<function ${at}$`),
      module: new RegExp(`^<module ${at}$`),
      split: "{'x': 1}",
    };
    // defaultdict is made in C, and no class statement's class.
    patterns.default = /^(defaultdict\(|collections\.defaultdict\()?\{'k': \[1\]\}\)?$/;
    for (const [name, pattern] of Object.entries(patterns)) {
      if (typeof pattern === 'string') expect([name, values.get(name)]).toEqual([name, pattern]);
      else
        expect(`${name}=${values.get(name)}`).toMatch(new RegExp(pattern.source.replace('^', `^${name}=`)));
    }
  });

  test('spoiled memory gives limited text and no exception', async () => {
    target = await startPython(python, PROGRAM);
    const runtime = target.findRuntime();
    const { frame, code } = findFrame(target.memory, runtime, 'target');
    let reads = 0;
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    const { memory } = target;
    const spoiled: ProcessMemory = {
      ...memory,
      readInto(address, bytes) {
        reads++;
        expect(bytes.length).toBeLessThan(4 << 20);
        if (!memory.readInto(address, bytes)) return false;
        if (random(8) === 0) bytes[random(bytes.length)] = random(256);
        return random(30) !== 0;
      },
    };
    for (let round = 0; round < 20; round++) {
      reads = 0;
      for (const { value } of readLocals(spoiled, runtime.layout, frame, code.address)) {
        expect(value.length).toBeLessThan(20_000);
      }
      expect(reads).toBeLessThan(20_000);
    }
  });
});
