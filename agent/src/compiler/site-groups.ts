/** Which sites of one body share a program, and how that program is attached to them. */
import { AttachType } from '@bpfscope/native/uapi';
import type { AttachSite, ResolvedProbe } from '../language/attach.ts';
import type { Target } from '../language/target.ts';
import { dispatchSyscalls, type SyscallDispatch } from './syscall-dispatch.ts';

export interface SiteGroup {
  readonly sites: readonly ResolvedProbe[];
  /** The attach type of a program that is attached to all its sites in one call; null: one by one. */
  readonly multi: number | null;
  /** How one program stands for tracepoints of many system calls; null: it does not. */
  readonly dispatch: SyscallDispatch | null;
}

/** Where one call attaches to many: the sites that it can take together have the same key. */
interface Multi {
  readonly key: string;
  readonly attachType: number;
}

/** Before Linux 6.11 a link to many uprobes of one process missed its other threads. */
const THREADS_OF_PID = 0x060b00;

function multiOf(site: AttachSite, target: Target): Multi | null {
  if (site.kind === 'kprobe') {
    // ftrace knows functions, not places in them.
    if (site.offset !== 0 || site.address !== null || !target.has('kprobe_multi')) return null;
    return { key: 'kprobe', attachType: AttachType.BPF_TRACE_KPROBE_MULTI };
  }
  if (site.kind === 'uprobe' || site.kind === 'usdt') {
    if ((site.pid !== null && target.kernel < THREADS_OF_PID) || !target.has('uprobe_multi')) return null;
    return { key: `${site.kind} ${site.path} ${String(site.pid)}`, attachType: AttachType.BPF_TRACE_UPROBE_MULTI };
  }
  return null;
}

/** Whose BTF an id is of: a module's, a BPF program's, or the kernel's own. */
function holder(site: AttachSite): string {
  if (site.kind === 'fentry' && site.bpfProgram !== null) return `program ${site.bpfProgram.id}`;
  return 'module' in site ? site.module : '';
}

/** Sites of the same kind of program. */
function kindKey({ site }: ResolvedProbe): string {
  const own = 'btfId' in site && site.btfId !== null ? `:${site.btfId}:${holder(site)}` : '';
  return `${site.kind}${'return' in site && site.return ? ':return' : ''}${own}`;
}

/**
 * Two sites or more that the kernel attaches in one call do so; all others of a kind share a program too. Where the
 * kernel denies us uprobes one by one (they take CAP_SYS_ADMIN, together they do not), a single one is also "many".
 */
export function siteGroups(probes: readonly ResolvedProbe[], target: Target): SiteGroup[] {
  const syscalls = dispatchSyscalls(probes, target);
  const groups = [...grouped(syscalls.left, kindKey).values()].flatMap((ofKind) => groupsOfKind(ofKind, target));
  return [...syscalls.groups.map((group): SiteGroup => ({ ...group, multi: null })), ...groups];
}

function groupsOfKind(ofKind: readonly ResolvedProbe[], target: Target): SiteGroup[] {
  const kind = ofKind[0]?.site.kind;
  const fewest = (kind === 'uprobe' || kind === 'usdt') && !target.has('uprobe') ? 1 : 2;
  const apart = (sites: readonly ResolvedProbe[]): SiteGroup => ({ sites, multi: null, dispatch: null });
  // Each counts its own ticks.
  if (kind === 'interval') return ofKind.map((probe) => apart([probe]));
  if (ofKind.length < fewest) return [apart(ofKind)];
  const byCall = [...grouped(ofKind, ({ site }) => multiOf(site, target)?.key ?? '').entries()];
  const together = byCall.filter(([key, sites]) => key !== '' && sites.length >= fewest).map(([, sites]) => sites);
  const alone = byCall.filter(([key, sites]) => key === '' || sites.length < fewest).flatMap(([, sites]) => sites);
  const groups = together.map((sites): SiteGroup => {
    const first = sites[0];
    const multi = first === undefined ? null : (multiOf(first.site, target)?.attachType ?? null);
    return { sites, multi, dispatch: null };
  });
  return alone.length === 0 ? groups : [...groups, apart(alone)];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
