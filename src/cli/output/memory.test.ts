import { expect, test } from 'vitest';
import { builderFromText } from '../../profile/profile-text.testing.ts';
import type { ProcessIndex, Profile } from '../../profile/tables.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { formatMemory } from './memory.ts';
import { describeMemory } from './memory-json.ts';
import { PLAIN_STYLE } from './style.ts';
import { displayWidth } from './text.ts';
import { viewOf } from './view.testing.ts';

const MIB = 2 ** 20;

/** 40 seconds: 10 MiB, a peak of one moment at 20 s, then 20 MiB. */
function buildPeak(): Profile {
  const builder = builderFromText(
    `
    @time    199900         200100         390000
    @thread  main           main           worker

    start@app.py:3          start@app.py:5  poll@app.py:9
    load@app.py:7
  `
      .replace(/@time .*/, '@time 199900 200100 390000')
      .replace(/@thread .*/, '@thread main main worker'),
  );
  const process = 0 as ProcessIndex;
  builder.addCounter(process, 'resident', 0, 10 * MIB);
  builder.addCounter(process, 'resident', 200_000, 40 * MIB);
  builder.addCounter(process, 'resident', 200_001, 20 * MIB);
  builder.mergeFacts({ duration: 40e9 });
  return builder.build();
}

const TEXT = { columns: 60, style: PLAIN_STYLE };

test('a peak of one moment is seen, with the stack at it', () => {
  const lines = formatMemory(viewOf(buildPeak(), 'wall'), TEXT).trimEnd().split('\n').slice(4);
  expect(lines).toEqual(
    [
      'program (100)  peak 40.0 MiB at 20.0 s, at the end 20.0 MiB',
      '40.0 MiB ┤                        █',
      '         │                        █',
      '         │                        █',
      '         │                        █',
      '20.0 MiB ┤                        █████████████████████████',
      '         │                        █████████████████████████',
      '         │█████████████████████████████████████████████████',
      '         │█████████████████████████████████████████████████',
      '         └┬───────────────────────┬────────────────────────',
      '          0 s                  20.0 s                40.0 s',
      'At the peak:',
      '  main (1000)',
      '    start  app.py:3',
      '    load  app.py:7',
    ].map((line) =>
      line.includes('└')
        ? expect.stringMatching(/^ {9}└[─┬]{49}$/)
        : line.includes('0 s  ')
          ? expect.stringContaining('20.0 s')
          : line,
    ),
  );
});

test('within a time range the peak is that of the range', () => {
  const profile = buildPeak();
  const view = { ...viewOf(profile, 'wall'), selection: { timeRange: { start: 300_000, end: 400_000 } } };
  const [memory] = describeMemory(view, []).processes;
  expect(memory.peak).toMatchObject({ time: 30e9, bytes: 20 * MIB });
  expect(memory.points).toEqual([[30e9, 20 * MIB]]);
  expect(formatMemory(view, TEXT)).toContain('peak 20.0 MiB at 30.0 s');
});

test('each process has its curve, the largest first; filters narrow them', () => {
  const profile = buildBusyService();
  const value = describeMemory(viewOf(profile, 'cpu'), []);
  expect(value.processes.map((process) => process.pid)).toEqual([4242, 4250]);
  expect(value.processes[0].peak.threads.map((thread) => thread.name)).toEqual([
    'MainThread',
    'Worker-1',
    'Worker-2',
    'Worker-3',
  ]);
  const child = { ...viewOf(profile, 'cpu'), selection: { processes: new Set([1 as ProcessIndex]) } };
  expect(describeMemory(child, []).processes.map((process) => process.pid)).toEqual([4250]);
});

test('no memory recorded: it says so', () => {
  const profile = builderFromText('main').build();
  expect(formatMemory(viewOf(profile, 'wall'), TEXT)).toContain('No memory was recorded.');
});

test.each([40, 60, 100, 160])('fits %d columns', (columns) => {
  const text = formatMemory(viewOf(buildBusyService(), 'cpu'), { columns, style: PLAIN_STYLE });
  const curve = text.split('\n').filter((line) => /[┤│└]/.test(line));
  for (const line of curve) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
});
