// Where the bun executable is: its package moves the file at install time only where install scripts may run.
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules');

/** Path of a bun that runs on this machine; throws with what to do when there is none. */
export function bunPath() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const candidates = [
    join(modules, 'bun', 'bin', 'bun.exe'),
    ...['', '-baseline', '-musl'].map((variant) =>
      join(modules, '@oven', `bun-${platform}-${arch}${variant}`, 'bin', 'bun'),
    ),
  ];
  const found = candidates.find((path) => existsSync(path) && statSync(path).size > 1_000_000);
  if (found === undefined) throw new Error('bun is not installed: run `npm ci` with optional dependencies.');
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(bunPath());
