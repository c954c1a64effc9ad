/** The executable runs on Bun, whose compiler treats mapped memory differently from Node's. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it.skipIf(process.getuid?.() !== 0)('reads a ring buffer at full speed under Bun (needs root)', () => {
  const script = join(import.meta.dirname, 'native-ring-child.ts');
  const output = execFileSync('node', ['scripts/ts.mjs', script], { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ read: 900_000, sum: 900_000 * (3 + 32) });
});
