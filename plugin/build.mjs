// Builds everything of plugin/ that is not fresh: the plugin (dist), the workbench's page and server (build), and the
// backend executable. `--force` builds anew, `--dev` without minifying, `--only=plugin|workbench|backend|server` a part.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import * as configurations from './webpack.config.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, 'dist');
const argument = (name) => process.argv.find((one) => one === `--${name}` || one.startsWith(`--${name}=`));
const mode = argument('dev') ? 'development' : 'production';
const only = argument('only')?.split('=')[1];

/** What each part is made of, a file that it makes, and how. */
const PARTS = {
  plugin: {
    sources: ['src', 'shared', 'webpack.config.mjs', '../agent/src/language', '../package-lock.json', 'package.json'],
    output: 'dist/module.js',
    build: async () => {
      await bundle(configurations.plugin(mode));
      copyFiles();
    },
  },
  workbench: {
    sources: ['workbench/page', 'workbench/boot-data.ts', 'shared', 'webpack.config.mjs', '../package-lock.json'],
    output: 'build/page/entry.json',
    build: () => bundle(configurations.workbench(mode)),
  },
  server: {
    sources: [
      'workbench/server',
      'workbench/boot-data.ts',
      'host',
      'backend',
      'shared',
      '../agent/src/protocol',
      '../package-lock.json',
    ],
    output: 'build/types/workbench/server/main.js',
    build: () => run(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['-b', 'workbench/server']),
  },
  backend: {
    sources: ['backend', 'shared', '../agent/src/protocol', '../package-lock.json'],
    output: `dist/gpx_bpfscope_${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`,
    build: () => run('backend/build.mjs', argument('force') ? ['--force'] : []),
  },
};

function bundle(configuration) {
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error) return reject(error);
      if (stats.hasErrors()) return reject(new Error(stats.toString({ preset: 'errors-only', colors: true })));
      return resolve();
    }).close?.(() => undefined);
  });
}

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: here, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} failed.`);
}

/** What goes beside module.js in a plugin's folder. */
function copyFiles() {
  const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const manifest = readFileSync(join(here, 'src', 'plugin.json'), 'utf8')
    .replaceAll('%VERSION%', version)
    .replaceAll('%TODAY%', new Date().toISOString().slice(0, 10));
  writeFileSync(join(dist, 'plugin.json'), manifest);
  cpSync(join(here, 'src', 'img'), join(dist, 'img'), { recursive: true });
  for (const [from, to] of [
    [join(here, 'README.md'), 'README.md'],
    [join(root, 'CHANGELOG.md'), 'CHANGELOG.md'],
    [join(root, 'LICENSE'), 'LICENSE'],
  ]) {
    if (existsSync(from)) copyFileSync(from, join(dist, to));
  }
}

/** Names and contents, so that a fresh clone with new file times is no reason to build. */
function hashOf(paths) {
  const hash = createHash('sha256').update(mode);
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else if (!path.endsWith('.test.ts') && !path.endsWith('.test.tsx')) {
      hash.update(path).update(readFileSync(path));
    }
  };
  for (const path of paths) add(join(here, path));
  return hash.digest('hex');
}

for (const [name, part] of Object.entries(PARTS)) {
  if (only !== undefined && only !== name) continue;
  const stamp = join(here, '.cache', `${name}.sha256`);
  const hash = hashOf(part.sources);
  const fresh = existsSync(join(here, part.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (fresh && !argument('force')) continue;
  const start = Date.now();
  mkdirSync(dirname(stamp), { recursive: true });
  mkdirSync(dist, { recursive: true });
  process.stdout.write(`building ${name} ... `);
  try {
    await part.build();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
  writeFileSync(stamp, hash);
  console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`);
}
