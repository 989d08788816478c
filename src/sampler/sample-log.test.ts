import { expect, it } from 'vitest';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { NONE, SAMPLE_STATES, type StackIndex } from '../profile/tables.ts';
import { SampleLog } from './sample-log.ts';

const MILLISECOND = 1_000_000;

function makeLog() {
  const builder = new ProfileBuilder({ timeUnit: MILLISECOND });
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const work = builder.internFunction({ name: 'work', kind: 'python' });
  const stack: StackIndex = builder.internStack(NONE, builder.internFrame({ function: work }));
  const log = new SampleLog(builder, 0, 10 * MILLISECOND);
  log.beginRound(10 * MILLISECOND);
  return { builder, log, stack, account: log.openAccount(thread) };
}

it('weighs a sample with the time since the one before, lost ones included', () => {
  const { builder, log, stack, account } = makeLog();
  log.add(account, stack, { activity: 'running', holdsGil: true });
  log.beginRound(40 * MILLISECOND);
  log.add(account, stack, { activity: 'running', holdsGil: true });
  expect([...builder.build().samples.weights[0].values]).toEqual([10, 30]);
});

it('keeps CPU time for the next sample that finds the thread running', () => {
  const { builder, log, stack, account } = makeLog();
  account.cpu = 4 * MILLISECOND;
  log.add(account, stack, { activity: 'waiting', holdsGil: false }, 202);
  log.beginRound(20 * MILLISECOND);
  account.cpu = 9 * MILLISECOND;
  log.add(account, stack, { activity: 'running', holdsGil: true });
  const { samples } = builder.build();
  expect([...samples.weights[1].values]).toEqual([0, 9]);
  expect(samples.state[0]).toBe(SAMPLE_STATES.indexOf('waiting'));
});

it('puts the system call on top of the stack of a thread that waits in it', () => {
  const { builder, log, stack, account } = makeLog();
  log.add(account, stack, { activity: 'waiting', holdsGil: false }, 202);
  const { samples, stacks, frames, functions, strings } = builder.build();
  const [row] = samples.stack;
  expect(stacks.parent[row]).toBe(stack);
  const call = frames.function[stacks.frame[row]];
  expect(strings[functions.name[call]]).toBe(process.arch === 'x64' ? 'futex' : 'accept');
});

it('gives the CPU time that is left at the end to the last stack, without its system call', () => {
  const { builder, log, stack, account } = makeLog();
  account.cpu = 3 * MILLISECOND;
  log.add(account, stack, { activity: 'waiting', holdsGil: false }, 202);
  log.closeAccount(account);
  const { samples } = builder.build();
  expect([...samples.weights[1].values]).toEqual([0, 3]);
  expect(samples.stack[1]).toBe(stack);
});
