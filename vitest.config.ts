import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Targets are real processes on shared machines: generous limits, waiting for conditions and not for time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More at once than there are cores would disturb the shares that sampling tests assert.
    maxWorkers: 2,
  },
});
