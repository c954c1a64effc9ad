// `npm run build`: what is not fresh, with progress. `npm run build -- --only=agent` leaves the plugin out.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const agentOnly = process.argv.includes('--only=agent');

/** Each part: what it says, what it runs. TypeScript and the plugin's build look at what changed themselves. */
const PARTS = [
  { says: 'catalog', script: 'scripts/embed-catalog.mjs', args: [] },
  { says: 'library and agent', script: 'node_modules/typescript/bin/tsc', args: ['-b', 'native', 'agent'] },
  { says: 'executable', script: 'scripts/build-executable.mjs', args: [], skip: agentOnly },
  { says: 'plugin and workbench', script: 'plugin/build.mjs', args: [], skip: agentOnly },
];

for (const [index, { says, script, args, skip }] of PARTS.entries()) {
  if (skip === true || !existsSync(join(root, script))) continue;
  const began = Date.now();
  console.log(`[${index + 1}/${PARTS.length}] ${says} ...`);
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`The build of ${says} failed; what is wrong stands above.`);
    process.exit(1);
  }
  console.log(`[${index + 1}/${PARTS.length}] ${says}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
