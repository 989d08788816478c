// Reads recordings with the real reader and with one that was written from docs/recording-format.md alone. Where the two
// disagree, the page is wrong or the code is.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitrarySteps } from '../arbitrary-profile.testing.ts';
import type { Profile } from '../tables.ts';
import { type Columns, PlainReader } from './plain-reader.testing.ts';
import { parseRecording } from './recording-decoder.ts';
import { RecordingEncoder } from './recording-encoder.ts';

const PAGE = readFileSync(new URL('../../../docs/recording-format.md', import.meta.url), 'utf8');

test('the recording that the page goes through byte by byte is read as it says', () => {
  const [, listing] = PAGE.split('## A whole recording, byte by byte')[1].split('```');
  const hex = listing.replace(/#.*/g, '').match(/[0-9A-F]{2}/g) ?? [];
  const bytes = Uint8Array.from(hex, (pair) => Number.parseInt(pair, 16));
  const { profile, damage, isComplete } = parseRecording(bytes);
  expect(damage).toBeUndefined();
  expect(isComplete).toBe(true);
  expect(columnsOf(profile)).toEqual(new PlainReader(bytes).read());
  expect(profile.strings).toEqual(['app', 'main', 'a.py', 'f', 'resident']);
  expect([...profile.samples.time]).toEqual([10, 20, 31]);
  expect([...profile.samples.stack]).toEqual([1, 1, 0]);
  expect([...profile.samples.state]).toEqual([0x11, 0x11, 0x03]);
  expect([...profile.samples.weights[0].values]).toEqual([10, 10, 11]);
  expect([...profile.counters.value]).toEqual([4096]);
  expect(profile.facts).toEqual({ exit: 0 });
});

test('a reader made from the page reads every recording as the real one does', () => {
  fc.assert(
    fc.property(arbitrarySteps, ({ builder, parts }) => {
      const recorded = builder();
      const encoder = new RecordingEncoder(recorded);
      const chunks = [encoder.encodeHeader()];
      const clock = { time: 0 };
      for (const steps of parts) {
        for (const step of steps) step(recorded, clock);
        chunks.push(encoder.encodeNew());
      }
      chunks.push(encoder.encodeEnd());
      const bytes = Buffer.concat(chunks);
      const plain = new PlainReader(bytes).read();
      expect(plain).toEqual(columnsOf(parseRecording(bytes).profile));
    }),
    { numRuns: 50 },
  );
});

function columnsOf(profile: Profile): Columns {
  const rowsOf = (...columns: ArrayLike<number>[]) =>
    Array.from({ length: columns[0].length }, (_, row) => columns.map((column) => column[row]));
  const {
    functions: f,
    mappings: m,
    frames: r,
    stacks: s,
    processes: p,
    threads: t,
    samples,
    counters: c,
  } = profile;
  return {
    timeUnit: profile.timeUnit,
    strings: [...profile.strings],
    tables: {
      functions: rowsOf(f.name, f.qualifiedName, f.systemName, f.file, f.firstLine, f.kind),
      mappings: rowsOf(m.file, m.buildId, m.start, m.end, m.offset),
      frames: rowsOf(r.function, r.line, r.column, r.address, r.mapping, r.inlineDepth, r.tier),
      stacks: rowsOf(s.parent, s.frame),
      processes: rowsOf(p.pid, p.parent, p.command, p.runtime, p.start, p.end),
      threads: rowsOf(t.process, t.tid, t.name, t.start, t.end),
    },
    samples: rowsOf(
      samples.time,
      samples.thread,
      samples.stack,
      samples.state,
      ...samples.weights.map((w) => w.values),
    ),
    counters: rowsOf(c.process, c.name, c.time, c.value),
    facts: profile.facts,
    sources: Object.fromEntries(profile.sources ?? []),
  };
}
