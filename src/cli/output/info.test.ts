import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { formatInfo } from './info.ts';
import { describeInfo } from './info-json.ts';
import { PLAIN_STYLE } from './style.ts';
import { viewOf } from './view.testing.ts';

const TEXT = { columns: 100, style: PLAIN_STYLE };
const NO_LIMITS = { limit: 0, minShare: 0 };

test('everything that was recorded is there, with shares', () => {
  const text = formatInfo(viewOf(buildBusyService(), 'cpu'), ['It was cut.'], NO_LIMITS, TEXT);
  for (const line of [
    'command      python3 manage.py serve --port 8000',
    'started      2026-11-22 09:30:00 UTC',
    'ended with   exit code 0',
    'rate asked        100 Hz',
    'rate reached      99.97 Hz',
    'late rounds       12, 0.2 %',
    "vmprof's own CPU  840 ms, 1.3 % of a core",
    'given up                           13, <0.1 %',
    '  stack changed while it was read  4, <0.1 %',
    'waiting for the GIL                9,886, 36.0 %',
    '4250  15.2 s  40.2 s    2,497  CPython 3.11.7    python3 thumbnails.py',
    '4242  4244  200 ms     end    6,240  Worker-1',
    'Damage',
    'It was cut.',
  ]) {
    expect(text).toContain(line);
  }
});

test('a profile that says little about itself makes a short page', () => {
  const text = formatInfo(viewOf(profileFromText('main'), 'wall'), [], NO_LIMITS, TEXT);
  expect(text).not.toContain('Sampling');
  expect(text).not.toContain('undefined');
  expect(text).toContain('1 process\n');
});

test('of very many threads the busiest are shown, and the others counted', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  for (let tid = 1; tid <= 100; tid++) {
    const thread = builder.addThread({ process, tid, name: `T${tid}`, start: 0 });
    for (let sample = 0; sample < (tid === 77 ? 5 : 1); sample++) builder.addSample(0, thread, -1, 0, 1, 1);
  }
  const text = formatInfo(viewOf(builder.build(), 'wall'), [], { limit: 3, minShare: 0 }, TEXT);
  expect(text).toMatch(/T1\n.*T2\n.*T77\n {2}… 97 more threads \(--limit 0 shows all\)/);
});

test('the JSON has facts, sums, processes and threads', () => {
  const value = describeInfo(viewOf(buildBusyService(), 'cpu'), []);
  expect(value.facts.askedRate).toBe(100);
  expect(value.lost).toBe(13);
  expect(Object.keys(value.sums)).toEqual(['wall', 'cpu', 'gil', 'samples']);
  expect(value.processes[1]).toEqual({
    pid: 4250,
    parentPid: 4242,
    command: 'python3 thumbnails.py',
    runtime: 'CPython 3.11.7',
    start: 15_230_000_000,
    end: 40_200_000_000,
  });
  expect(value.threads[1]).toEqual({
    pid: 4242,
    tid: 4244,
    name: 'Worker-1',
    start: 200_000_000,
    end: null,
    samples: 6240,
  });
});
