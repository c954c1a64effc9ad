/** The current task: ids, name, credentials. Each helper is called once on a way through the program. */
import type { StructType } from '../../language/types.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { address, clear, copy, pointee, loadInt, type Memory } from '../lower/memory.ts';
import { number, object, type BuiltinTable } from './row.ts';

/** tgid << 32 | pid, in the agent's own pid namespace. */
function pidTgid(cx: Context): Reg {
  return cx.cache.reg('pid_tgid', () => {
    const { pidNamespace } = cx.module.target;
    if (pidNamespace === null) return cx.b.call('get_current_pid_tgid');
    return inNamespace(cx, pidNamespace.dev, pidNamespace.ino);
  });
}

/** struct bpf_pidns_info {u32 pid, u32 tgid}; zeros for a task of another namespace. */
function inNamespace(cx: Context, dev: bigint, ino: bigint): Reg {
  return cx.b.scope(() => {
    const info = cx.b.slot(8);
    cx.b.store(8, info, 0, 0n);
    cx.b.call('get_ns_current_pid_tgid', dev, ino, info, 8n);
    return cx.b.load(8, info, 0);
  });
}

const high = (cx: Context, word: Value): Value => cx.b.alu('rsh', word, 32n);
const low = (cx: Context, word: Value): Value => cx.b.alu('and', word, -1n, 32);
const uidGid = (cx: Context): Reg => cx.cache.reg('uid_gid', () => cx.b.call('get_current_uid_gid'));

export const COMM_SIZE = 16;

/** Where the name is when the text uses it more than once: read on first use. */
function commPlace(cx: Context): Memory | null {
  const { commSlot } = cx;
  if (commSlot === null) return null;
  if (cx.cache.get('comm') === undefined) {
    cx.b.call('get_current_comm', commSlot, BigInt(COMM_SIZE));
    cx.cache.set('comm', commSlot);
  }
  return { space: 'bpf', base: commSlot, offset: 0 };
}

function comm(cx: Context, to: Memory): void {
  const place = commPlace(cx);
  if (place === null) cx.b.call('get_current_comm', address(cx, to), BigInt(COMM_SIZE));
  else copy(cx, place, to, COMM_SIZE);
}

export const currentTask = (cx: Context): Reg => cx.cache.reg('curtask', () => cx.b.call('get_current_task'));

/** A member of the current task by BTF, following pointers. */
function taskMember(
  cx: Context,
  path: readonly string[],
): { readonly at: Memory; readonly size: 1 | 2 | 4 | 8 } | null {
  let at = pointee(cx, currentTask(cx), 'kernel');
  let type = cx.module.target.btf?.struct('task_struct', 'struct') ?? null;
  for (const [n, name] of path.entries()) {
    const field = type === null ? undefined : findField(cx, type.id, name, 0);
    if (field === undefined) return null;
    at = { ...at, offset: at.offset + field.offset };
    if (n === path.length - 1) return { at, size: field.size };
    at = pointee(cx, loadInt(cx, at, 8, false), 'kernel');
    type = field.to;
  }
  return null;
}

interface Found {
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly to: StructType | null;
}

function findField(cx: Context, id: string, name: string, base: number): Found | undefined {
  for (const f of cx.module.target.btf?.fields(id) ?? []) {
    if (f.name === name) {
      const to = f.type.kind === 'pointer' && f.type.to.kind === 'struct' ? f.type.to : null;
      const size = f.type.kind === 'int' || f.type.kind === 'enum' ? f.type.size : 8;
      return { offset: base + f.offset, size, to };
    }
    if (f.name === '' && f.type.kind === 'struct') {
      const inner = findField(cx, f.type.id, name, base + f.offset);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

function memberNumber(cx: Context, path: readonly string[], what: string): Value {
  const found = taskMember(cx, path);
  if (found !== null) return loadInt(cx, found.at, found.size, false);
  cx.module.diagnostics.error('needs-btf', cx.b.span, `${what} needs the kernel's BTF`);
  return 0n;
}

function memberComm(cx: Context, path: readonly string[], to: Memory, what: string): void {
  const found = taskMember(cx, path);
  if (found !== null) return copy(cx, found.at, to, COMM_SIZE);
  cx.module.diagnostics.error('needs-btf', cx.b.span, `${what} needs the kernel's BTF`);
  clear(cx, to, COMM_SIZE);
}

export const TASK: BuiltinTable = {
  pid: number((cx, e) => high(cx, e.param === 'init' ? cx.b.call('get_current_pid_tgid') : pidTgid(cx))),
  tid: number((cx, e) => low(cx, e.param === 'init' ? cx.b.call('get_current_pid_tgid') : pidTgid(cx))),
  uid: number((cx) => low(cx, uidGid(cx))),
  gid: number((cx) => high(cx, uidGid(cx))),
  username: number((cx) => low(cx, uidGid(cx))),
  comm: { ...object((cx, _e, to) => comm(cx, to)), place: commPlace },
  curtask: number(currentTask),
  cgroup: number((cx) => cx.b.call('get_current_cgroup_id')),
  ppid: number((cx) => memberNumber(cx, ['real_parent', 'tgid'], 'ppid')),
  pcomm: object((cx, _e, to) => memberComm(cx, ['real_parent', 'comm'], to, 'pcomm')),
  leader_comm: object((cx, _e, to) => memberComm(cx, ['group_leader', 'comm'], to, 'leader_comm')),
  leader_tid: number((cx) => memberNumber(cx, ['group_leader', 'pid'], 'leader_tid')),
};
