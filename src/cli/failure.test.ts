import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { describeFailure } from './failure.ts';

test('expected failures are their message and the exit code of their code', () => {
  const error = new ProfilerError('no-such-process', 'There is no process 7.');
  expect(describeFailure(error, false)).toEqual({ text: 'vmprof: There is no process 7.\n', exitCode: 3 });
});

test('wrong usage loses the words that commander puts before it', () => {
  const error = new CommanderError(
    1,
    'commander.unknownOption',
    "error: unknown option '--x'\n(Did you mean --y?)",
  );
  expect(describeFailure(error, false)).toEqual({
    text: "vmprof: unknown option '--x' (Did you mean --y?)\n",
    exitCode: 2,
  });
  expect(describeFailure(new CommanderError(0, 'commander.version', '1.0.0'), false)).toEqual({
    text: '',
    exitCode: 0,
  });
});

test('bugs are told as bugs, in one line; the stack only on demand', () => {
  const bug = new TypeError('x is not a function\nsecond line');
  expect(describeFailure(bug, false)).toEqual({
    text: 'vmprof: internal error: x is not a function. This is a bug in vmprof; VMPROF_DEBUG=1 shows where.\n',
    exitCode: 70,
  });
  expect(describeFailure(bug, true).text).toContain('failure.test.ts');
  const caused = new ProfilerError('cannot-read-file', 'Cannot read x.', { cause: bug });
  expect(describeFailure(caused, true).text).toContain('caused by: TypeError: x is not a function');
  expect(describeFailure('thrown text', false).text).toContain('internal error: thrown text.');
});
