import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { expectNoCrash, expectSameAgain, importJson, listSamples } from '../foreign-json.testing.ts';
import { HEAPPROFILE_FORMAT } from './heapprofile.ts';

const node = (functionName: string, selfSize: number, children: unknown[] = []) => ({
  callFrame: { functionName, scriptId: '3', url: 'a.js', lineNumber: 4, columnNumber: 0 },
  selfSize,
  id: 1,
  children,
});

test('bytes by call path; what the root holds has no stack', () => {
  const root = node('(root)', 8, [node('a', 0, [node('b', 100), node('', 1)]), node('c', 20)]);
  Object.assign(root.callFrame, { url: '', scriptId: '0' });
  const { profile } = importJson({ head: root, samples: [] }, HEAPPROFILE_FORMAT);
  expect(listSamples(profile)).toEqual(['- 8', 'a;b 100', 'a;(anonymous) 1', 'c 20']);
  expect(profile.samples.weights[0].unit).toBe('bytes');
});

test('the members of nodes come in any order, children first too', () => {
  const text =
    '{"head":{"children":[{"children":[],"selfSize":5,"callFrame":{"functionName":"b"}}],"id":1,"callFrame":{"functionName":"a"},"selfSize":2}}';
  const { profile } = importJson(text, HEAPPROFILE_FORMAT);
  expect(listSamples(profile)).toEqual(['a 2', 'a;b 5']);
});

test('what Node recorded', () => {
  const bytes = readFileSync('fixtures/node-20/work.heapprofile');
  const profile = expectSameAgain(bytes, HEAPPROFILE_FORMAT);
  const sizes = [...new TextDecoder().decode(bytes).matchAll(/"selfSize":(\d+)/g)].map(([, size]) =>
    Number(size),
  );
  expect(computeFunctionCosts(profile, 'wall').sum).toBe(sizes.reduce((sum, size) => sum + size, 0));
  expectNoCrash(bytes, HEAPPROFILE_FORMAT);
});
