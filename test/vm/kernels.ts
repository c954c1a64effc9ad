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
}

export const KERNELS: readonly Kernel[] = [
  { name: '5.10', suite: 'bullseye' },
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'trixie' },
  { name: '7.2', suite: 'sid' },
];

export interface KernelFiles {
  readonly kernel: Kernel;
  readonly vmlinuz: string;
  /** lib/modules/<release>, null for a kernel without any. */
  readonly modules: string | null;
}

const META = 'linux-image-cloud-amd64';

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
  updateLists(kernel.suite);
  for (const name of packages(kernel)) {
    apt(kernel.suite, 'apt-get', ['download', name], work);
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
function packages({ suite }: Kernel): string[] {
  const found: string[] = [];
  const queue = depends(suite, META);
  while (queue.length > 0) {
    const name = queue.shift()!;
    if (found.includes(name)) continue;
    found.push(name);
    queue.push(...depends(suite, name));
  }
  return found;
}

function depends(suite: string, name: string): string[] {
  const text = apt(suite, 'apt-cache', ['depends', name]);
  const names = [...text.matchAll(/^\s*\|?Depends: (linux-(?:image|binary|modules)-\S+)$/gm)].map((m) => m[1]!);
  return names.filter((n) => !n.includes('unsigned'));
}

/** Each suite has lists of its own: one that the mirror no longer has does not keep the others away. */
function updateLists(suite: string): void {
  const state = stateOf(suite);
  mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true });
  const { uri, key } = mirror();
  writeFileSync(join(state, 'sources.list'), `deb [signed-by=${key}] ${uri} ${suite} main\n`);
  writeFileSync(join(state, 'status'), '');
  apt(suite, 'apt-get', ['update', '-qq', '--error-on=any']);
}

const stateOf = (suite: string): string => join(CACHE, 'apt', suite);

const APT_SECONDS = 300;

function apt(suite: string, program: 'apt-get' | 'apt-cache', args: readonly string[], cwd = CACHE): string {
  const state = stateOf(suite);
  const options = {
    'Dir::Etc::sourcelist': join(state, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': 'root',
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
    throw new Error(`${program} ${args.join(' ')}, suite ${suite}: ${said === '' ? String(error) : said}`);
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
