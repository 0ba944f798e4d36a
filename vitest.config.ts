import { readdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, the longest first. */
const long = [
  'notebooks/notebooks',
  'verify/checkpoints',
  'package/package',
  'engine/webgpu',
  'scripts/gpuCheck',
  'docsBlocks',
  'train/fit',
  'browser/annotator',
  'audit/run',
  'kernel/hostile',
  'audit/variantFiles',
  'browser/extension',
  'verify/verify',
  'cli/run',
  'verify/training',
  'kernel/wheel',
  'data/video/readWorkers',
  'scripts/bench',
  'data/video/videoCases',
  'kernel/process/main',
  'train/resume',
  'cluster/schedulers',
  'model/families',
  'scripts/torture',
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

const setupFiles = ['test/support/setup.ts'];
const each = {
  setupFiles,
  // For a machine that is four times slower and busy: whoever hangs is found late, nobody fails for being slow.
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

/** A process of tests takes up to 2 GB, with what it starts. */
const workers = totalmem() < 12 * 2 ** 30 ? 4 : 6;

const folder = join(import.meta.dirname, 'test');
/**
 * Files that put something in the place of a module, or load what is built beside its sources, whose kernels TensorFlow.js
 * would then have: each has modules of its own.
 */
const alone = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => /vi\.mock\(|import\(\s*addressOf\(/.test(readFileSync(join(folder, name), 'utf8')))
  .map((name) => `test/${name.replaceAll('\\', '/')}`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/absence.ts'],
    sequence: { sequencer: LongFirst },
    poolOptions: {
      // More than cores on a small machine: many tests wait for processes of their own. A process loads the modules and
      // TensorFlow once for all of its files, which spares a second of each. All stay to the end: tinypool fails a run where
      // one of them is ended before.
      forks: { maxForks: workers, minForks: workers, isolate: false },
      vmForks: { maxForks: 1, minForks: 1 },
    },
    projects: [
      {
        test: {
          ...each,
          name: 'sharing',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          pool: 'forks',
          setupFiles: [...setupFiles, 'test/support/sameEngine.ts'],
        },
      },
      { test: { ...each, name: 'alone', include: alone, pool: 'vmForks' } },
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
