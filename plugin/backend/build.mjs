// Compiles the backend to executables that Grafana starts: plugin/dist/gpx_bpfscope_<os>_<arch>.
// Without arguments for this machine, skipped when nothing changed; `--force` anew; `--all` every target of a release.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath } from '../../scripts/bun-path.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const plugin = dirname(here);
const root = dirname(plugin);
const dist = join(plugin, 'dist');

/** Go's names of the targets and bun's. `baseline` runs on CPUs without AVX2. */
const TARGETS = {
  linux_amd64: 'bun-linux-x64-baseline',
  linux_arm64: 'bun-linux-arm64',
  darwin_amd64: 'bun-darwin-x64',
  darwin_arm64: 'bun-darwin-arm64',
};
const HERE = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

function newest(path) {
  if (path.endsWith('.test.ts')) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function compile(name, target) {
  const output = join(dist, `gpx_bpfscope_${name}`);
  const sources = [here, join(plugin, 'shared'), join(root, 'package-lock.json')];
  if (
    !['--force', '--all'].some((flag) => process.argv.includes(flag)) &&
    existsSync(output) &&
    statSync(output).mtimeMs > Math.max(...sources.map(newest))
  ) {
    return;
  }
  mkdirSync(dist, { recursive: true });
  // Two builds at once (a test and a person) each write their own; the last rename wins.
  const temporary = `${output}.${process.pid}.new`;
  const args = ['build', '--compile', '--minify', '--sourcemap=none', '--conditions=source', '--outfile', temporary];
  // For this machine the bun at hand is the runtime; other targets are fetched by bun.
  if (target !== undefined) args.push(`--target=${target}`);
  const { status, stdout, stderr } = spawnSync(bunPath(), [...args, join(here, 'main.ts')], {
    encoding: 'utf8',
    cwd: plugin,
  });
  if (status !== 0) {
    rmSync(temporary, { force: true });
    throw new Error(`bun build failed for ${name}:\n${stdout}${stderr}`);
  }
  // A running executable cannot be written to, only replaced.
  renameSync(temporary, output);
  console.log(`built ${output}`);
}

if (process.argv.includes('--all')) for (const [name, target] of Object.entries(TARGETS)) compile(name, target);
else compile(HERE, undefined);
