import { expect, it } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex } from '../../profile/tables.ts';
import { addressOf } from '../process/libc.ts';
import { openProcessMemory } from '../process/memory.ts';
import { ReadPlan } from '../process/read-plan.ts';
import { CodeCache, type CodeEntry } from './code-cache.ts';
import { FrameChain } from './frame-chain.ts';
import type { Layout } from './layout.ts';
import { StackResolver } from './stack-resolver.ts';

// A process of our own making, in our own memory: the counter of freed code objects, and two code objects of a word each, by which
// they are known and after which their functions are named.
const memory = new Uint32Array(6);
const base = addressOf(memory);
const [CALLER, CALLEE] = [base + 8, base + 16];

class OwnCodes extends CodeCache {
  readonly #known = new Map<number, CodeEntry>();
  readonly #builder: ProfileBuilder;

  constructor(builder: ProfileBuilder) {
    const layout = { interpreter: { codeGeneration: 0 } } as unknown as Layout;
    super(openProcessMemory(process.pid), layout, builder, base);
    this.#builder = builder;
  }

  override find(address: number): CodeEntry | undefined {
    return this.#known.get(address);
  }

  override load(address: number): CodeEntry {
    const word = memory[(address - base) >>> 2];
    const entry = {
      object: { address, identity: [{ address, length: 8 }], fingerprint: Uint32Array.of(word, 0) },
      function: this.#builder.internFunction({ name: `f${word}`, kind: 'python' }),
      generation: -1,
      verifiedFor: -1,
      usedFor: -1,
    } as unknown as CodeEntry;
    this.#known.set(address, entry);
    return entry;
  }

  override forget(entry: CodeEntry): void {
    this.#known.delete(entry.object.address);
  }

  override frameAt(entry: CodeEntry): FrameIndex {
    return this.#builder.internFrameLine(entry.function, 1);
  }
}

it('does not take a code object for another one that had its address, however long ago it left the stack', () => {
  const builder = new ProfileBuilder();
  const resolver = new StackResolver(new OwnCodes(builder), builder);
  memory.set([7, 0, 1, 0, 2, 0]);
  expect(sample(resolver, builder, [CALLER, CALLEE])).toBe('f1 f2');
  expect(sample(resolver, builder, [CALLER])).toBe('f1');
  // It is freed, but its memory is not used again yet: its identity, which is still read along, looks unchanged.
  memory[0] = 8;
  for (let turn = 0; turn < 3; turn++) expect(sample(resolver, builder, [CALLER])).toBe('f1');
  memory[4] = 3;
  expect(sample(resolver, builder, [CALLER, CALLEE])).toBe('f1 f3');
});

/** Samples a chain of code objects, outermost first, as often as it takes; the names of the stack. */
function sample(resolver: StackResolver, builder: ProfileBuilder, codes: readonly number[]): string {
  const chain = new FrameChain();
  for (const code of codes.toReversed()) chain.push(1, code, 0);
  const plan = new ReadPlan();
  do {
    plan.clear();
    resolver.beginPlan(plan);
    resolver.addToPlan(plan);
    plan.read(process.pid);
  } while (resolver.check(chain, plan) !== undefined);
  const { frames, functions } = builder;
  const strings = builder.strings.build();
  const names = [...resolver.listFrames().subarray(0, codes.length)].map(
    (frame) => strings[functions.name[frames.function[frame]]],
  );
  return names.reverse().join(' ');
}
