/**
 * The kernels of the matrix: fetched as Debian packages from the mirror this machine already uses, unpacked into
 * .cache/kernels/<name>, installed nowhere. A private apt state keeps the machine's own package lists as they are.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decompressXz } from '@bpfscope/native/symbols';
import type { Arch } from './case.ts';
import { MACHINES } from './machine.ts';
import { CACHE } from './paths.ts';

export interface Kernel {
  /** As in reports: `6.1`. */
  readonly name: string;
  /** Debian suite that has it. */
  readonly suite: string;
  readonly arch: Arch;
}

export const KERNELS: readonly Kernel[] = [
  { name: '5.10', suite: 'bullseye', arch: 'x64' },
  { name: '6.1', suite: 'bookworm', arch: 'x64' },
  { name: '6.12', suite: 'trixie', arch: 'x64' },
  { name: '7.2', suite: 'sid', arch: 'x64' },
  { name: '6.1-arm64', suite: 'bookworm', arch: 'arm64' },
];

/** Kernel modules that cases load: without dependencies, and in Debian's packages of every kernel. */
const GUEST_MODULES = ['dummy'];

export interface KernelFiles {
  readonly kernel: Kernel;
  readonly vmlinuz: string;
  /** Kernel modules by name. */
  readonly modules: Readonly<Record<string, string>>;
  /** Where the guest's busybox and libraries are: `/` when they are this machine's. */
  readonly root: string;
}

/** Fetches what is missing; throws with apt's words when the mirror does not have it. */
export function fetchKernel(kernel: Kernel): KernelFiles {
  const folder = join(CACHE, 'kernels', kernel.name);
  const modules = Object.fromEntries(GUEST_MODULES.map((name) => [name, join(folder, `${name}.ko`)]));
  if (![join(folder, 'vmlinuz'), ...Object.values(modules)].every((file) => existsSync(file))) unpack(kernel, folder);
  const own = MACHINES[kernel.arch].packages.length > 0;
  return { kernel, vmlinuz: join(folder, 'vmlinuz'), modules, root: own ? join(folder, 'root') : '/' };
}

function unpack(kernel: Kernel, folder: string): void {
  const work = `${folder}.partial`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  updateLists(kernel);
  unpackInto(join(work, 'image'), kernel, packages(kernel));
  renameSync(image(join(work, 'image')), join(work, 'vmlinuz'));
  for (const name of GUEST_MODULES) writeFileSync(join(work, `${name}.ko`), moduleOf(join(work, 'image'), name));
  rmSync(join(work, 'image'), { recursive: true });
  unpackInto(join(work, 'root'), kernel, MACHINES[kernel.arch].packages);
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
}

function unpackInto(folder: string, kernel: Kernel, names: readonly string[]): void {
  mkdirSync(folder);
  for (const name of names) apt(kernel, 'apt-get', ['download', name], folder);
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(folder, file), folder]);
    rmSync(join(folder, file));
  }
}

/** In /boot; since 7.x beside the modules. */
function image(root: string): string {
  const modules = ['usr/lib/modules', 'lib/modules'].map((f) => join(root, f)).flatMap(listFolder);
  const found = [join(root, 'boot'), ...modules].flatMap(listFolder).find((f) => basename(f).startsWith('vmlinuz'));
  if (found === undefined) throw new Error(`No kernel image in the packages in ${root}`);
  return found;
}

/** Compressed in newer packages; the guest's insmod takes it as it is. */
function moduleOf(root: string, name: string): Buffer {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((path) =>
    [`${name}.ko`, `${name}.ko.xz`].includes(basename(path)),
  );
  if (found === undefined) throw new Error(`No module ${name} in the packages in ${root}`);
  const bytes = readFileSync(join(root, found));
  const plain = found.endsWith('.xz') ? decompressXz(bytes) : bytes;
  if (plain === null) throw new Error(`${found} cannot be decompressed`);
  return Buffer.from(plain);
}

/** The image package that the suite's meta package means, and the parts it is split into. */
function packages(kernel: Kernel): string[] {
  const found: string[] = [];
  const queue = depends(kernel, `linux-image-cloud-${MACHINES[kernel.arch].debian}`);
  while (queue.length > 0) {
    const name = queue.shift()!;
    if (found.includes(name)) continue;
    found.push(name);
    queue.push(...depends(kernel, name));
  }
  return found;
}

function depends(kernel: Kernel, name: string): string[] {
  const text = apt(kernel, 'apt-cache', ['depends', name]);
  const names = [...text.matchAll(/^\s*\|?Depends: (linux-(?:image|binary|modules)-\S+)$/gm)].map((m) => m[1]!);
  return names.filter((n) => !n.includes('unsigned'));
}

/** Each kernel has lists of its own: one that the mirror no longer has does not keep the others away. */
function updateLists(kernel: Kernel): void {
  const state = stateOf(kernel);
  mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true });
  const { uri, key } = mirror();
  writeFileSync(join(state, 'sources.list'), `deb [signed-by=${key}] ${uri} ${kernel.suite} main\n`);
  writeFileSync(join(state, 'status'), '');
  apt(kernel, 'apt-get', ['update', '-qq', '--error-on=any']);
}

const stateOf = ({ name }: Kernel): string => join(CACHE, 'apt', name);

const APT_SECONDS = 300;

function apt(kernel: Kernel, program: 'apt-get' | 'apt-cache', args: readonly string[], cwd = CACHE): string {
  const state = stateOf(kernel);
  const options = {
    'Dir::Etc::sourcelist': join(state, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': 'root',
    'APT::Architecture': MACHINES[kernel.arch].debian,
    'APT::Architectures::': MACHINES[kernel.arch].debian,
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  try {
    return execFileSync(program, [...flags, ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      timeout: APT_SECONDS * 1000,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: unknown };
    const said = typeof stderr === 'string' ? stderr.trim() : '';
    throw new Error(`${program} ${args.join(' ')}, suite ${kernel.suite}: ${said === '' ? String(error) : said}`);
  }
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
