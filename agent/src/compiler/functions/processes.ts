/** comm(), ppid() and their kin of another process, by its id or by its task_struct. */
import { lackOf } from '../../language/tables/features.ts';
import { programType } from '../../language/attach.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { clear, pointee, type Memory } from '../lower/memory.ts';
import {
  COMM_SIZE,
  LEADER_ID,
  LEADER_NAME,
  NAME,
  PARENT_NAME,
  PARENT_PID,
  taskName,
  taskNumber,
} from '../lower/task-member.ts';
import { arg, number, object, type Call, type FunctionTable } from './row.ts';

const FIND = 'bpf_task_from_pid';
const RELEASE = 'bpf_task_release';

/** Runs `use` with the task; `missing` where no process has the id. */
function withTask(cx: Context, e: Call, use: (task: Memory) => void, missing: () => void): void {
  const value = arg(e, 0);
  const { b } = cx;
  if (value.type.kind === 'pointer') return use(pointee(cx, lowerValue(cx, value), 'kernel'));
  const find = kernelFunction(cx, e, FIND);
  const release = find === null ? null : kernelFunction(cx, e, RELEASE);
  if (find === null || release === null) return missing();
  const task = b.callKernelFunction(FIND, find, lowerValue(cx, value));
  const found = b.newBlock();
  const none = b.newBlock();
  const end = b.newBlock();
  b.branch('jeq', task, 0n, none, found);
  b.place(found);
  use({ space: 'kernel', base: task satisfies Reg, offset: 0 });
  b.callKernelFunction(RELEASE, release, task);
  b.jump(end);
  b.place(none);
  missing();
  b.place(end);
}

/** BTF id of a kernel function that this program may call; null, and why, when it may not. */
function kernelFunction(cx: Context, e: Call, name: string): number | null {
  const { target, diagnostics } = cx.module;
  const type = programType(cx.site);
  const id = target.btf?.functions(name, 'vmlinux')[0]?.btfId;
  const refuse = (why: string): null => {
    const hint = `${e.name}(task) with a pointer to a task_struct works in every probe.`;
    diagnostics.error('needs-feature', e.span, `${e.name}() of a process id needs ${why}.`, hint);
    return null;
  };
  if (target.pidNamespace !== null) return refuse('the agent to be in the initial pid namespace');
  const lack = lackOf(target, `kfunc:${name}`) ?? lackOf(target, `kfunc:${name}@${type}`);
  if (lack !== null || id === undefined) return refuse(lack?.words ?? `the kernel function ${name} in BTF`);
  return id;
}

const nameOf =
  (path: readonly string[]) =>
  (cx: Context, e: Call, to: Memory): void =>
    withTask(
      cx,
      e,
      (task) => taskName(cx, task, path, to, `${e.name}()`),
      () => clear(cx, to, COMM_SIZE),
    );

const numberOf =
  (path: readonly string[]) =>
  (cx: Context, e: Call): Value => {
    const result = cx.b.reg();
    withTask(
      cx,
      e,
      (task) => cx.b.assign(result, taskNumber(cx, task, path, `${e.name}()`)),
      () => cx.b.assign(result, 0n),
    );
    return cx.b.mov(result);
  };

export const PROCESSES: FunctionTable = {
  comm: object(nameOf(NAME)),
  pcomm: object(nameOf(PARENT_NAME)),
  ppid: number(numberOf(PARENT_PID)),
  leader_comm: object(nameOf(LEADER_NAME)),
  leader_tid: number(numberOf(LEADER_ID)),
};
