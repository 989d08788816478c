import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveByKey, zoomWindow } from './time-window.ts';

const DURATION = 10e9;

test('zooming keeps the time under the pointer where it is', () => {
  expect(zoomWindow({ start: 0, end: DURATION }, 5e9, 0.5, DURATION)).toEqual({ start: 2.5e9, end: 7.5e9 });
  expect(zoomWindow({ start: 2e9, end: 4e9 }, 2e9, 0.5, DURATION)).toEqual({ start: 2e9, end: 3e9 });
});

test('keys move, zoom to the selection and back to all', () => {
  const window = { start: 2e9, end: 4e9 };
  expect(moveByKey('ArrowRight', window, undefined, DURATION)).toEqual({ start: 2.4e9, end: 4.4e9 });
  expect(moveByKey('a', { start: 0, end: 2e9 }, undefined, DURATION)).toEqual({ start: 0, end: 2e9 });
  expect(moveByKey('z', window, { start: 1e9, end: 2e9 }, DURATION)).toEqual({ start: 1e9, end: 2e9 });
  expect(moveByKey('0', window, undefined, DURATION)).toEqual({ start: 0, end: DURATION });
  expect(moveByKey('q', window, undefined, DURATION)).toBeUndefined();
});

test('whatever is done, the window stays within the recording', () => {
  const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
  const key = fc.constantFrom('+', '-', 'w', 's', 'ArrowLeft', 'ArrowRight');
  fc.assert(
    fc.property(fc.array(fc.tuple(factor, key, fc.double({ min: 0, max: 1, noNaN: true }))), (steps) => {
      let window = { start: 0, end: DURATION };
      for (const [zoom, pressed, part] of steps) {
        window = zoomWindow(window, window.start + part * (window.end - window.start), zoom, DURATION);
        window = moveByKey(pressed, window, undefined, DURATION) ?? window;
        expect(window.start).toBeGreaterThanOrEqual(0);
        expect(window.end).toBeLessThanOrEqual(DURATION * (1 + 1e-12));
        expect(window.end - window.start).toBeGreaterThanOrEqual(9_999);
      }
    }),
  );
});
