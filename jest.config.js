// got, jose, commander and friends are ESM only; jest loads CommonJS, so these few are transformed too.
const esmOnly = [
  '@sec-ant',
  '@sindresorhus',
  'byte-counter',
  'cacheable-lookup',
  'cacheable-request',
  'chunk-data',
  'commander',
  'decompress-response',
  'form-data-encoder',
  'get-stream',
  'got',
  'http2-wrapper',
  'is-stream',
  'jose',
  'keyv',
  '@keyv',
  'lowercase-keys',
  'mimic-response',
  'normalize-url',
  'p-cancelable',
  'pe-library',
  'quick-lru',
  'resedit',
  'responselike',
  'tar',
  'typebox',
  'type-fest',
  'uint8array-extras',
];

const shared = {
  transform: { '\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  haste: { enableSymlinks: false },
};

const project = (displayName, folders, extra = {}) => ({
  ...shared,
  displayName,
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  ...extra,
});

export default {
  projects: [
    project('rules', ['rules']),
    project('unit', ['unit', 'contract']),
    project('integration', ['integration']),
    project('e2e', ['e2e']),
    // Whole systems are booted there. A project has no time-out of its own, but its files can set one.
    project('installers', ['installers'], {
      setupFilesAfterEnv: ['<rootDir>/test/installers/support/patience.ts'],
    }),
  ],
  maxWorkers: 2,
  testTimeout: 30_000,
};
