// For the tests, which are TypeScript.

import type { Profile, ProfileBuilder } from '../src/profile/index.ts';

export function createRandom(seed: number): () => number;

export function simulateRecording(
  Builder: typeof ProfileBuilder,
  seconds: number,
  onSecond: (builder: ProfileBuilder) => void,
  options?: { seed?: number; stacks?: number; repeat?: number },
): void;

export function makeLargeProfile(
  Builder: typeof ProfileBuilder,
  samples: number,
  stacks: number,
  options?: { seed?: number; threads?: number },
): Profile;
