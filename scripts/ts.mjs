// Runs a TypeScript program of the project from its sources: `node scripts/ts.mjs test/vm/matrix.ts 6.1`.
import { spawnSync } from 'node:child_process';
import { bunPath } from './bun-path.mjs';

const { status, signal } = spawnSync(bunPath(), ['--conditions', 'source', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(signal === null ? (status ?? 1) : 1);
