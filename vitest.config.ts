import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/absence.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
