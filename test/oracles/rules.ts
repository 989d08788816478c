// Which stacks each oracle program can be in. Words as in check.ts; every chain begins with the module's `main` line.

import { followsChain, functionOf, type OracleRules } from './check.ts';

/** All oracles, one for each program beside this file. */
export const ORACLES: readonly OracleRules[] = [
  chains(
    'flat_alternating',
    [2, 7],
    ['drive:first first:call first_leaf', 'drive:second second:call second_leaf'],
  ),
  chains(
    'nested_alternating',
    [2, 7],
    ['drive:both both:a a1:call a2:call a3:call a4', 'drive:both both:b b1:call b2:call b3:call b4'],
  ),
  chains(
    'shared_leaf',
    [2, 7],
    [
      'drive:a a_chain:call middle:call shared:call a_leaf',
      'drive:b b_chain:call middle:call shared:call b_leaf',
    ],
  ),
  chains(
    'gen_alternating',
    [2, 7],
    [
      'drive:a step_a:generator a_outer:next a_inner:call a_leaf',
      'drive:a step_a:shared wandering:call c_leaf',
      'drive:b step_b:generator b_outer:next b_inner:call b_leaf',
      'drive:b step_b:shared wandering:call c_leaf',
    ],
  ),
  chains(
    'coroutines',
    [3, 6],
    [
      'drive:a a_outer:from a_middle:from a_inner:call a_leaf',
      'drive:b b_outer:await b_middle:await b_inner:call b_leaf',
      'drive:b b_outer:await b_middle:await b_inner:again b_leaf',
      'drive:b b_outer:await b_middle:await b_inner:pause __await__',
    ],
  ),
  chains(
    'oversized_frame',
    [2, 7],
    [
      'drive:a a_chain:call big_a@gen00#1:+5003 a_middle:call big_a@gen00#1:+5003 a_leaf',
      'drive:b b_chain:call b_middle:call big_b@gen00#1:+5003 b_leaf',
    ],
  ),
  chains(
    'asyncio_tasks',
    [3, 6],
    [
      'lib both:gather a_task',
      'lib both:gather b_task',
      'lib both:gather lib',
      'lib a_task:step a_step:call a_leaf',
      'lib a_task:step a_step:sleep lib',
      'lib b_task:step b_step:call b_leaf',
      'lib b_task:step b_step:sleep lib',
    ],
  ),
  { name: 'deep_recursion', since: [2, 7], allows: allowsDeepRecursion },
  { name: 'deep_static', since: [2, 7], allows: allowsDeepStatic },
  { name: 'code_object_reuse', since: [2, 7], allows: allowsReusedCode },
  { name: 'short_threads', since: [2, 7], allows: allowsShortThreads },
];

function chains(name: string, since: OracleRules['since'], texts: readonly string[]): OracleRules {
  return { name, since, allows: followsChain(texts.map((text) => `<module>:main ${text}`)) };
}

/** `a0 a1 a2 a3 a4 a0 …` or the same with b, at most 300 deep, and the leaf only at the very bottom. */
function allowsDeepRecursion(words: readonly string[]): boolean {
  const [outermost, drive, ...circle] = words;
  if (outermost !== '<module>:main') return false;
  if (circle.length === 0) return drive === undefined || functionOf(drive) === 'drive';
  const family = drive === 'drive:a' ? 'a' : drive === 'drive:b' ? 'b' : undefined;
  return (
    family !== undefined &&
    circle.length <= 301 &&
    circle.every((word, depth) => {
      const isInnermost = depth === circle.length - 1;
      if (depth === 300) return functionOf(word) === `${family}_leaf`;
      return isInnermost
        ? functionOf(word) === `${family}${depth % 5}`
        : word === `${family}${depth % 5}:call`;
    })
  );
}

/** `f000 f001 f002 …`, each on its one line, down to the depth that was asked for and there a leaf. */
function allowsDeepStatic(words: readonly string[]): boolean {
  const [outermost, drive, ...calls] = words;
  if (outermost !== '<module>:main') return false;
  if (calls.length === 0) return drive === undefined || functionOf(drive) === 'drive';
  const asked = drive === 'drive:shallow' ? 500 : drive === 'drive:deep' ? 900 : 0;
  return calls.every((word, depth) => {
    const isInnermost = depth === calls.length - 1;
    if (depth === asked) return isInnermost && functionOf(word) === (asked === 500 ? 'leaf0' : 'leaf1');
    const expected = `f${String(depth).padStart(3, '0')}@gen00#${2 * depth + 1}`;
    return (
      depth < asked &&
      (isInnermost ? functionOf(word) === expected : word === `${expected}:+${2 * depth + 2}`)
    );
  });
}

/** Names, file and lines of one round all carry the same number. */
function allowsReusedCode(words: readonly string[]): boolean {
  const [outermost, drive, round, caller, leaf, ...more] = words;
  if (outermost !== '<module>:main' || more.length > 0) return false;
  if (round === undefined) return drive === undefined || functionOf(drive) === 'drive';
  if (drive !== 'drive:round' || functionOf(round) !== 'round_of') return false;
  if (caller === undefined) return true;
  const id = /@gen(\d\d)#/.exec(caller)?.[1] ?? '';
  const number = Number(id);
  // From 3.8 on a module's first line is 1, before that the line of its first statement.
  if (round === 'round_of:exec') return leaf === undefined && caller.startsWith(`<module>@gen${id}#`);
  if (round !== 'round_of:call' || functionOf(caller) !== `caller_${id}@gen${id}#${number + 6}`) return false;
  if (leaf === undefined) return true;
  const leafLine = Number(leaf.split(':+')[1]);
  return (
    caller.endsWith(`:+${number + 7}`) &&
    functionOf(leaf) === `leaf_${id}@gen${id}#${number + 2}` &&
    leafLine >= number + 2 &&
    leafLine <= number + 4
  );
}

// Threads of an earlier round are forgotten when their variables get another value, and when `drive` has returned.
const inMainThread = followsChain([
  '<module>:main lib',
  '<module>:main drive:forget lib',
  '<module>:main drive:make lib',
  '<module>:main drive:start lib',
  '<module>:main drive:join lib',
]);
const inAnyWorker = followsChain([0, 1, 2].map((kind) => `lib work_${kind}:call leaf_${kind}`));

function allowsShortThreads(words: readonly string[], threadName: string): boolean {
  const kind = /^short-(\d)$/.exec(threadName)?.[1];
  if (kind !== undefined) return followsChain([`lib work_${kind}:call leaf_${kind}`])(words);
  if (threadName === 'MainThread') return inMainThread(words);
  return inMainThread(words) || inAnyWorker(words);
}
