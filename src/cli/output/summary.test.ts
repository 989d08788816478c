import { expect, test } from 'vitest';
import { builderFromText } from '../../profile/profile-text.testing.ts';
import type { RecordingFacts } from '../../profile/tables.ts';
import { buildBusyService } from './busy-service.testing.ts';
import { formatSummary } from './summary.ts';

const summaryOf = (text: string, facts: RecordingFacts, file = 'app.vmprof') => {
  const builder = builderFromText(text);
  builder.mergeFacts(facts);
  return formatSummary(builder.build(), { file, columns: 100 });
};

test('the hottest functions, the totals, what was lost, and how to see more', () => {
  const lines = formatSummary(buildBusyService(), {
    file: 'manage.vmprof',
    columns: 100,
    folder: '/srv/shop',
  })
    .trimEnd()
    .split('\n');
  expect(lines[0]).toMatch(/^ +self +% +± +total +% +± {2}function +file$/);
  expect(lines.filter((line) => /^ *\d+\.\d\d s /.test(line))).toHaveLength(12);
  expect(lines.slice(13)).toEqual([
    '… 13 more functions with 0.2 % of self (--limit 0 shows all)',
    '',
    '27,457 samples of 5 threads in 2 processes, 62.4 s: CPU time 64.6 s, peak memory 813 MiB (of the',
    'largest process).',
    '13 samples (<0.1 %) could not be taken: --view info tells why.',
    'vmprof show manage.vmprof --view tree    who calls what',
    'vmprof show manage.vmprof --view lines   the lines of the source',
    'vmprof show manage.vmprof --view memory  memory over time',
  ]);
});

test('too few samples: it says so, and which rate would give enough', () => {
  const few = 'main main main';
  const short = summaryOf(few, { askedRate: 100, duration: 0.3e9 });
  expect(short).toContain(
    'Only 3 samples: too few to tell where the time goes. Try a higher rate: --rate 1000.',
  );
  expect(summaryOf(few, { askedRate: 1000, duration: 0.03e9 })).toContain('Try a higher rate: --rate 10000.');
  expect(summaryOf(few, { askedRate: 100, duration: 0.005e9 })).toContain('--rate max');
  expect(summaryOf(few, { askedRate: 0, duration: 0.0005e9 })).toContain('ran too shortly');
});

test('no samples at all: no table, no division by zero', () => {
  const builder = builderFromText('main');
  builder.dropSamples();
  builder.mergeFacts({ askedRate: 100, duration: 0.004e9 });
  const text = formatSummary(builder.build(), { file: 'a b.vmprof', columns: 80 });
  expect(text).toContain('No sample was taken. Try as fast as possible: --rate max.');
  expect(text).not.toContain('NaN');
  expect(text).toContain("vmprof show 'a b.vmprof' --view tree");
});
