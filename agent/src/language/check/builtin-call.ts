/** Builtins with a parameter: `nsecs(tai)`, `pid(init)`, `kstack(perf, 5)`, `comm(pid)`. */
import type * as ast from '../ast.ts';
import type { HirExpr } from '../hir.ts';
import { builtinRow } from '../tables/builtins.ts';
import type { StackMode } from '../types.ts';
import { STACK_DEPTH, UINT64 } from '../types.ts';
import { allowsUnwinding, builtin, builtinExpr, stackKind, type StackBuiltin } from './builtins.ts';
import { asInteger, coerce } from './convert.ts';
import type { Env } from './env.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

type CallExpr = Extract<ast.Expr, { kind: 'call' }>;

const MODES: ReadonlySet<string> = new Set<StackMode>(['bpftrace', 'perf', 'raw', 'build_id']);
/** Builtins that take the process as an argument. */
const OF_PROCESS: ReadonlySet<string> = new Set(['comm', 'ppid', 'pcomm', 'leader_comm', 'leader_tid']);
const MAX_DEPTH = 1024n;

export function parameterised(env: Env, e: CallExpr): HirExpr {
  const { name, span, args } = e;
  if (name === 'kstack' || name === 'ustack' || name === 'dw_ustack') return stackCall(env, name, e);
  const plain = builtin(env, name, span);
  if (plain === null || isUnknown(plain.type) || args.length === 0) return plain ?? unknownExpr(span);
  const [arg] = args;
  const params = builtinRow(name)?.params;
  if (arg !== undefined && args.length === 1 && params !== undefined) {
    if (arg.kind === 'ident' && params.includes(arg.name)) return builtinExpr(name, plain.type, span, arg.name);
    env.error('bad-parameter', arg.span, `${name}() takes one of ${params.join(', ')}.`);
    return unknownExpr(span);
  }
  if (arg !== undefined && args.length === 1 && OF_PROCESS.has(name)) {
    const process = env.expression(arg);
    if (isUnknown(process.type)) return unknownExpr(span);
    const target = process.type.kind === 'pointer' ? process : asInteger(env, process, `The process of ${name}()`);
    if (target === null) return unknownExpr(span);
    return {
      kind: 'call',
      type: plain.type,
      name,
      args: [target.type.kind === 'pointer' ? target : coerce(target, UINT64)],
      literals: [],
      span,
    };
  }
  env.error('call-arguments', span, `${name} takes no arguments.`);
  return unknownExpr(span);
}

/** The arguments are a mode and a number of frames, in any order, both optional. */
function stackCall(env: Env, name: StackBuiltin, e: CallExpr): HirExpr {
  if (name === 'dw_ustack' && !allowsUnwinding(env, e.span)) return unknownExpr(e.span);
  let mode = env.session.config.stack_mode;
  let depth = STACK_DEPTH;
  for (const arg of e.args) {
    if (arg.kind === 'ident' && MODES.has(arg.name)) {
      mode = arg.name as StackMode;
      continue;
    }
    const frames = env.expression(arg);
    if (isUnknown(frames.type)) return unknownExpr(e.span);
    if (frames.kind !== 'const' || frames.value < 1n || frames.value > MAX_DEPTH) {
      env.error(
        'bad-parameter',
        arg.span,
        `${name}() takes a mode (${[...MODES].join(', ')}) and a literal number of frames from 1 to ${String(MAX_DEPTH)}.`,
      );
      return unknownExpr(e.span);
    }
    depth = Number(frames.value);
  }
  return builtinExpr(name, { kind: stackKind(name), mode, depth }, e.span);
}
