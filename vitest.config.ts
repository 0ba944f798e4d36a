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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/absence.ts'],
    setupFiles: ['test/support/setup.ts'],
    sequence: { sequencer: LongFirst },
    pool: 'forks',
    // Two more than cores on a small machine: many tests wait for processes of their own.
    poolOptions: { forks: { maxForks: 4 } },
    // For a machine that is four times slower and busy: whoever hangs is found late, nobody fails for being slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
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
