/** The current task: ids, name, credentials. Each helper is called once on a way through the program. */
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { address, clear, copy, pointee, type Memory } from '../lower/memory.ts';
import {
  COMM_SIZE,
  LEADER_ID,
  LEADER_NAME,
  PARENT_NAME,
  PARENT_PID,
  taskName,
  taskNumber,
} from '../lower/task-member.ts';
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

/**
 * Cleared first: the helper of some kernels (6.1 among them) leaves what is behind the name's end as it was, and then the
 * same name would be many keys.
 */
function readComm(cx: Context, to: Memory): void {
  if (to.loose !== true) clear(cx, to, COMM_SIZE);
  cx.b.call('get_current_comm', address(cx, to), BigInt(COMM_SIZE));
}

/** Where the name is when the text uses it more than once: read on first use. */
function commPlace(cx: Context): Memory | null {
  const { commSlot } = cx;
  if (commSlot === null) return null;
  const place: Memory = { space: 'bpf', base: commSlot, offset: 0 };
  if (cx.cache.get('comm') === undefined) {
    readComm(cx, place);
    cx.cache.set('comm', commSlot);
  }
  return place;
}

function comm(cx: Context, to: Memory): void {
  const place = commPlace(cx);
  if (place === null) readComm(cx, to);
  else copy(cx, place, to, COMM_SIZE);
}

export const currentTask = (cx: Context): Reg => cx.cache.reg('curtask', () => cx.b.call('get_current_task'));

const current = (cx: Context): Memory => pointee(cx, currentTask(cx), 'kernel');

export const TASK: BuiltinTable = {
  pid: number((cx, e) => high(cx, e.param === 'init' ? cx.b.call('get_current_pid_tgid') : pidTgid(cx))),
  tid: number((cx, e) => low(cx, e.param === 'init' ? cx.b.call('get_current_pid_tgid') : pidTgid(cx))),
  uid: number((cx) => low(cx, uidGid(cx))),
  gid: number((cx) => high(cx, uidGid(cx))),
  username: number((cx) => low(cx, uidGid(cx))),
  comm: { ...object((cx, _e, to) => comm(cx, to)), place: commPlace },
  curtask: number(currentTask),
  cgroup: number((cx) => cx.b.call('get_current_cgroup_id')),
  ppid: number((cx) => taskNumber(cx, current(cx), PARENT_PID, 'ppid')),
  pcomm: object((cx, _e, to) => taskName(cx, current(cx), PARENT_NAME, to, 'pcomm')),
  leader_comm: object((cx, _e, to) => taskName(cx, current(cx), LEADER_NAME, to, 'leader_comm')),
  leader_tid: number((cx) => taskNumber(cx, current(cx), LEADER_ID, 'leader_tid')),
};
