// `npm run bench [NAME] [-- --option value]`: measurements as markdown tables on standard output, ready for docs/performance.md.
// Without a name: all that docs/performance.md shows.

import { printMachine } from './measure.mjs';

const BENCHMARKS = {
  overhead: () => import('./overhead.mjs'),
  capacity: () => import('./capacity.mjs'),
  reads: () => import('./reads.mjs'),
  start: () => import('./start.mjs'),
  profile: () => import('./profile.mjs'),
  formats: () => import('./formats.mjs'),
  native: () => import('./native.mjs'),
  endurance: () => import('./endurance.mjs'),
  peers: () => import('./peers.mjs'),
};

const [, , named] = process.argv;
const names =
  named === undefined || named.startsWith('-')
    ? ['overhead', 'capacity', 'reads', 'start', 'profile', 'formats']
    : [named];
for (const name of names) {
  const load = BENCHMARKS[name];
  if (load === undefined) {
    console.error(`there is no measurement "${name}"; there are ${Object.keys(BENCHMARKS).join(', ')}`);
    process.exitCode = 2;
    break;
  }
  printMachine();
  const { run } = await load();
  await run();
}
