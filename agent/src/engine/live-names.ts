/** Names on this host: users, cgroups, clocks, symbols. Everything is read when first asked for. */
import { cgroupPaths, readUsers } from '@bpfscope/native/procfs';
import { globMatcher } from '../language/check/attach/glob.ts';
import type { BpfMap } from '@bpfscope/native/map';
import { UNWOUND_STACK, type CompiledQuery } from '../compiler/program.ts';
import type { StackMode } from '../language/types.ts';
import type { LostStack, Names, StackNames } from '../decode/names.ts';
import { brokenStack } from './broken-stack.ts';
import { realTime } from './clock.ts';
import type { FrameName, Symbols } from './symbols.ts';
import { demangle as demangled } from '@bpfscope/native/symbols';

const hex = (address: bigint): string => `0x${address.toString(16)}`;

/** Stands for a stack that the kernel could not store, so that what was counted for it stays visible. */
const LOST_STACK = '[stack lost]';

export function liveNames(query: CompiledQuery, maps: readonly BpfMap[], symbols: Symbols): Names {
  const stacks = new StackReader(query, maps);
  const { cpp_demangle: demangle, show_debug_info: debugInfo } = query.config;
  return {
    kernelSymbol: (address) => symbols.kernel(address, { offset: false }),
    userSymbol: (address, pid, probe) => {
      const site = query.siteNames?.[probe - 1];
      if (site === undefined) return symbols.user(address, pid, { offset: false, demangle });
      return demangle ? demangled(site) : site;
    },
    kernelStack: (id, mode, depth) =>
      stackNames(stacks.read(id, depth, false), mode, (address) => [
        { name: symbols.kernel(address, { offset: true }), source: null },
      ]),
    userStack: (id, pid, _probe, mode, depth) => {
      // The idle task has none, whatever the kernel answers.
      const stack = pid === 0 ? [] : stacks.read(id, depth, true);
      const names = stackNames(stack, mode, (address, index) => {
        const style = { offset: true, demangle, module: mode === 'perf' };
        if (debugInfo) return symbols.userFrames(address, pid, style, index > 0);
        return [{ name: symbols.user(address, pid, style), source: null }];
      });
      // Of stacks that were walked by tables it is known how they ended.
      const followed = typeof stack === 'string' || isUnwound(id) ? [] : stack;
      const broken = brokenStack(followed, depth, (address) => symbols.place(address, pid));
      return broken === null ? names : { ...names, broken };
    },
    userName,
    cgroupPath,
    realTime,
  };
}

/** The kernel found no stack to walk (EFAULT): a kernel thread has no user stack. Nothing was lost. */
const NO_STACK = -14;
/** EEXIST, ENOMEM. */
const LOST: Readonly<Record<number, LostStack>> = { [-17]: 'taken', [-12]: 'memory' };

/** The upper half may be a length, also of an error. */
const numberOf = (id: bigint): number => Number(BigInt.asIntN(32, id));

const isUnwound = (id: bigint): boolean => numberOf(id) >= 0 && (id & BigInt(UNWOUND_STACK)) !== 0n;
/** BPF_MAP_TYPE_STACK_TRACE holds no deeper stacks (kernel.perf_event_max_stack). */
const DEEPEST = 127;

/** Frames of stack ids. */
class StackReader {
  readonly #maps: readonly {
    readonly map: BpfMap;
    readonly depth: number;
    readonly user: boolean;
    readonly unwound: boolean;
  }[];

  constructor(query: CompiledQuery, maps: readonly BpfMap[]) {
    this.#maps = query.stackMaps.flatMap(({ map, depth, user, unwound = false }) => {
      const kernel = maps[map];
      return kernel === undefined ? [] : [{ map: kernel, depth, user, unwound }];
    });
  }

  /** A word: why there is none. */
  read(id: bigint, depth: number, user: boolean): readonly bigint[] | LostStack {
    const number = numberOf(id);
    if (number < 0) return number === NO_STACK ? [] : (LOST[number] ?? 'refused');
    const wanted = Math.min(depth, DEEPEST);
    const unwound = user && isUnwound(id);
    const entry = this.#maps.find(
      (candidate) => candidate.depth === wanted && candidate.user === user && candidate.unwound === unwound,
    );
    if (entry === undefined) return 'gone';
    const key = new Uint8Array(entry.map.spec.keySize);
    new DataView(key.buffer).setUint32(0, number, true);
    const value = entry.map.lookup(key);
    if (value === null) return 'gone';
    const words = new BigUint64Array(value.buffer, value.byteOffset, value.byteLength >> 3);
    // The first word of those that programs walk is their hash.
    const frames = unwound ? words.subarray(1) : words;
    const end = frames.indexOf(0n);
    return Array.from(end < 0 ? frames : frames.subarray(0, end));
  }
}

function stackNames(
  addresses: readonly bigint[] | LostStack,
  mode: StackMode,
  name: (address: bigint, index: number) => readonly FrameName[],
): StackNames {
  if (typeof addresses === 'string') {
    return { frames: [LOST_STACK], text: `\n        ${LOST_STACK}\n`, lost: addresses };
  }
  // As bpftrace: `@[]: 1`.
  if (addresses.length === 0) return { frames: [], text: '' };
  const frames: string[] = [];
  let text = '\n';
  addresses.forEach((address, index) => {
    const named = mode === 'raw' ? [{ name: hex(address), source: null }] : name(address, index);
    for (const frame of named) {
      frames.push(frame.name);
      if (mode === 'perf') text += `\t${address.toString(16)} ${frame.name}\n`;
      else text += `        ${frame.name}${frame.source === null ? '' : ` ${frame.source}`}\n`;
    }
  });
  return { frames, text };
}

let users: ReadonlyMap<number, string> | null = null;

function userName(uid: bigint): string {
  users ??= readUsers();
  return users.get(Number(uid)) ?? uid.toString();
}

let cgroups: ReadonlyMap<bigint, string> = new Map();

/** `filter`: pattern of the hierarchies to look in; this is the only one that the kernel's ids are of. */
function cgroupPath(id: bigint, filter: string): string {
  if (filter !== '' && !globMatcher(filter)('unified')) return '';
  if (!cgroups.has(id)) cgroups = cgroupPaths();
  const path = cgroups.get(id);
  return path === undefined ? `unknown cgroup ${id}` : `unified:${path}`;
}
