import { expect, test } from 'vitest';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { Engine } from '../worker/engine.ts';
import { formatFlameSvg } from './flame-svg.ts';

test('boxes have their places, and names are text', () => {
  const engine = new Engine();
  engine.open(0, profileFromText('@wall 75 25\n<b>"&main g'));
  const view = {
    recording: 0,
    revision: 0,
    measure: 'wall',
    time: undefined,
    threads: [],
    states: [],
    transforms: [],
  } as const;
  const answer = engine.answer('flame', { view, inverted: false, zoom: [], minWidth: 0, search: '' });
  const svg = formatFlameSvg(answer, 'kind', 1000);
  expect(svg).toContain('viewBox="0 0 1000 36"');
  expect(svg).toContain('<rect x="750.00" y="18" width="249.50"');
  expect(svg).toContain('<title>&#60;b&#62;&#34;&#38;main: 7.50 ms, 75.0 %</title>');
  expect(svg).not.toContain('<b>');
});
