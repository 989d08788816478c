import { expect, it } from 'vitest';
import { requireLinux } from './require-linux.ts';

it('lets Linux pass and names every other system', () => {
  expect(() => requireLinux('linux', 'x64')).not.toThrow();
  expect(() => requireLinux('linux', 'arm64')).not.toThrow();
  expect(() => requireLinux('darwin', 'arm64')).toThrow(/this is darwin arm64/);
  expect(() => requireLinux('linux', 'ia32')).toThrow(
    expect.objectContaining({ code: 'unsupported-system' }),
  );
});
