/**
 * Kernel pointers that the verifier knows by BTF: arguments of BTF-typed programs, the current task, and what members of
 * those point to. What they point to is loaded directly, without a helper; a bad address reads as 0.
 */
import type { HirExpr } from '../../language/hir.ts';
import type { Type } from '../../language/types.ts';
import type { Reg } from '../ir/instruction.ts';
import type { Context } from './context.ts';

const BTF_SITES: ReadonlySet<string> = new Set(['fentry', 'iter']);

/** Programs whose context holds BTF-typed arguments. */
export const hasTypedContext = (cx: Context): boolean =>
  cx.frame === null &&
  // What arguments of other BPF programs are, only the verifier knows.
  !(cx.site.kind === 'fentry' && cx.site.bpfProgram !== null) &&
  (BTF_SITES.has(cx.site.kind) ||
    (cx.site.kind === 'rawtracepoint' && cx.site.btfId !== null && cx.site.module === ''));

/** Structs of the kernel's own BTF, not of modules or of the script. */
const isKernelStruct = (type: Type): boolean =>
  type.kind === 'struct' && (type.id.startsWith('btf:vmlinux:') || type.id.startsWith('btf::'));

/** Whether the pointer that this expression gives may be followed by direct loads. */
export function isTrusted(cx: Context, e: HirExpr): boolean {
  if (e.type.kind !== 'pointer' || e.type.space === 'user' || !isKernelStruct(e.type.to)) return false;
  if (e.kind === 'builtin') return e.name === 'curtask' && cx.module.target.has('helper:bpf_get_current_task_btf');
  if (e.kind !== 'member' || e.field.bits !== undefined || e.field.dynamic !== undefined) return false;
  return e.object.kind === 'context' ? hasTypedContext(cx) : isTrustedObject(cx, e.object);
}

function isTrustedObject(cx: Context, e: HirExpr): boolean {
  if (e.kind === 'deref') return isTrusted(cx, e.pointer);
  return e.kind === 'member' && e.field.dynamic === undefined && isTrustedObject(cx, e.object);
}

/** The current task as a pointer that the verifier knows. Needs kernel 5.11. */
export const typedTask = (cx: Context): Reg => cx.cache.reg('curtask_btf', () => cx.b.call('get_current_task_btf'));
