import { expect, test } from 'vitest';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { mergeProfiles } from '../profile/derive/merge.ts';
import { profileFromText } from '../profile/profile-text.testing.ts';
import type { Profile } from '../profile/tables.ts';
import { FIREFOX_FORMAT } from './firefox/firefox.ts';
import { exportProfile, importProfile } from './formats.ts';
import { inputOfBytes } from './input.ts';
import { OTLP_FORMAT } from './otlp/otlp.ts';
import { PPROF_FORMAT } from './pprof/pprof.ts';
import { TRACE_EVENTS_FORMAT } from './trace-events/trace-events.ts';
import { assignIds } from './unique-ids.ts';

/** As of a container, or of a file that knows no numbers. */
function build(pid: number, tid: number): Profile {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid, command: '', start: 0 });
  const thread = builder.addThread({ process, tid, start: 0 });
  const func = builder.internFunction({ name: 'f', kind: 'python' });
  builder.addSample(1, thread, builder.internStack(-1, builder.internFrame({ function: func })), 0, 5, 5);
  return builder.build();
}

test('new numbers are those that nobody has', () => {
  const profile = mergeProfiles([build(1, 7), build(1, 7), build(2, 7), build(0, 0), build(0, 0)]);
  expect(assignIds(profile)).toMatchObject({ pid: [1, 3, 2, 0, 4], tid: [7, 7, 7, 0, 0] });
  expect(assignIds(profile, true).tid).toEqual([7, 1, 2, 0, 3]);
  expect(assignIds(profile).notes).toEqual([
    '2 processes have the same number as another, or none, and got a new one to stay apart.',
  ]);
  expect(assignIds(build(0, 0)).notes).toEqual([]);
});

test.each([PPROF_FORMAT, OTLP_FORMAT, FIREFOX_FORMAT, TRACE_EVENTS_FORMAT])(
  '$name: processes with the same number stay apart, which is told',
  (format) => {
    for (const [pid, tid] of [
      [1, 1],
      [0, 0],
    ]) {
      const merged = mergeProfiles([build(pid, tid), build(pid, tid), build(pid, tid)]);
      const { bytes, notes } = exportProfile(merged, format, { measure: 'wall', title: '', fileName: 'x' });
      expect(notes).toContainEqual(expect.stringMatching(/^2 processes have the same number/));
      const { profile } = importProfile(inputOfBytes(bytes, 'x'));
      expect([profile.processes.length, profile.threads.length]).toEqual([3, 3]);
    }
  },
);

test('functions that share name and file: told where they are called otherwise', () => {
  const profile = profileFromText(`
    @thread main
    @wall   1
    f@a.py:1
  `);
  const note = (format: typeof PPROF_FORMAT, from: Profile) =>
    exportProfile(from, format, { measure: 'wall', title: '', fileName: 'x' }).notes.filter((text) =>
      text.includes('behind the name'),
    );
  expect(note(PPROF_FORMAT, profile)).toEqual([]);
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  for (const firstLine of [1, 2, 3]) {
    const func = builder.internFunction({ name: '<lambda>', file: 'a.py', firstLine, kind: 'python' });
    builder.addSample(0, thread, builder.internStack(-1, builder.internFrame({ function: func })), 0, 5, 5);
  }
  expect(note(PPROF_FORMAT, builder.build())).toEqual([
    '2 functions share their name and file with another, and got the first line or a number behind the name.',
  ]);
});
