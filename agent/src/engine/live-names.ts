/** Names on this host: users, cgroups, clocks, symbols. Everything is read when first asked for. */
import { cgroupPaths, readUsers } from '@bpfscope/native/procfs';
import { MapType } from '@bpfscope/native/uapi';
import type { BpfMap } from '@bpfscope/native/map';
import type { CompiledQuery } from '../compiler/program.ts';
import type { StackMode } from '../language/types.ts';
import type { Names, StackNames } from '../decode/names.ts';
import { realTime } from './clock.ts';
import type { Symbols } from './symbols.ts';

const hex = (address: bigint): string => `0x${address.toString(16)}`;

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

let users: ReadonlyMap<number, string> | null = null;

function userName(uid: bigint): string {
  users ??= readUsers();
  return users.get(Number(uid)) ?? uid.toString();
}

let cgroups: ReadonlyMap<bigint, string> = new Map();

function cgroupPath(id: bigint): string {
  if (!cgroups.has(id)) cgroups = cgroupPaths();
  const path = cgroups.get(id);
  return path === undefined ? `unknown cgroup ${id}` : `unified:${path}`;
}
