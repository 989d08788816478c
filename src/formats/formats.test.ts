import { expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { testFormatConformance } from './conformance.testing.ts';
import {
  detectFormat,
  FORMATS,
  findFormatByFileName,
  getFormatByFileName,
  getFormatByName,
  importProfile,
} from './formats.ts';

for (const format of FORMATS) {
  if (format.importProfile !== undefined && format.exportProfile !== undefined) testFormatConformance(format);
}

test('names and extensions are each of one format', () => {
  const names = FORMATS.map((format) => format.name);
  expect(new Set(names).size).toBe(names.length);
  const extensions = FORMATS.flatMap((format) => format.extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
  for (const extension of extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
});

test.each([
  ['app.vmprof', 'vmprof'],
  ['dir.vmprof/app.speedscope.json', 'speedscope'],
  ['APP.VMPROF', 'vmprof'],
  ['stacks.folded.gz', 'collapsed'],
  ['stacks.txt', 'collapsed'],
  ['app.json', undefined],
  ['app', undefined],
])('%s is written as %s', (fileName, name) => {
  expect(findFormatByFileName(fileName)?.name).toBe(name);
});

test('what is not known is named, together with what is', () => {
  expect(() => getFormatByName('xml')).toThrow(
    'There is no format "xml". Formats: vmprof, speedscope, collapsed.',
  );
  expect(() => getFormatByFileName('a.xml')).toThrow(/does not tell a format.*\.vmprof.*--to/);
  const bytes = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  expect(detectFormat(bytes, 'a.vmprof')).toBeUndefined();
  expect(() => importProfile(bytes, 'a')).toThrow(/no profile that vmprof knows.*speedscope/);
  expect(() => importProfile(new Uint8Array(0), 'a')).toThrow('The file is empty.');
});

test('damaged compressed files are an expected failure', () => {
  const cut = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]);
  expect(() => importProfile(cut, 'a.gz')).toThrow(ProfilerError);
  const broken = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
  expect(() => importProfile(broken, 'a.gz')).toThrow(ProfilerError);
});
