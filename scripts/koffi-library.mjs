// Where koffi's library for an architecture is: in node_modules, or, for another architecture than this machine's, fetched
// in the version that is locked.
//   node scripts/koffi-library.mjs arm64
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `arch`: x64 or arm64. */
export function koffiLibrary(arch) {
  const name = `koffi-linux-${arch}`;
  const file = join(`linux_${arch}`, 'koffi.node');
  const installed = join(root, 'node_modules', '@koromix', name, file);
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version } = lock.packages[`node_modules/@koromix/${name}`];
  const folder = join(root, '.cache', `${name}-${version}`);
  const fetched = join(folder, 'package', file);
  if (!existsSync(fetched)) {
    mkdirSync(folder, { recursive: true });
    run('npm', ['pack', '--silent', `@koromix/${name}@${version}`, '--pack-destination', folder]);
    run('tar', ['xzf', join(folder, `koromix-${name}-${version}.tgz`), '-C', folder]);
  }
  return fetched;
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(koffiLibrary(process.argv[2] ?? process.arch));
