import { expect, test } from 'vitest';
import { COLLAPSED_FORMAT } from '../formats/collapsed/collapsed.ts';
import { importProfile } from '../formats/formats.ts';
import { inputOfBytes } from '../formats/input.ts';
import { profileFromText } from '../profile/profile-text.testing.ts';
import { chooseCommonMeasure, describeMixture } from './merged-weights.ts';

const PICTURE = profileFromText(`
  @wall 100 100
  @cpu  100 0
  main  main
`);
const RECORDING = {
  name: 'a.vmprof',
  profile: { ...PICTURE, facts: { ...PICTURE.facts, startedAt: 1_700_000_000_000 } },
};
const STACKS = {
  name: 'b.txt',
  profile: importProfile(inputOfBytes(new TextEncoder().encode('a;b 7\na 2\n'), 'b.txt'), COLLAPSED_FORMAT)
    .profile,
};

test('recordings have CPU time in common, and nothing is told', () => {
  expect(chooseCommonMeasure([RECORDING, RECORDING])).toBe('cpu');
  expect(describeMixture([RECORDING, RECORDING], 'cpu')).toEqual([]);
  expect(describeMixture([STACKS], 'wall')).toEqual([]);
});

test('what only some have is told, with the files', () => {
  expect(chooseCommonMeasure([RECORDING, STACKS])).toBe('wall');
  expect(describeMixture([RECORDING, STACKS], 'wall')).toEqual([
    'All inputs begin at time 0, as these do not tell when they began: b.txt.',
    'The inputs measure different things, and what one lacks is 0 in its samples: ' +
      'a.vmprof has elapsed (nanoseconds) and cpu (nanoseconds); b.txt has samples.',
    'Formats that hold one weight get elapsed (nanoseconds): nothing of b.txt is seen in them. Convert those apart.',
  ]);
  expect(describeMixture([STACKS, RECORDING], 'cpu').at(-1)).toContain('get CPU time: nothing of b.txt');
});
