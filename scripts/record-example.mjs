// Records the example that the page's help and tour show: node scripts/record-example.mjs, after `npm run build`. Needs Linux
// and a python3. The result is committed: examples/log_search.vmprof.
//
// The program runs from a folder of its own, so that nothing of this checkout stands in the recording, and what tells of the
// machine is taken out.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { encodeRecording, parseRecording } from '../dist/profile/index.js';

const FOLDER = '/tmp/log-search';
const TARGET = new URL('../examples/log_search.vmprof', import.meta.url);
const VMPROF = new URL('../dist/cli/main.js', import.meta.url).pathname;
const PYTHON = process.argv[2] ?? '/usr/bin/python3';

mkdirSync(FOLDER, { recursive: true });
try {
  copyFileSync(new URL('../examples/log_search.py', import.meta.url), `${FOLDER}/log_search.py`);
  execFileSync(
    process.execPath,
    [VMPROF, 'run', '-q', '--embed-sources', '-o', 'example.vmprof', '--', PYTHON, `${FOLDER}/log_search.py`],
    { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const { profile, damage } = parseRecording(readFileSync(`${FOLDER}/example.vmprof`));
  if (damage !== undefined) throw new Error(damage.reason);
  const facts = { ...profile.facts, host: 'Linux x86_64, 2 CPUs', command: 'python3 log_search.py' };
  // Only what is ours: Python's own library stays where it is.
  const sources = new Map([...(profile.sources ?? [])].filter(([file]) => file.startsWith(FOLDER)));
  const bytes = encodeRecording({ ...profile, facts, sources });
  writeFileSync(TARGET, bytes);
  const size = `${(bytes.length / 1024).toFixed(0)} KB`;
  console.log(`${TARGET.pathname}: ${profile.samples.length} samples, ${size}`);
} finally {
  rmSync(FOLDER, { recursive: true });
}
