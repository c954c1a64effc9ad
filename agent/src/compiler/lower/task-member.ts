/** Members of a task by BTF, following pointers: `real_parent.tgid`. */
import { lackOf } from '../../language/tables/features.ts';
import type { StructType } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { clear, readString, loadInt, pointee, type Memory } from './memory.ts';

/** The kernel's TASK_COMM_LEN. */
export const COMM_SIZE = 16;

type Path = readonly string[];

export const NAME: Path = ['comm'];
export const PARENT_PID: Path = ['real_parent', 'tgid'];
export const PARENT_NAME: Path = ['real_parent', 'comm'];
export const LEADER_NAME: Path = ['group_leader', 'comm'];
export const LEADER_ID: Path = ['group_leader', 'pid'];

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

function member(
  cx: Context,
  task: Memory,
  path: Path,
  what: string,
): { readonly at: Memory; readonly size: 1 | 2 | 4 | 8 } | null {
  let at = task;
  let type = cx.module.target.btf?.struct('task_struct', 'struct') ?? null;
  for (const [n, name] of path.entries()) {
    const field = type === null ? undefined : findField(cx, type.id, name, 0);
    if (field === undefined) break;
    at = { ...at, offset: at.offset + field.offset };
    if (n === path.length - 1) return { at, size: field.size };
    at = pointee(cx, loadInt(cx, at, 8, false), 'kernel');
    type = field.to;
  }
  const { words = 'a member of task_struct that this kernel does not have', mend } =
    lackOf(cx.module.target, 'btf') ?? {};
  cx.module.diagnostics.error('needs-btf', cx.b.span, `${what} needs ${words}.`, mend);
  return null;
}

/** An integer member; `what` is the builtin or function for the message where BTF is missing. */
export function taskNumber(cx: Context, task: Memory, path: Path, what: string): Value {
  const found = member(cx, task, path, what);
  return found === null ? 0n : loadInt(cx, found.at, found.size, false);
}

/** A name of 16 bytes. */
export function taskName(cx: Context, task: Memory, path: Path, to: Memory, what: string): void {
  const found = member(cx, task, path, what);
  if (found === null) clear(cx, to, COMM_SIZE);
  // Up to its NUL: before Linux 5.17 an earlier, longer name may show behind it.
  else readString(cx, found.at, to, COMM_SIZE, BigInt(COMM_SIZE));
}
