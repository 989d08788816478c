import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../src/profile/tables.ts';
import { placeFor } from './pythons.ts';
import {
  attachUntil,
  computeTotals,
  describeEachPython,
  isAlive,
  ordinaryPython,
  readRecording,
  runVmprof,
  start,
  startVmprof,
  target,
  temporaryFolder,
  waitUntil,
} from './support.ts';

// A program that runs already is recorded, let go, and goes on as if nothing had been.

const PYTHON = ordinaryPython();

function hasSeenHeavy(profile: Profile): boolean {
  return (computeTotals(profile).get('heavy')?.samples ?? 0) > 40;
}

describeEachPython('attach', { since: [2, 7] }, (python) => {
  it('records a running program for a while and leaves it running', async () => {
    const place = placeFor(python, target('spin.py'));
    const program = start([...python.command, '-B', place.path, '30']);
    await program.waitForOutput('ready');
    const profile = await attachUntil(program.pid, ['--rate', '200'], hasSeenHeavy);
    place.remove();
    expect(isAlive(program.pid)).toBe(true);
    expect(profile.facts.mode).toBe('attached');
    // Every sample has the whole stack, from the first one on.
    expect(computeTotals(profile).get('<module>')?.share).toBeGreaterThan(0.97);
  });
});

describe('attach', () => {
  it('ends with the program, with exit code 0', async () => {
    const program = start([PYTHON, target('spin.py'), '3']);
    await program.waitForOutput('ready');
    const output = join(temporaryFolder(), 'out.vmprof');
    const { code } = await runVmprof(['attach', String(program.pid), '--quiet', '-o', output]);
    expect(code).toBe(0);
    expect((await program.finished).code).toBe(0);
    expect(computeTotals(readRecording(output)).get('heavy')?.samples).toBeGreaterThan(20);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the recording, not the program', async (signal) => {
    const program = start([PYTHON, target('spin.py'), '30']);
    await program.waitForOutput('ready');
    const output = join(temporaryFolder(), 'out.vmprof');
    const vmprof = startVmprof(['attach', String(program.pid), '-o', output]);
    await waitUntil('the beginning of a recording', () => existsSync(output) && statSync(output).size > 0);
    vmprof.killGroup(signal);
    await vmprof.finished;
    expect(isAlive(program.pid)).toBe(true);
    readRecording(output);
  });

  it('records the children of the program too, those that are there and those that come', async () => {
    const program = start([PYTHON, target('fork.py'), '2']);
    await program.waitForOutput('ready');
    const output = join(temporaryFolder(), 'out.vmprof');
    await runVmprof(['attach', String(program.pid), '--duration', '1', '--quiet', '-o', output]);
    const totals = computeTotals(readRecording(output));
    for (const name of ['parent', 'first_child', 'second_child']) {
      expect(totals.get(name)?.samples, name).toBeGreaterThan(3);
    }
  });

  it('two at once do not disturb each other or the program', async () => {
    const program = start([PYTHON, target('spin.py'), '30']);
    await program.waitForOutput('ready');
    const recordings = [1, 2].map(() => attachUntil(program.pid, ['--rate', '500'], hasSeenHeavy));
    await Promise.all(recordings);
    expect(isAlive(program.pid)).toBe(true);
  });
});
