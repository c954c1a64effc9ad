import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

/** Unit tests run anywhere; kernel tests need root and BPF, and say why when they skip. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        // Its ES modules import names from CommonJS ones that Node does not see; its CommonJS build works.
        resolve: { alias: { '@grafana/data': createRequire(import.meta.url).resolve('@grafana/data') } },
        test: {
          name: 'unit',
          include: ['{native,agent,plugin}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          // Property tests take a second alone; a busy machine is no reason to fail.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'kernel',
          include: ['test/{kernel,conformance}/**/*.test.ts'],
          fileParallelism: false,
          // Where cases may run at the same time.
          maxConcurrency: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'host',
          include: ['test/http/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
