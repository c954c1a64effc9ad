/**
 * The kernels of the matrix: fetched as Debian packages from the mirror this machine already uses, unpacked into
 * .cache/kernels/<name>, installed nowhere. A private apt state keeps the machine's own package lists as they are.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { CACHE } from './paths.ts';

export interface Kernel {
  /** As in reports: `6.1`. */
  readonly name: string;
  /** Debian suite that has it. */
  readonly suite: string;
  /** QEMU CPU model; 6.12 panics while clearing memory under `-cpu max`. */
  readonly cpu: string;
}

export const KERNELS: readonly Kernel[] = [
  { name: '5.10', suite: 'bullseye', cpu: 'max' },
  { name: '6.1', suite: 'bookworm', cpu: 'max' },
  { name: '6.12', suite: 'trixie', cpu: 'Nehalem,+xsave,+popcnt,+smap' },
  { name: '7.2', suite: 'sid', cpu: 'max' },
];

export interface KernelFiles {
  readonly kernel: Kernel;
  readonly vmlinuz: string;
  /** lib/modules/<release>, null for a kernel without any. */
  readonly modules: string | null;
}

const META = 'linux-image-cloud-amd64';
const APT = join(CACHE, 'apt');

/** Fetches what is missing; throws with apt's words when the mirror does not have it. */
export function fetchKernel(kernel: Kernel): KernelFiles {
  const folder = join(CACHE, 'kernels', kernel.name);
  if (!existsSync(join(folder, 'vmlinuz'))) unpack(kernel, folder);
  const releases = existsSync(join(folder, 'modules')) ? readdirSync(join(folder, 'modules')) : [];
  const release = releases[0];
  return {
    kernel,
    vmlinuz: join(folder, 'vmlinuz'),
    modules: release === undefined ? null : join(folder, 'modules', release),
  };
}

function unpack(kernel: Kernel, folder: string): void {
  const work = `${folder}.partial`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  updateLists();
  for (const name of packages(kernel)) {
    apt('apt-get', ['download', `${name}/${kernel.suite}`], work);
  }
  for (const file of readdirSync(work).filter((f) => f.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(work, file), join(work, 'root')]);
  }
  const modules = ['usr/lib/modules', 'lib/modules'].map((f) => join(work, 'root', f)).find(existsSync);
  renameSync(image(work, modules), join(work, 'vmlinuz'));
  if (modules !== undefined) cpSync(modules, join(work, 'modules'), { recursive: true });
  rmSync(join(work, 'root'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
}

/** In /boot; since 7.x beside the modules. */
function image(work: string, modules: string | undefined): string {
  const folders = [join(work, 'root', 'boot'), ...(modules === undefined ? [] : listFolder(modules))];
  const found = folders.flatMap(listFolder).find((file) => basename(file).startsWith('vmlinuz'));
  if (found === undefined) throw new Error(`No kernel image in the packages in ${work}`);
  return found;
}

/** The image package that the suite's meta package means, and the parts it is split into. */
function packages(kernel: Kernel): string[] {
  const found: string[] = [];
  const queue = depends(`${META}/${kernel.suite}`);
  while (queue.length > 0) {
    const name = queue.shift()!;
    if (found.includes(name)) continue;
    found.push(name);
    queue.push(...depends(name));
  }
  return found;
}

function depends(name: string): string[] {
  const [base, suite] = name.split('/');
  const args = suite === undefined ? ['depends', base!] : ['-t', suite, 'depends', base!];
  const text = apt('apt-cache', ['-o', `APT::Default-Release=${suite ?? ''}`, ...args]);
  const names = [...text.matchAll(/^\s*\|?Depends: (linux-(?:image|binary|modules)-\S+)$/gm)].map((m) => m[1]!);
  return names.filter((n) => !n.includes('unsigned'));
}

let updated = false;

function updateLists(): void {
  if (updated) return;
  mkdirSync(join(APT, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(APT, 'cache', 'archives', 'partial'), { recursive: true });
  const { uri, key } = mirror();
  const lines = KERNELS.map((k) => `deb [signed-by=${key}] ${uri} ${k.suite} main`);
  writeFileSync(join(APT, 'sources.list'), `${lines.join('\n')}\n`);
  writeFileSync(join(APT, 'status'), '');
  apt('apt-get', ['update', '-qq']);
  updated = true;
}

function apt(program: 'apt-get' | 'apt-cache', args: readonly string[], cwd = CACHE): string {
  const options = {
    'Dir::Etc::sourcelist': join(APT, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(APT, 'lists'),
    'Dir::State::status': join(APT, 'status'),
    'Dir::Cache': join(APT, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  return execFileSync(program, [...flags, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

/** The mirror of this machine's own Debian sources, in either of apt's file forms. */
function mirror(): { uri: string; key: string } {
  const files = ['/etc/apt/sources.list', ...listFolder('/etc/apt/sources.list.d')];
  for (const file of files.filter(existsSync)) {
    const text = readFileSync(file, 'utf8');
    const uri =
      /^URIs:\s*(\S+\/debian)\/?\s*$/m.exec(text)?.[1] ??
      /^deb\s+(?:\[[^\]]*\]\s+)?(\S+\/debian)\/?\s/m.exec(text)?.[1];
    if (uri !== undefined) return { uri, key: '/usr/share/keyrings/debian-archive-keyring.gpg' };
  }
  throw new Error("No Debian mirror in this machine's apt sources: the kernel matrix needs one to fetch kernels from");
}

function listFolder(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder).map((name) => join(folder, name))
    : [];
}
