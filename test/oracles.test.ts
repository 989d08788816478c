import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Profile } from '../src/profile/tables.ts';
import { checkOracle, formatVerdict, type OracleRules, type OracleVerdict } from './oracles/check.ts';
import { ORACLES } from './oracles/rules.ts';
import { isSince, placeFor, type TestPython } from './pythons.ts';
import { describeEachPython, readRecording, runVmprof, temporaryFolder } from './support.ts';

// Not one impossible stack, and at most one sample in a hundred given up, while sampling as fast as it goes. The full proof is
// VMPROF_ORACLE_SAMPLES=100000 npx vitest run test/oracles.test.ts

const FOLDER = join(import.meta.dirname, 'oracles');
const WANTED_SAMPLES = Number(process.env.VMPROF_ORACLE_SAMPLES ?? 2000);
/** One sample in a hundred; in a short run on a busy machine, where a thread is not scheduled for long, chance weighs more. */
const MAX_LOST = WANTED_SAMPLES > 1000 ? 0.01 : 0.05;
/** Of recording, for each oracle: the slowest machine takes 500 samples a second. */
const MAX_SECONDS = Math.max(60, WANTED_SAMPLES / 500);

describeEachPython('oracles', { since: [2, 7] }, (python) => {
  for (const oracle of ORACLES.filter(({ since }) => isSince(python, since))) {
    it(oracle.name, { timeout: MAX_SECONDS * 4000 }, async () => {
      const verdict = await recordEnough(python, oracle);
      if (WANTED_SAMPLES > 2000)
        process.stderr.write(`${python.name} ${oracle.name}: ${formatVerdict(verdict)}\n`);
      expect(verdict.impossible, formatVerdict(verdict)).toEqual([]);
      expect(verdict.lostShare, formatVerdict(verdict)).toBeLessThanOrEqual(MAX_LOST);
    });
  }
});

/** Records until there are enough samples, and judges them all. */
async function recordEnough(python: TestPython, oracle: OracleRules): Promise<OracleVerdict> {
  const source = readFileSync(join(FOLDER, `${oracle.name}.py`), 'utf8');
  const place = placeFor(python, FOLDER);
  onTestFinished(place.remove);
  const folder = temporaryFolder();
  const verdicts: OracleVerdict[] = [];
  let [samples, seconds, total] = [0, 0.6, 0];
  while (samples < WANTED_SAMPLES) {
    expect(total, `${samples} samples after ${total} s`).toBeLessThan(MAX_SECONDS);
    const path = join(folder, `${verdicts.length}.vmprof`);
    const profile = await recordFor(python, join(place.path, `${oracle.name}.py`), seconds, path);
    verdicts.push(checkOracle(profile, oracle, source));
    samples = verdicts.reduce((sum, verdict) => sum + verdict.samples, 0);
    total += seconds;
    seconds = Math.min(20, Math.max(0.6, ((WANTED_SAMPLES - samples) / Math.max(1, samples)) * total * 1.1));
  }
  return mergeVerdicts(verdicts);
}

async function recordFor(
  python: TestPython,
  path: string,
  seconds: number,
  output: string,
): Promise<Profile> {
  const command = [...python.command, '-B', path, String(seconds)];
  const { code, stderr } = await runVmprof([
    'run',
    '--rate',
    'max',
    '--quiet',
    '-o',
    output,
    '--',
    ...command,
  ]);
  expect(code, stderr).toBe(0);
  return readRecording(output);
}

function mergeVerdicts(verdicts: readonly OracleVerdict[]): OracleVerdict {
  const samples = verdicts.reduce((sum, verdict) => sum + verdict.samples, 0);
  const lost: Record<string, number> = {};
  for (const verdict of verdicts) {
    for (const [cause, count] of Object.entries(verdict.lost)) lost[cause] = (lost[cause] ?? 0) + count;
  }
  return {
    samples,
    impossible: verdicts.flatMap((verdict) => verdict.impossible),
    holes: verdicts.reduce((sum, verdict) => sum + verdict.holes, 0),
    lost,
    lostShare: verdicts.reduce((sum, verdict) => sum + verdict.lostShare * verdict.samples, 0) / samples,
  };
}
