/** path(p): the full path of a file by bpf_d_path. Linux 5.10, in iterators and a few functions only. */
import { sizeOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Operand } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { address, clear, readString, type Memory } from '../lower/memory.ts';
import { objectOf } from '../lower/object.ts';
import { isTrusted } from '../lower/trusted.ts';
import { arg, object, type Call, type FunctionTable } from './row.ts';

/** Kernel: kernel/trace/bpf_trace.c, btf_allowlist_d_path. */
const ALLOWED: ReadonlySet<string> = new Set([
  'security_file_permission',
  'security_inode_getattr',
  'security_file_open',
  'security_path_truncate',
  'vfs_truncate',
  'vfs_fallocate',
  'dentry_open',
  'vfs_getattr',
  'filp_close',
]);
const HINT = 'Elsewhere the name alone is at hand: f_path.dentry.d_name.name.';

function path(cx: Context, e: Call, to: Memory): void {
  const size = sizeOf(e.type);
  const from = pathAddress(cx, e, arg(e, 0));
  if (from === null) return clear(cx, to, size);
  cx.needs(`helper:bpf_d_path@${cx.site.kind === 'iter' ? 'iter' : 'tracing'}`, 'path()');
  if (to.loose === true) {
    clear(cx, to, size);
    cx.b.call('d_path', from, address(cx, to), BigInt(size));
    return;
  }
  // The helper leaves bytes behind the NUL, which must not get into keys.
  const made = cx.temporary(size);
  clear(cx, made, size);
  cx.b.call('d_path', from, address(cx, made), BigInt(size));
  readString(cx, made, to, size, BigInt(size));
}

/** As a pointer that the verifier knows; null, and why, when there is none. */
function pathAddress(cx: Context, e: Call, pointer: HirExpr): Operand | null {
  const { diagnostics } = cx.module;
  const { site } = cx;
  if (site.kind === 'fentry' && !ALLOWED.has(site.symbol)) {
    const functions = [...ALLOWED].join(', ');
    diagnostics.error('function-place', e.span, `The kernel allows path() in iterators and in ${functions}.`, HINT);
    return null;
  }
  if (pointer.kind === 'address-of') {
    const object = objectOf(cx, pointer.operand);
    if (object.space === 'trusted') return address(cx, object);
  } else if (isTrusted(cx, pointer)) return lowerValue(cx, pointer);
  diagnostics.error(
    'type-mismatch',
    e.span,
    'path() takes a path that is reached from args by its members.',
    'Without casts, variables or maps between: path(args.file.f_path).',
  );
  return null;
}

export const PATHS: FunctionTable = { path: object(path) };
