import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import type { TestPython } from './pythons.ts';
import { describeEachPython, ordinaryPython, runVmprof, temporaryFolder } from './support.ts';

// What Python's own sampling profiler writes as JSON Lines costs here what Python's own reader of JSON adds up.

const PROGRAM = 'fixtures/austin/program.py';

/** Adds up a file: `[file or null, function, samples]` for each function that cost anything itself, and all samples. */
const ADD_UP = `
import collections, json, sys
strings, frames, costs, total = {}, {}, collections.Counter(), 0
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    for string in record.get("strings", ()): strings[string["str_id"]] = string["value"]
    for frame in record.get("frames", ()): frames[frame["frame_id"]] = frame
    for entry in record.get("entries", ()):
        frame = frames[entry["frame_id"]]
        file = strings[frame["path_str_id"]]
        costs[None if file == "~" else file, strings[frame["func_str_id"]]] += entry["self"]
    total = record.get("samples_total", total)
print(json.dumps([total, [[*key, count] for key, count in costs.items() if count > 0]]))
`;

describeEachPython('JSON Lines of profiling.sampling', { since: [3, 15] }, (python) => {
  for (const options of [['--mode=wall', '--native'], ['--mode=cpu'], ['--mode=gil']]) {
    it(`self of every function: ${options.join(' ')}`, async (context) => {
      const path = record(context, python, options);
      const { code, stdout, stderr } = await runVmprof(['show', path, '--json', '--limit', '0']);
      expect(code, stderr).toBe(0);
      const shown = JSON.parse(stdout) as Shown;
      const text = execFileSync(ordinaryPython(), ['-c', ADD_UP, path], { encoding: 'utf8' });
      const [total, costs] = JSON.parse(text) as [number, [string | null, string, number][]];
      expect(total).toBeGreaterThan(0);
      expect(shown.sum).toBe(total);
      expect(shown.notes).toEqual([expect.stringMatching(/^The file holds no stacks/)]);
      const self = shown.functions.map((each) => [each.file, each.name, each.self.amount]);
      expect(self.map(String).sort()).toEqual(costs.map(String).sort());
    });
  }
});

interface Shown {
  readonly sum: number;
  readonly notes: readonly string[];
  readonly functions: readonly {
    readonly name: string;
    readonly file: string | null;
    readonly self: { readonly amount: number };
  }[];
}

/** Records the program with the profiler of this Python; gives the file. */
function record(context: TestContext, python: TestPython, options: readonly string[]): string {
  const folder = temporaryFolder();
  copyFileSync(PROGRAM, join(folder, 'program.py'));
  const args = ['-m', 'profiling.sampling', 'run', '--all-threads', '-r', '1khz', ...options];
  const { command, cwd } = inFolder(python, folder);
  const [file, ...rest] = [...command, ...args, '--jsonl', '-o', 'out.jsonl', 'program.py'];
  const { status, stderr } = spawnSync(file, rest, { cwd, encoding: 'utf8', timeout: 30_000 });
  if (/permission|permitted|mount:|unshare:|no module named/i.test(stderr) && status !== 0) {
    const reason = stderr.trim().split('\n').pop();
    skip(context, `Python ${python.name} cannot record with its own profiler: ${reason}`);
  }
  expect(status, stderr).toBe(0);
  return join(folder, 'out.jsonl');
}

/** How to start a Python in a folder. One of another system gets it, and /proc, for itself alone: nothing is written there. */
function inFolder({ command, root }: TestPython, folder: string): { command: string[]; cwd?: string } {
  if (root === undefined) return { command: [...command], cwd: folder };
  const script =
    'mount --rbind /proc "$0/proc" && mount --bind "$1" "$0/mnt" && shift && exec chroot "$0" sh -c \'cd /mnt && exec "$@"\' sh "$@"';
  return { command: ['unshare', '--mount', 'sh', '-c', script, root, folder, command[command.length - 1]] };
}
