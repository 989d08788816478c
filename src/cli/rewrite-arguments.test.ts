import { expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { type KnownOption, rewriteArguments } from './rewrite-arguments.ts';

const runOptions: KnownOption[] = [
  { short: '-o', long: '--output', required: true, optional: false },
  { short: '-p', long: '--period', required: true, optional: false },
  { long: '--rate', required: true, optional: false },
  { short: '-q', long: '--quiet', required: false, optional: false },
  { long: '--mode', required: false, optional: true },
];
const rewrite = (line: string) =>
  rewriteArguments(line === '' ? [] : line.split(' '), {
    names: ['run', 'show', 'convert'],
    runOptions,
    fileExists: (path) => ['app.py', 'show.py', 'data.vmprof', 'show'].includes(path),
  }).join(' ');

test.each([
  ['app.py', 'run -- python3 app.py'],
  ['app.py --rate 5 -- x', 'run -- python3 app.py --rate 5 -- x'],
  ['--rate 1000 -o out.vmprof app.py a', 'run --rate 1000 -o out.vmprof -- python3 app.py a'],
  ['--rate=1000 -p0.01 -q app.py', 'run --rate=1000 -p0.01 -q -- python3 app.py'],
  ['-qo app.py app.py', 'run -qo app.py -- python3 app.py'],
  ['--mode app.py', '--mode app.py'],
  ['--mode -q app.py', 'run --mode -q -- python3 app.py'],
  ['--unknown app.py', 'run --unknown -- python3 app.py'],
  ['-q -- ls -l', 'run -q -- ls -l'],
])('%s means %s', (given, meant) => {
  expect(rewrite(given)).toBe(meant);
});

test.each(['', '--help', '--version', 'show data.vmprof', 'run -- nothing.py', 'show', '--rate 5'])(
  '"%s" is left as it is',
  (given) => {
    expect(rewrite(given)).toBe(given);
  },
);

test.each([
  ['sohw data.vmprof', 'There is no command and no file "sohw". Did you mean "show"?'],
  ['konvert', 'There is no command and no file "konvert". Did you mean "convert"?'],
  ['missing.py', 'There is no command and no file "missing.py". All commands: vmprof --help.'],
  ['data.vmprof', 'data.vmprof is a recording. To see it: vmprof show data.vmprof'],
])('%s: a clear error', (given, message) => {
  const attempt = () => rewrite(given);
  expect(attempt).toThrow(ProfilerError);
  expect(attempt).toThrow(message);
});
