import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, the longest first. */
const long = [
  'notebooks/notebooks',
  'verify/checkpoints',
  'kernel/hostile',
  'cluster/schedulers',
  'docsBlocks',
  'browser/extension',
  'browser/annotator',
  'scripts/gpuCheck',
  'train/fit',
  'verify/training',
];

/** Begins with the long files, so that the workers end at about the same time, in a fresh clone too. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const each = {
  setupFiles: ['test/support/setup.ts'],
  // For a machine that is four times slower and busy: whoever hangs is found late, nobody fails for being slow.
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

/** Rooms whose tests use no engine and change nothing of their process: one thread loads the modules once for all of them. */
const plain = [
  'analysis',
  'base',
  'benchmark',
  'data/tables',
  'notebook',
  'pairing',
  'plot',
  'report',
  'reward',
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/absence.ts'],
    sequence: { sequencer: LongFirst },
    // More than cores on a small machine: many tests wait for processes of their own.
    poolOptions: { forks: { maxForks: 4 }, threads: { maxThreads: 1, minThreads: 1, isolate: false } },
    projects: [
      { test: { ...each, name: 'plain', include: plain, pool: 'threads' } },
      { test: { ...each, name: 'apart', include: ['test/**/*.test.ts'], exclude: plain, pool: 'forks' } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'kernel/**/*.ts'],
      // Runs in the browser, where it is tested but not measured.
      exclude: ['kernel/labextension/**'],
      reporter: ['text', 'json-summary'],
      reportOnFailure: true,
    },
  },
});
