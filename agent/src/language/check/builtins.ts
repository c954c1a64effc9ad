/** The typing rules of builtin variables, by the names of tables/builtins.ts. */
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import type { AttachKind, AttachSite, ResolvedProbe } from '../attach.ts';
import { stringBytes } from '../string-bytes.ts';
import { builtinRow } from '../tables/builtins.ts';
import type { BuiltinRow } from '../tables/builtins.ts';
import { STACK_DEPTH, UINT32, UINT64 } from '../types.ts';
import type { Type } from '../types.ts';
import { probedBinary } from './probed-binary.ts';
import { bool, constant, member, pointerTo, text } from './build.ts';
import { fieldType } from './access.ts';
import type { Env } from './env.ts';
import { VOID } from './script-types.ts';
import { unknownExpr } from './unknown.ts';
import { lackOf } from '../tables/features.ts';

export const COMM: Type = { kind: 'string', size: 16 };

type Rule = (env: Env, name: string, span: Span) => HirExpr;

export function builtinExpr(name: string, type: Type, span: Span, param: string | null = null): HirExpr {
  return { kind: 'builtin', type, name, param, span };
}

const plain =
  (type: Type): Rule =>
  (_env, name, span) =>
    builtinExpr(name, type, span);

/** A struct of the kernel, or a declared-only one without BTF. */
export function kernelStruct(env: Env, name: string): Type {
  const found = env.session.types.tag('struct', name);
  return found ?? { kind: 'struct', union: false, name, id: `declared:${name}`, size: 0, align: 1 };
}

export const BUILTIN_RULES: Readonly<Record<string, Rule>> = {
  args: (env, _name, span) => {
    if (env.place.kind === 'uprobe' || env.place.kind === 'usdt') env.place.dependencies.add('args');
    const type = env.place.args;
    if (type !== null) {
      env.place.dependencies.add('args');
      return { kind: 'context', type, span };
    }
    if (!env.session.blind && env.place.probe !== null) {
      env.error('no-args', span, `The arguments of ${env.place.probe.name} are not known.`, argsHint(env));
    }
    return unknownExpr(span);
  },
  arg: argument,
  cgroup: plain(UINT64),
  comm: plain(COMM),
  cpid: (env, _name, span) => {
    const { blind, options } = env.session;
    if (options.cpid === undefined && !blind) {
      env.warning(
        'no-child',
        span,
        'There is no child process: cpid is 0.',
        'Give a command with -c, or ask has_cpid.',
      );
    }
    return constant(BigInt(options.cpid ?? 0), UINT64, span);
  },
  has_cpid: (env, _name, span) => bool(env.session.options.cpid !== undefined, span),
  cpu: plain(UINT32),
  ctx: (env, name, span) => {
    const { args, kind } = env.place;
    if (kind === 'iter' && args !== null) return { kind: 'context', type: args, span };
    return builtinExpr(name, pointerTo(VOID, 'context'), span);
  },
  curtask: (env, name, span) => builtinExpr(name, pointerTo(kernelStruct(env, 'task_struct'), 'kernel'), span),
  elapsed: plain(UINT64),
  func: (env, name, span) => {
    const { place } = env;
    const has = (feature: string): boolean => env.session.target.has(feature);
    const isUser = place.kind === 'uprobe';
    // A program finds out at which of its probes it is; where it cannot, each has its own program.
    if (isUser && !has('helper:bpf_get_attach_cookie')) place.dependencies.add('name');
    if (place.kind === 'kprobe' && place.returns && !has('helper:bpf_get_func_ip')) place.dependencies.add('name');
    return builtinExpr(name, { kind: isUser ? 'usym' : 'ksym' }, span);
  },
  gid: plain(UINT32),
  jiffies: plain(UINT64),
  kstack: (env, _name, span) => stack(env, 'kstack', span),
  leader_comm: plain(COMM),
  leader_tid: plain(UINT32),
  ncpus: (env, _name, span) => constant(BigInt(env.session.target.possibleCpus), UINT64, span),
  nsecs: (_env, name, span) => builtinExpr(name, UINT64, span, 'boot'),
  numaid: plain(UINT32),
  pcomm: plain(COMM),
  pid: plain(UINT32),
  ppid: plain(UINT32),
  probe: (env, name, span) => {
    const { place, session } = env;
    if (place.probe === null) return unknownExpr(span);
    if (place.sites.length > 1) {
      const shared = hasCookies(place.kind) && session.target.has('helper:bpf_get_attach_cookie');
      if (shared) return builtinExpr(name, { kind: 'string', size: longestName(place.sites) + 1 }, span);
      place.dependencies.add('name');
    }
    return text(place.probe.name, span);
  },
  probetype: (env, _name, span) => {
    const { kind, returns } = env.place;
    return text(kind === 'begin' || kind === 'end' ? 'special' : probeType(kind, returns), span);
  },
  rand: plain(UINT32),
  retval: returnValue,
  tid: plain(UINT32),
  uid: plain(UINT32),
  usermode: plain({ kind: 'int', size: 1, signed: false }),
  username: plain({ kind: 'username' }),
  ustack: (env, _name, span) => stack(env, 'ustack', span),
  dw_ustack: (env, _name, span) => (allowsUnwinding(env, span) ? stack(env, 'dw_ustack', span) : unknownExpr(span)),
};

/** Kinds whose programs can ask at which of their places they run; the others have a program for each anyway. */
const COOKIES: ReadonlySet<AttachKind | 'function'> = new Set<AttachKind>([
  'kprobe',
  'uprobe',
  'usdt',
  'tracepoint',
  'profile',
  'interval',
  'software',
  'hardware',
]);

const hasCookies = (kind: AttachKind | 'function'): boolean => COOKIES.has(kind);

const longestName = (sites: readonly ResolvedProbe[]): number =>
  sites.reduce((longest, { name }) => Math.max(longest, stringBytes(name).length), 0);

function argsHint({ place, session }: Env): string | undefined {
  if (place.kind !== 'uprobe') return undefined;
  const binary = probedBinary(session.target, place.probe?.site);
  const usual = 'They are known at the start of functions with debugging information (-g): use arg0, arg1 and so on.';
  return [usual, binary?.stripped?.('debug-info')].filter(Boolean).join(' ');
}

export type StackBuiltin = 'kstack' | 'ustack' | 'dw_ustack';

/** dw_ustack is a user stack like the other: it is only found in another way. */
export const stackKind = (name: StackBuiltin): 'kstack' | 'ustack' => (name === 'kstack' ? 'kstack' : 'ustack');

function stack(env: Env, name: StackBuiltin, span: Span): HirExpr {
  const type: Type = { kind: stackKind(name), mode: env.session.config.stack_mode, depth: STACK_DEPTH };
  return builtinExpr(name, type, span);
}

/** Says what the config wants said of dw_ustack. */
export function allowsUnwinding(env: Env, span: Span): boolean {
  const setting = env.session.config.unstable_dw_ustack;
  if (setting === 'error') {
    env.error(
      'unstable',
      span,
      'dw_ustack is not stable yet.',
      'Allow it with config = { unstable_dw_ustack = enable }.',
    );
    return false;
  }
  if (setting === 'warn') {
    env.warning(
      'unstable',
      span,
      'dw_ustack is not stable yet: a program has the stack of ustack until its tables are made, some milliseconds after it starts.',
    );
  }
  return true;
}

/** Whether the builtin may stand here; says why not. */
export function allowedHere(env: Env, row: BuiltinRow, name: string, span: Span): boolean {
  const { kind, returns } = env.place;
  if (row.probes === undefined) return true;
  if (kind === 'function') {
    env.error('builtin-place', span, `The builtin ${name} cannot be used in a function.`, 'Pass it as an argument.');
    return false;
  }
  if (name === 'retval' && kind === 'tracepoint') {
    env.error('builtin-place', span, 'The builtin retval cannot be used with tracepoints.', 'Use args.ret.');
    return false;
  }
  if (name === 'args' && kind === 'kprobe') {
    env.error(
      'builtin-place',
      span,
      'The builtin args cannot be used with kprobes.',
      'Use arg0, arg1 and so on, or an fentry probe.',
    );
    return false;
  }
  const type = probeType(kind, returns);
  if (!row.probes.includes(kind)) {
    env.error('builtin-place', span, `The builtin ${name} cannot be used with '${type}' probes.`);
    return false;
  }
  if (row.returns === true && !returns) {
    env.error(
      'builtin-place',
      span,
      `The builtin retval cannot be used with '${type}' probes.`,
      'It is known when the function returns.',
    );
    return false;
  }
  if (name.startsWith('arg') && name !== 'args' && returns && kind !== 'fentry') {
    env.error(
      'builtin-place',
      span,
      `The builtin ${name} cannot be used with '${type}' probes.`,
      'Store it in a map at the entry of the function.',
    );
    return false;
  }
  return true;
}

const RETURNING: Partial<Record<AttachKind | 'function', string>> = {
  kprobe: 'kretprobe',
  uprobe: 'uretprobe',
  fentry: 'fexit',
};

/** The name of a probe type as it is written. */
export function probeType(kind: AttachKind | 'function', returns: boolean): string {
  return (returns ? RETURNING[kind] : undefined) ?? kind;
}

/** Registers that pass arguments. */
const ARGUMENT_REGISTERS = { x64: 6, arm64: 8 } as const;
const MAX_ARGUMENTS: Partial<Record<AttachKind, number>> = {
  usdt: 12,
  rawtracepoint: 12,
  fentry: 12,
};

/** `arg0`: an integer as the register or slot holds it. */
function argument(env: Env, name: string, span: Span): HirExpr {
  const index = Number(name.slice(3));
  const { kind, probe } = env.place;
  const inRegisters = kind === 'kprobe' || kind === 'uprobe';
  const registers = ARGUMENT_REGISTERS[env.session.target.arch];
  const limit = kind === 'function' ? 0 : inRegisters ? registers : (MAX_ARGUMENTS[kind] ?? 0);
  if (index >= limit) {
    env.error(
      'builtin-place',
      span,
      `${name} is out of reach: ${kind} probes give ${String(limit)} arguments.`,
      'Arguments on the stack can be read by reg("sp").',
    );
    return unknownExpr(span);
  }
  if (kind === 'usdt') {
    env.place.dependencies.add('args');
    const site: AttachSite | undefined = probe?.site;
    if (site?.kind === 'usdt' && index >= site.args.length) {
      env.error('builtin-place', span, `The probe ${probe?.name ?? ''} has ${String(site.args.length)} arguments.`);
      return unknownExpr(span);
    }
  }
  return builtinExpr('arg', UINT64, span, String(index));
}

/** fexit knows the type; the others give what is in the register. */
function returnValue(env: Env, name: string, span: Span): HirExpr {
  if (env.place.kind !== 'fentry') return builtinExpr(name, UINT64, span);
  env.place.dependencies.add('args');
  const { args } = env.place;
  if (args === null) return unknownExpr(span);
  const field = env.session.types.fields(args.id)?.find((one) => one.name === '$retval');
  if (field === undefined) {
    if (!env.session.blind)
      env.error('type-mismatch', span, `${env.place.probe?.name ?? 'The function'} returns nothing.`);
    return unknownExpr(span);
  }
  return member({ kind: 'context', type: args, span }, field, fieldType(env, field.type, 'context'), span);
}

/** A builtin by name, checked for its place; null when there is no such builtin. */
export function builtin(env: Env, name: string, span: Span): HirExpr | null {
  const row = builtinRow(name);
  if (row === null) return null;
  const rule = BUILTIN_RULES[row.name];
  if (rule === undefined) return null;
  if (!allowedHere(env, row, name, span)) return unknownExpr(span);
  const { requires } = row;
  const lack = requires === undefined || env.session.blind ? null : lackOf(env.session.target, ...requires);
  if (lack !== null) {
    env.error('needs-feature', span, `${name} needs ${lack.words}.`, lack.mend);
    return unknownExpr(span);
  }
  return rule(env, name, span);
}
