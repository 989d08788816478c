// The layers of the house (docs/architecture.md): imports go only towards the foundation.
const allowed = {
  base: [],
  profile: ['base'],
  formats: ['base', 'profile'],
  symbols: ['base'],
  sampler: ['base', 'profile', 'symbols'],
  server: ['base', 'profile', 'formats'],
  web: ['base', 'profile', 'formats'],
  cli: ['base', 'profile', 'formats', 'symbols', 'sampler', 'server'],
};

const layerRules = Object.entries(allowed).map(([layer, below]) => ({
  name: `${layer}-imports-only-below`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...below].join('|')})/` },
}));

/** The same within a layer: its folders, and those that each may import from. */
const folders = {
  profile: {
    builder: [],
    recording: ['builder'],
    costs: ['builder'],
    derive: ['builder', 'costs'],
    trees: ['builder', 'costs', 'derive'],
    diff: ['costs', 'trees'],
  },
  symbols: { elf: [], unwind: ['elf'], dwarf: ['elf'] },
};

const folderRules = Object.entries(folders).flatMap(([layer, inside]) =>
  Object.entries(inside).map(([folder, below]) => ({
    name: `${layer}-${folder}-imports-only-below`,
    severity: 'error',
    from: { path: `^src/${layer}/${folder}/`, pathNot: '\\.(test|testing)\\.ts$' },
    to: { path: `^src/${layer}/[^/]+/`, pathNot: `^src/${layer}/(${[folder, ...below].join('|')})/` },
  })),
);

module.exports = {
  forbidden: [
    ...layerRules,
    ...folderRules,
    {
      name: 'pure-core-has-no-io',
      comment: 'base, profile, formats, symbols and web run in the browser: no Node module, no koffi.',
      severity: 'error',
      from: { path: '^src/(base|profile|formats|symbols|web)/', pathNot: '\\.(test|testing)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-the-sampler-loads-koffi',
      severity: 'error',
      from: { pathNot: '^src/sampler/' },
      to: { path: 'node_modules/koffi' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.(test|testing|d)\\.ts$',
          '^src/cli/main\\.ts$',
          '^src/web/(main\\.tsx|worker/worker\\.ts)$',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
