// Files that people try to open here and that hold no profile in a format that is read: what they are, and what to do with them.

import { type Input, readHead } from './input.ts';
import { isJitLog } from './jitlog/parse-jitlog.ts';

/** Enough for every mark. */
const HEAD = 64;

/** What files begin with. */
const MARKS: readonly (readonly [marks: readonly string[], sentence: string])[] = [
  [
    ['PERFILE2', '2ELIFREP'],
    'The file is a recording of perf, in which stacks have no names yet. Run `perf script -i FILE > stacks.perf.txt`, and read that.',
  ],
  [
    [
      ...['goroutine', 'threadcreate', 'heap', 'allocs', 'block', 'mutex'].map((kind) => `${kind} profile: `),
      '--- contention:\n',
      '--- mutex:\n',
    ],
    "The file is the text form of one of Go's profiles (debug=1). Fetch it without that: the binary form is read.",
  ],
  [['PK\x03\x04'], 'The file is a ZIP archive: unpack it, and read what is in it.'],
  [['\x28\xb5\x2f\xfd'], 'The file is compressed by zstd: decompress it (`zstd -d FILE`), and read that.'],
  [['\xfd7zXZ\0'], 'The file is compressed by xz: decompress it (`xz -d FILE`), and read that.'],
  [
    ['BZh91AY', 'BZh61AY', 'BZh11AY'],
    'The file is compressed by bzip2: decompress it (`bzip2 -d FILE`), and read that.',
  ],
  [['FLR\0'], 'The file is a recording of the Java Flight Recorder, which vmprof does not read.'],
];
const MEMRAY =
  'The file is a recording of memray, whose layout changes with every version. Run `memray flamegraph FILE` or `memray transform csv FILE`, and read the report.';
const LZ4 = '\x04"M\x18';

/** A sentence on a file that is known to be no profile; undefined where it may be one. The file as it is inside, where gzip was around it. */
export function describeKnownOther(input: Input): string | undefined {
  const head = String.fromCharCode(...readHead(input, HEAD));
  const known = MARKS.find(([marks]) => marks.some((mark) => head.startsWith(mark)));
  if (known !== undefined) return known[1];
  if (head.startsWith('memray\0') || (head.startsWith(LZ4) && head.includes('memray\0'))) return MEMRAY;
  return isJitLog(input)
    ? "The file is a log of PyPy's JIT compiler, which is no profile: `vmprof show` prints its traces."
    : undefined;
}
