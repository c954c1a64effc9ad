/** Programs of our own for the guest: run there by the runtime that the executable has inside (BUN_BE_BUN). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT } from './paths.ts';

/** Where the guest has koffi's library. */
const KOFFI = '/lib/koffi.node';

export interface Bundle {
  /** One file of JavaScript. */
  readonly program: string;
  readonly koffi: string;
}

/** x86-64 only: koffi's library is the one that is installed. */
export function bundle(name: string): Bundle {
  const folder = join(CACHE, 'guest-programs');
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, `${name}.entry.ts`);
  const source = join(ROOT, 'test', 'vm', 'guest-programs', `${name}.ts`);
  writeFileSync(entry, `import { main } from ${JSON.stringify(source)};\nvoid main(require('${KOFFI}'));\n`);
  const program = join(folder, `${name}.js`);
  const bun = execFileSync('node', [join(ROOT, 'scripts', 'bun-path.mjs')], { encoding: 'utf8' }).trim();
  const flags = ['--target=bun', '--conditions=source', `--external=${KOFFI}`, `--outfile=${program}`];
  execFileSync(bun, ['build', entry, ...flags], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const library = join('node_modules', '@koromix', 'koffi-linux-x64', 'linux_x64', 'koffi.node');
  return { program, koffi: join(ROOT, library) };
}
