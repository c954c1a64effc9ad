// Before `npm start`: says what keeps it from running before it spends minutes; then installs and builds what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  refuse(`bpfscope needs Node.js 20.19 or newer and this is ${process.versions.node}: install a newer one.`);
if (process.platform !== 'linux')
  refuse(`BPF is a part of Linux and this is ${process.platform}: run bpfscope on a Linux host or in a Linux VM.`);
if (process.getuid() !== 0) refuse('Loading BPF programs needs root: run `sudo npm start`.');

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  console.log('Installing dependencies (npm ci), once ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) refuse('Installing failed: see above; `npm start` tries again.');
}
const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
