import { expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { selectSamples } from '../profile/costs/selection.ts';
import { parseTimeRange } from './options.ts';
import { buildBusyService } from './output/busy-service.testing.ts';
import { resolveSelection } from './resolve-selection.ts';
import type { SelectionOptions } from './selection-options.ts';

const PROFILE = buildBusyService();
const count = (options: SelectionOptions) =>
  selectSamples(PROFILE, resolveSelection(PROFILE, options).selection).samples.length;

test('nothing asked for, nothing filtered', () => {
  expect(resolveSelection(PROFILE, {})).toEqual({ selection: {}, filters: [] });
});

test('each filter means what it says, and says it', () => {
  expect(count({ time: parseTimeRange('10s-20s'), thread: ['Worker-1'] })).toBe(1000);
  expect(count({ thread: ['4244', 'Worker-2'] })).toBe(2 * 6240);
  expect(count({ thread: ['MainThread'] })).toBe(6240 + 2497);
  expect(count({ process: [4250] })).toBe(2497);
  expect(count({ function: ['/^sqlite3_/'] })).toBe(count({ function: ['Cursor.fetchall'] }));
  const states = ['unknown', 'running', 'runnable', 'waiting', 'waiting-gil'];
  expect(states.reduce((sum, state) => sum + count({ state: [state] }), 0)).toBe(PROFILE.samples.length);
  const { filters } = resolveSelection(PROFILE, {
    time: parseTimeRange('-1m30s'),
    process: [4242],
    function: ['a', 'b'],
    state: ['running'],
  });
  expect(filters).toEqual(['the start to 90.0 s', 'process 4242', 'function a or b', 'state running']);
});

test.each([
  [
    { thread: ['Wurker'] },
    'The recording has no thread "Wurker". There are: MainThread (4242), Worker-1 (4244)',
  ],
  [{ process: [1] }, 'The recording has no process "1". There are: 4242, 4250.'],
  [{ function: ['no_such'] }, 'The recording has no function "no_such".'],
  [{ function: ['/(/'] }, '/(/ is no regular expression.'],
  [{ state: ['asleep'] }, 'There are: unknown, running, runnable, waiting, waiting-gil.'],
])('what is not in the recording is a clear error: %j', (options, message) => {
  expect(() => resolveSelection(PROFILE, options)).toThrow(ProfilerError);
  expect(() => resolveSelection(PROFILE, options)).toThrow(message);
});
