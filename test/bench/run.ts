/** `npm run bench`: every program of this folder, one after the other; `npm run bench -- attach rest` runs only those. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.filter((name) => !programs.includes(name));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are ${programs.join(', ')}.`);
  process.exit(1);
}

let failed = 0;
for (const name of wanted.length > 0 ? wanted : programs) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--conditions', 'source', `${folder}${name}.ts`], {
    stdio: 'inherit',
  });
  if (status !== 0) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
