/**
 * Tracepoints of many system calls as one. The kernel takes tens of milliseconds to leave each tracepoint (grace periods,
 * one after the other): a wildcard over all system calls took half a minute to end. Their records are those of
 * raw_syscalls, field by field, so that one program there, which looks the call's number up, does the same.
 */
import type { ResolvedProbe } from '../language/attach.ts';
import { syscallNames } from '../language/tables/syscalls.ts';
import type { Target } from '../language/target.ts';

export interface SyscallDispatch {
  /** The tracepoint of all calls. */
  readonly through: ResolvedProbe;
  /** By number: 1 + the index of its site; 0: not asked for. A power of two of them. */
  readonly sites: Uint16Array;
  /** Where the kernel says that a call is of a 32-bit program, which has other numbers: 32 bits of the current task. */
  readonly compat: { readonly offset: number; readonly bit: bigint };
}

/** Fewer are left for themselves: the one program runs at every system call. */
const FEWEST = 32;
const TABLE = 512;

/** The kernel's functions, which tracepoints are named by, where they are not named as the call. */
const FUNCTIONS: Readonly<Record<'x64' | 'arm64', Readonly<Record<string, string>>>> = {
  x64: {
    stat: 'newstat',
    fstat: 'newfstat',
    lstat: 'newlstat',
    uname: 'newuname',
    sendfile: 'sendfile64',
    umount2: 'umount',
  },
  arm64: {
    fstat: 'newfstat',
    uname: 'newuname',
    sendfile: 'sendfile64',
    umount2: 'umount',
    fadvise64: 'fadvise64_64',
    personality: 'arm64_personality',
  },
};

/** Member of thread_info, and the bit in it: TS_COMPAT, TIF_32BIT. */
const COMPAT: Readonly<Record<'x64' | 'arm64', readonly [member: string, bit: bigint]>> = {
  x64: ['status', 1n << 1n],
  arm64: ['flags', 1n << 22n],
};

/** Number by the name in the tracepoint. */
function numbers(arch: 'x64' | 'arm64'): ReadonlyMap<string, number> {
  const functions = FUNCTIONS[arch];
  return new Map([...syscallNames(arch)].map(([number, name]) => [functions[name] ?? name, Number(number)]));
}

function compatOf({ arch, btf }: Target): SyscallDispatch['compat'] | null {
  const [name, bit] = COMPAT[arch];
  const task = btf?.struct('task_struct', 'struct');
  if (btf === null || task === null || task === undefined) return null;
  const info = btf.fields(task.id)?.find((f) => f.name === 'thread_info');
  if (info?.type.kind !== 'struct') return null;
  const member = btf.fields(info.type.id)?.find((f) => f.name === name);
  return member === undefined ? null : { offset: info.offset + member.offset, bit };
}

const DIRECTIONS = ['sys_enter', 'sys_exit'] as const;

/** Takes the sites that one program can stand for; the others are left. */
export function dispatchSyscalls(
  probes: readonly ResolvedProbe[],
  target: Target,
): {
  readonly groups: readonly { readonly sites: ResolvedProbe[]; readonly dispatch: SyscallDispatch }[];
  readonly left: ResolvedProbe[];
} {
  const none = { groups: [], left: [...probes] };
  if (probes.length < FEWEST) return none;
  const compat = compatOf(target);
  if (compat === null) return none;
  const known = numbers(target.arch);
  const taken = new Set<ResolvedProbe>();
  const groups = DIRECTIONS.flatMap((event) => {
    const format = target.tracepoint('raw_syscalls', event);
    const sites = probes.filter(({ site }) => numberOf(site, event, known) !== undefined);
    if (format === null || sites.length < FEWEST) return [];
    const table = new Uint16Array(TABLE);
    sites.forEach(({ site }, n) => (table[numberOf(site, event, known) ?? 0] = n + 1));
    for (const one of sites) taken.add(one);
    const through: ResolvedProbe = {
      name: `tracepoint:raw_syscalls:${event}`,
      site: { kind: 'tracepoint', category: 'raw_syscalls', event, id: format.id },
    };
    return [{ sites, dispatch: { through, sites: table, compat } }];
  });
  return { groups, left: probes.filter((one) => !taken.has(one)) };
}

function numberOf(
  site: ResolvedProbe['site'],
  event: (typeof DIRECTIONS)[number],
  known: ReadonlyMap<string, number>,
): number | undefined {
  if (site.kind !== 'tracepoint' || site.category !== 'syscalls' || !site.event.startsWith(`${event}_`))
    return undefined;
  const number = known.get(site.event.slice(event.length + 1));
  return number === undefined || number >= TABLE ? undefined : number;
}
