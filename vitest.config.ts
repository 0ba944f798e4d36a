import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/absence.ts'],
    setupFiles: ['test/support/setup.ts'],
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
    // For a machine that is four times slower and busy: whoever hangs is found late, nobody fails for being slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
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
