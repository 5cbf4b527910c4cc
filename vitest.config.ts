import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/assembly.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // The OAuth server that stands in for vendors warns each time that it is not set up for production.
    onConsoleLog: (log) => (log.includes('oidc-provider WARNING') ? false : undefined),
    coverage: {
      provider: 'v8',
      include: ['contracts/**/*.ts', 'functions/**/*.ts', 'local/**/*.ts'],
      // These run in worker threads and child processes only, where coverage is not measured.
      exclude: [
        'functions/**/handler.ts',
        'functions/**/env.ts',
        'local/lambda/{environment,shifted-dates}.ts',
      ],
      thresholds: { lines: 90, functions: 90, branches: 80, statements: 90 },
    },
  },
});
