/** Programs of our own for the guest: run there by the runtime that the executable has inside (BUN_BE_BUN). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arch } from './case.ts';
import { CACHE, ROOT } from './paths.ts';

/** Where the guest has koffi's library. */
const KOFFI = '/lib/koffi.node';

export interface Bundle {
  /** One file of JavaScript. */
  readonly program: string;
  readonly koffi: string;
}

export function bundle(name: string, arch: Arch): Bundle {
  const folder = join(CACHE, 'guest-programs');
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, `${name}.entry.ts`);
  const source = join(ROOT, 'test', 'vm', 'guest-programs', `${name}.ts`);
  writeFileSync(entry, `import { main } from ${JSON.stringify(source)};\nvoid main(require('${KOFFI}'));\n`);
  const program = join(folder, `${name}.js`);
  const bun = printedBy('bun-path.mjs');
  const flags = ['--target=bun', '--conditions=source', `--external=${KOFFI}`, `--outfile=${program}`];
  execFileSync(bun, ['build', entry, ...flags], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return { program, koffi: printedBy('koffi-library.mjs', arch) };
}

const printedBy = (script: string, ...args: readonly string[]): string =>
  execFileSync('node', [join(ROOT, 'scripts', script), ...args], { encoding: 'utf8' }).trim();
