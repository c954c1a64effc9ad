/** Names on this host: users, cgroups, clocks, symbols. Everything is read when first asked for. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { MapType } from '@bpfscope/native/uapi';
import type { BpfMap } from '@bpfscope/native/map';
import type { CompiledQuery } from '../compiler/program.ts';
import type { StackMode } from '../language/types.ts';
import type { Names, StackNames } from '../decode/names.ts';
import { realTime } from './clock.ts';

/** Symbols of the kernel and of processes; the engine shares one among all runs. */
export interface Symbols {
  /** `vfs_read+25`, the address in hex when unknown. offset: whether to say `+25`. */
  kernel(address: bigint, offset: boolean): string;
  user(address: bigint, pid: number, offset: boolean): string;
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

export const NO_SYMBOLS: Symbols = { kernel: hex, user: hex };

export function liveNames(query: CompiledQuery, maps: readonly BpfMap[], symbols: Symbols): Names {
  const stacks = new StackReader(query, maps);
  return {
    kernelSymbol: (address) => symbols.kernel(address, false),
    userSymbol: (address, pid) => symbols.user(address, pid, false),
    kernelStack: (id, mode, depth) =>
      stackNames(stacks.read(id, depth, false), mode, (address) => symbols.kernel(address, true)),
    userStack: (id, pid, _probe, mode, depth) =>
      stackNames(stacks.read(id, depth, true), mode, (address) => symbols.user(address, pid, true)),
    userName,
    cgroupPath,
    realTime,
  };
}

/** Frames of stack ids; a stack that was lost has none. */
class StackReader {
  readonly #maps: readonly { readonly map: BpfMap; readonly depth: number; readonly user: boolean }[];

  constructor(query: CompiledQuery, maps: readonly BpfMap[]) {
    this.#maps = query.stackMaps.flatMap(({ map, depth, user }) => {
      const kernel = maps[map];
      return kernel === undefined ? [] : [{ map: kernel, depth, user }];
    });
  }

  read(id: bigint, depth: number, user: boolean): readonly bigint[] {
    const entry = this.#maps.find((candidate) => candidate.depth === depth && candidate.user === user);
    if (entry === undefined || id < 0n) return [];
    const key = new Uint8Array(entry.map.spec.keySize);
    const view = new DataView(key.buffer);
    if (key.byteLength >= 8) view.setBigInt64(0, id, true);
    else view.setUint32(0, Number(id & 0xffffffffn), true);
    const value = entry.map.lookup(key);
    if (value === null) return [];
    const words = new BigUint64Array(value.buffer, value.byteOffset, value.byteLength >> 3);
    const frames = entry.map.spec.type === MapType.BPF_MAP_TYPE_STACK_TRACE ? words : words.subarray(1);
    const end = frames.indexOf(0n);
    return Array.from(end < 0 ? frames : frames.subarray(0, end));
  }
}

function stackNames(addresses: readonly bigint[], mode: StackMode, name: (address: bigint) => string): StackNames {
  const frames = addresses.map((address) => (mode === 'raw' ? hex(address) : name(address)));
  const lines = frames.map((frame, index) =>
    mode === 'perf' ? `\t${(addresses[index] ?? 0n).toString(16)} ${frame}\n` : `        ${frame}\n`,
  );
  return { frames, text: `\n${lines.join('')}` };
}

let users: ReadonlyMap<string, string> | null = null;

function userName(uid: bigint): string {
  users ??= readUsers();
  return users.get(uid.toString()) ?? uid.toString();
}

function readUsers(): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return new Map(lines.map((line) => line.split(':')).map(([name = '', , uid = '']) => [uid, name]));
  } catch {
    return new Map();
  }
}

const CGROUPS = '/sys/fs/cgroup';
const cgroupPaths = new Map<bigint, string>();

/** A cgroup's id is the inode number of its directory. */
function cgroupPath(id: bigint): string {
  if (!cgroupPaths.has(id)) walkCgroups(CGROUPS, 0);
  const path = cgroupPaths.get(id);
  return path === undefined ? `unknown cgroup ${id}` : `unified:${path}`;
}

const DEEPEST = 32;

function walkCgroups(directory: string, depth: number): void {
  if (depth > DEEPEST) return;
  try {
    cgroupPaths.set(statSync(directory, { bigint: true }).ino, directory.slice(CGROUPS.length) || '/');
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) walkCgroups(`${directory}/${entry.name}`, depth + 1);
    }
  } catch {
    // Cgroups come and go while we look.
  }
}
