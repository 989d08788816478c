import { expect, test } from 'vitest';
import { profileFromText } from '../profile-text.testing.ts';
import { computeMatchedWeight, parseSearch, searchFunctions } from './function-search.ts';
import { computeStackWeights } from './stack-weights.ts';

const PROFILE = profileFromText(`
  @wall            10               20               30         5
  main@app.py:1    main@app.py:1    main@app.py:1    idle
  Parser.run@p.py  Parser.run@p.py  draw@view.py
  read@io.py       read@io.py
  read@io.py
`);

function find(text: string): string[] {
  const marks = searchFunctions(PROFILE, text);
  return [...marks].flatMap((mark, row) =>
    mark === 1 ? [PROFILE.strings[PROFILE.functions.name[row]]] : [],
  );
}

test('names and files are found by a part of them, in any case', () => {
  expect(find('parser')).toEqual(['Parser.run']);
  expect(find('.py')).toEqual(['main', 'Parser.run', 'read', 'draw']);
  expect(find('Read')).toEqual([]);
  expect(find('r io')).toEqual(['read']);
  expect(find('.py -p.py')).toEqual(['Parser.run', 'read', 'draw'].filter((name) => name !== 'Parser.run'));
});

test('regular expressions stand between slashes', () => {
  expect(find('/^(main|idle)/')).toEqual(['main', 'idle']);
  expect(find('/^PARSER/i')).toEqual(['Parser.run']);
  expect(() => parseSearch('/(/')).toThrow('/(/ is no regular expression.');
});

test('each sample with a match counts once', () => {
  const weights = computeStackWeights(PROFILE, 'wall');
  const matched = computeMatchedWeight(PROFILE, weights, searchFunctions(PROFILE, 'read'));
  expect(matched).toEqual({ weight: 30e5, samples: 2 });
  expect(computeMatchedWeight(PROFILE, weights, searchFunctions(PROFILE, 'nowhere'))).toEqual({
    weight: 0,
    samples: 0,
  });
});
