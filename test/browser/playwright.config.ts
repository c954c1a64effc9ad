/**
 * Browser tests: the workbench with the built plugin, its backend executable, a real agent and this machine's kernel.
 * They need root, BPF, and a Chromium (BROWSER_PATH, or /usr/bin/chromium). `npm run build` first.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const artifacts = join(import.meta.dirname, '..', '..', 'artifacts', 'browser');
const SYSTEM_CHROMIUM = '/usr/bin/chromium';
const executablePath = process.env['BROWSER_PATH'] ?? (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined);

export default defineConfig({
  testDir: '.',
  outputDir: join(artifacts, 'results'),
  // One agent and one kernel are shared by all: no two tests at a time.
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
