import { describe, expect, it } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { addressOf } from '../process/libc.ts';
import { openProcessMemory } from '../process/memory.ts';
import { ReadPlan } from '../process/read-plan.ts';
import { CodeCache, type CodeEntry } from './code-cache.ts';
import type { Layout } from './layout.ts';

/** The counter of freed code objects, in our own memory. */
const counter = new Uint32Array(2);

describe('a code object whose interpreter counts the freed ones', () => {
  it('is known as long as none is freed', () => {
    const { cache, entry } = meet({ before: 7, behind: 7 });
    sample(cache, { before: 7, behind: 7 });
    expect(cache.mustVerify(entry)).toBe(false);
    sample(cache, { before: 7, behind: 8 });
    expect(cache.mustVerify(entry)).toBe(true);
  });

  it('is not trusted when one was freed while its stack was read: freed memory looks unchanged for a while', () => {
    const { cache, entry } = meet({ before: 7, behind: 8 });
    sample(cache, { before: 8, behind: 8 });
    expect(cache.mustVerify(entry)).toBe(true);
  });
});

interface Counts {
  /** The counter before the stack is read, and behind it. */
  readonly before: number;
  readonly behind: number;
}

/** A code object that is met and found unchanged in a first sample. */
function meet(counts: Counts): { cache: CodeCache; entry: CodeEntry } {
  const layout = { interpreter: { codeGeneration: 0 } } as unknown as Layout;
  const memory = openProcessMemory(process.pid);
  const builder = new ProfileBuilder();
  const cache = new CodeCache(memory, layout, builder, addressOf(counter));
  const entry = { generation: -1 } as CodeEntry;
  sample(cache, counts);
  cache.confirm(entry);
  return { cache, entry };
}

/** Reads the counter as one sample does. */
function sample(cache: CodeCache, { before, behind }: Counts): void {
  const plan = new ReadPlan();
  cache.beginSample(plan);
  const first = plan.size;
  cache.endSample(plan);
  plan.read(process.pid);
  plan.words[0] = before;
  plan.words[first >>> 2] = behind;
  cache.readGenerations(plan);
}
