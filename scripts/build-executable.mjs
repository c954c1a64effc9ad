// One file to copy to a host: the agent and the command line with a JavaScript runtime and koffi inside.
//   node scripts/build-executable.mjs [--target=bun-linux-x64-baseline] [--outfile=build/bpfscope]
// Targets are bun's; `-baseline` runs on CPUs without AVX2. Nothing is done when no source is newer than the executable.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath } from './bun-path.mjs';
import { koffiLibrary } from './koffi-library.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const option = (name, otherwise) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;

const target = option('target', `bun-linux-${process.arch}`);
const outfile = option('outfile', join(root, 'build', 'bpfscope'));
const arch = target.includes('arm64') || target.includes('aarch64') ? 'arm64' : 'x64';

/** Modification time of the newest file below a folder. */
function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.endsWith('.test.ts')) continue;
    time = Math.max(time, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return time;
}

const sources = ['native/src', 'agent/src', 'scripts'].map((folder) => newest(join(root, folder)));
if (existsSync(outfile) && statSync(outfile).mtimeMs > Math.max(...sources)) process.exit(0);

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
}

mkdirSync(join(root, 'build'), { recursive: true });
mkdirSync(dirname(outfile), { recursive: true });

// The bundler embeds koffi's library because its path is literal; so each architecture has its own entry.
const entry = join(root, 'build', `entry-${arch}.ts`);
writeFileSync(
  entry,
  [
    `import { provideKoffi } from '../native/src/sys/koffi.ts';`,
    `import { main } from '../agent/src/cli/main.ts';`,
    `provideKoffi(require(${JSON.stringify(koffiLibrary(arch))}));`,
    // No top-level await: bytecode, which makes the start four times as fast, does not go with it.
    `void main(process.argv.slice(2)).then((code) => (process.exitCode = code));`,
    '',
  ].join('\n'),
);

const partial = `${outfile}.partial`;
const args = [
  'build',
  '--compile',
  `--target=${target}`,
  '--conditions=source',
  '--minify',
  '--bytecode',
  // A command reads only the parts that it needs, which makes the start 10 ms shorter.
  '--splitting',
  '--format=esm',
  entry,
  `--outfile=${partial}`,
];
run(bunPath(), args);
// Replaced in one step: a running copy keeps its own file.
renameSync(partial, outfile);
