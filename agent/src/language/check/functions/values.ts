/** Functions on numbers, addresses and the values that user space turns into text. */
import { lackOf } from '../../tables/features.ts';
import type { HirExpr } from '../../hir.ts';
import { typeName } from '../../type-name.ts';
import { BOOL, INT64, UINT64 } from '../../types.ts';
import type { AddressSpace, Field, IntSize, StructType, Type } from '../../types.ts';
import { findField } from '../access.ts';
import { cast, constant, effect, pointerTo } from '../build.ts';
import type { Call, FunctionRule } from '../call.ts';
import { asInteger, coerce } from '../convert.ts';
import type { Env } from '../env.ts';
import { VOID } from '../script-types.ts';
import { ERROR_TEXTS } from '../../tables/errors.ts';
import { SIGNAL_NAMES, signalNumber } from '../../tables/signals.ts';
import { syscallNames } from '../../tables/syscalls.ts';
import { registerNames } from '../../tables/registers.ts';
import { nearest } from '../suggest.ts';
import { typeOf } from '../type-expression.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';
import { noKernelSymbol } from './constants.ts';

function compute(
  call: Call,
  type: Type,
  args: readonly HirExpr[],
  literals: readonly (string | bigint)[] = [],
): HirExpr {
  return { kind: 'call', type, name: call.name, args, literals, span: call.span };
}

/** The first argument as uint64; null after an error. */
function number(call: Call, index = 0, type: Type = UINT64): HirExpr | null {
  const value = asInteger(call.env, call.value(index), `The argument of ${call.name}()`);
  return value === null ? null : coerce(value, type);
}

/** One number in, one value out. */
const ofNumber =
  (type: Type): FunctionRule =>
  (call) => {
    const value = number(call);
    return value === null ? unknownExpr(call.span) : compute(call, type, [value]);
  };

const AF_INET = 2n;
const AF_INET6 = 10n;

/** Address by size: 4 bytes IPv4, 16 bytes IPv6; an integer is an IPv4 address. */
function ntop(call: Call): HirExpr {
  const address = call.value(call.args.length - 1);
  const family = call.args.length === 2 ? number(call, 0) : null;
  if (isUnknown(address.type) || (call.args.length === 2 && family === null)) return unknownExpr(call.span);
  const bytes = byteArray(address.type);
  const known = address.type.kind === 'int' || bytes === 4 || bytes === 16;
  if (!known) {
    return call.error(
      'type-mismatch',
      address.span,
      `ntop() takes an integer or 4 or 16 bytes, not ${typeName(address.type)}.`,
    );
  }
  const af = family ?? constant(bytes === 16 ? AF_INET6 : AF_INET, UINT64, call.span);
  return compute(call, { kind: 'inet' }, [af, address]);
}

/** How many bytes an array, or a struct around one, has; null for other types. */
function byteArray(type: Type): number | null {
  if (type.kind === 'array' && type.of.kind === 'int' && type.of.size === 1) return type.count;
  if (type.kind === 'string') return type.size;
  if (type.kind === 'struct') return type.size;
  return null;
}

function macaddr(call: Call): HirExpr {
  const address = call.value(0);
  if (isUnknown(address.type)) return unknownExpr(call.span);
  if (byteArray(address.type) !== 6 && address.type.kind !== 'pointer') {
    return call.error('type-mismatch', address.span, `macaddr() takes 6 bytes, not ${typeName(address.type)}.`);
  }
  return compute(call, { kind: 'mac' }, [address]);
}

function strftime(call: Call): HirExpr {
  const format = call.literalText(0, 'the format');
  const arg = call.arg(1);
  const value = number(call, 1);
  if (format === null || value === null) return unknownExpr(call.span);
  return compute(call, { kind: 'timestamp', format, clock: clockOf(arg.kind === 'call' ? arg : null) }, [value]);
}

type Clock = Extract<Type, { kind: 'timestamp' }>['clock'];

/** `strftime(f, nsecs(tai))` counts from another start than plain nsecs. */
function clockOf(arg: { readonly name: string; readonly args: readonly { readonly kind: string }[] } | null): Clock {
  const [param] = arg?.args ?? [];
  const name = arg?.name === 'nsecs' && param?.kind === 'ident' ? (param as unknown as { name: string }).name : 'boot';
  return name === 'monotonic' || name === 'tai' || name === 'sw_tai' ? name : 'boot';
}

function bswap(call: Call): HirExpr {
  const value = asInteger(call.env, call.value(0), 'The argument of bswap()');
  if (value?.type.kind !== 'int') return unknownExpr(call.span);
  const type: Type = { kind: 'int', size: value.type.size, signed: false };
  const operand = coerce(value, type);
  if (operand.kind === 'const') return constant(swap(operand.value, value.type.size), type, call.span);
  return compute(call, type, [operand]);
}

function swap(value: bigint, size: IntSize): bigint {
  let out = 0n;
  for (let i = 0; i < size; i++) out = (out << 8n) | ((value >> BigInt(8 * i)) & 0xffn);
  return out;
}

const inSpace =
  (space: AddressSpace): FunctionRule =>
  (call) => {
    const value = call.value(0);
    if (isUnknown(value.type)) return unknownExpr(call.span);
    if (value.type.kind === 'pointer') return cast(value, pointerTo(value.type.to, space), call.span);
    const address = asInteger(call.env, value, `The argument of ${call.name}()`);
    return address === null
      ? unknownExpr(call.span)
      : cast(coerce(address, UINT64), pointerTo({ kind: 'int', size: 1, signed: true }, space), call.span);
  };

/** container_of(pointer, struct foo, member). The type arrives as a name or as an expression of that type. */
function containerOf(call: Call): HirExpr {
  const pointer = call.value(0);
  const [, type, path] = call.args;
  const struct = type === undefined ? null : structArgument(call.env, type);
  if (isUnknown(pointer.type) || struct === null || path === undefined) {
    if (struct === null && !call.env.session.blind)
      call.error('type-mismatch', call.arg(1).span, 'container_of() takes a struct type.');
    return unknownExpr(call.span);
  }
  const names = memberPath(path);
  let offset = 0;
  let at: Type = struct;
  for (const name of names) {
    const field: Field | null = at.kind === 'struct' ? findField(call.env, at, name) : null;
    if (field === null) return call.error('unknown-field', path.span, `${typeName(at)} has no field ${name}.`);
    offset += field.offset;
    at = field.type;
  }
  const space = pointer.type.kind === 'pointer' ? pointer.type.space : call.env.place.space;
  const start: HirExpr = {
    kind: 'arithmetic',
    type: UINT64,
    op: '-',
    left: coerce(pointer, UINT64),
    right: constant(BigInt(offset), UINT64, call.span),
    span: call.span,
  };
  return cast(start, pointerTo(struct, space), call.span);
}

function structArgument(env: Env, expr: Call['args'][number]): StructType | null {
  if (expr.kind === 'ident') {
    const type = env.session.types.named(expr.name);
    return type?.kind === 'struct' ? type : null;
  }
  const type = expr.kind === 'typeof' ? typeOf(env, expr.of) : env.expression(expr).type;
  return type.kind === 'struct' ? type : null;
}

function memberPath(expr: Call['args'][number]): string[] {
  if (expr.kind === 'ident') return [expr.name];
  return expr.kind === 'member' ? [...memberPath(expr.object), expr.name] : [];
}

function reg(call: Call): HirExpr {
  const name = call.literalText(0, 'the register');
  if (name === null) return unknownExpr(call.span);
  const names = registerNames(call.env.session.target.arch);
  if (!names.includes(name)) {
    return call.error(
      'unknown-register',
      call.arg(0).span,
      `Unknown register '${name}'.`,
      nearest(name, names) ?? `One of ${names.join(', ')}.`,
    );
  }
  return compute(call, UINT64, [], [name]);
}

function signal(call: Call): HirExpr {
  const value = call.value(0);
  if (isUnknown(value.type)) return unknownExpr(call.span);
  if (value.kind !== 'string') {
    const plain = asInteger(call.env, value, `The argument of ${call.name}()`);
    if (plain === null) return unknownExpr(call.span);
    if (plain.kind === 'const' && (plain.value < 1n || plain.value > 64n)) {
      return call.error('bad-parameter', value.span, `${String(plain.value)} is no signal number.`);
    }
    return statement(call, [coerce(plain, UINT64)]);
  }
  const numbered = signalNumber(value.value);
  if (numbered === null) return call.error('bad-parameter', value.span, `'${value.value}' is no signal.`);
  return statement(call, [constant(BigInt(numbered), UINT64, call.span)]);
}

/** A call for its effect in the kernel. */
function statement(call: Call, args: readonly HirExpr[]): HirExpr {
  return effect([{ kind: 'expr', expr: compute(call, VOID, args), span: call.span }], call.span);
}

function path(call: Call): HirExpr {
  const value = call.value(0);
  const size = call.args.length > 1 ? call.literalInteger(1, 'the size') : BigInt(call.env.session.config.max_strlen);
  if (isUnknown(value.type) || size === null) return unknownExpr(call.span);
  const pointer: HirExpr =
    value.type.kind === 'struct'
      ? { kind: 'address-of', type: pointerTo(value.type, 'kernel'), operand: value, span: value.span }
      : value;
  if (pointer.type.kind !== 'pointer')
    return call.error('type-mismatch', value.span, `path() takes a struct path, not ${typeName(value.type)}.`);
  if (size < 1n || size > BigInt(call.env.session.config.max_strlen))
    return call.error('bad-parameter', call.span, 'path: the size must be from 1 to max_strlen.');
  return compute(call, { kind: 'string', size: Number(size) }, [pointer]);
}

function percpuKaddr(call: Call): HirExpr {
  const name = call.literalText(0, 'the symbol');
  const cpu = call.args.length > 1 ? number(call, 1) : null;
  if (name === null || (call.args.length > 1 && cpu === null)) return unknownExpr(call.span);
  const { target, blind } = call.env.session;
  const [symbol, offsets] = [target.kernelSymbol(name), target.kernelSymbol('__per_cpu_offset')];
  const type = pointerTo(UINT64, 'kernel');
  if (blind) return compute(call, type, cpu === null ? [] : [cpu], [name, 0n, 0n]);
  if (offsets === null) {
    const { words = '__per_cpu_offset in /proc/kallsyms', mend } = lackOf(target, 'kallsyms_all') ?? {};
    return call.error('needs-feature', call.span, `percpu_kaddr() needs ${words}.`, mend);
  }
  if (symbol === null) return noKernelSymbol(call, name);
  return compute(call, type, cpu === null ? [] : [cpu], [name, symbol, offsets]);
}

function cgroupPath(call: Call): HirExpr {
  const id = number(call);
  const filter = call.args.length > 1 ? call.literalText(1, 'the filter') : '';
  if (id === null || filter === null) return unknownExpr(call.span);
  return compute(call, { kind: 'cgroup_path', filter }, [id]);
}

/** strerror, signal_name, syscall_name: the number as an enum, whose names user space prints. */
const named =
  (name: string, members: (env: Env) => ReadonlyMap<bigint, string>, unknown = ''): FunctionRule =>
  (call) => {
    const value = number(call, 0, INT64);
    if (value === null) return unknownExpr(call.span);
    const type: Type = { kind: 'enum', name, size: 8, signed: true, members: members(call.env), isText: true, unknown };
    return cast(value, type, call.span);
  };

export const VALUE_RULES: Readonly<Record<string, FunctionRule>> = {
  ksym: ofNumber({ kind: 'ksym' }),
  usym: ofNumber({ kind: 'usym' }),
  ntop,
  macaddr,
  strftime,
  cgroup_path: cgroupPath,
  strerror: named('errno', () => ERROR_TEXTS, 'Unknown error '),
  signal_name: named('signal', () => SIGNAL_NAMES),
  syscall_name: named('syscall', (env) => syscallNames(env.session.target.arch)),
  bswap,
  reg,
  path,
  is_err: (call) => {
    const value = number(call);
    return value === null ? unknownExpr(call.span) : compute(call, BOOL, [value]);
  },
  percpu_kaddr: percpuKaddr,
  socket_cookie: (call) => {
    const value = call.value(0);
    if (isUnknown(value.type)) return unknownExpr(call.span);
    if (value.type.kind !== 'pointer')
      return call.error(
        'type-mismatch',
        value.span,
        `socket_cookie() takes a struct sock pointer, not ${typeName(value.type)}.`,
      );
    return compute(call, UINT64, [value]);
  },
  kptr: inSpace('kernel'),
  uptr: inSpace('user'),
  container_of: containerOf,
  signal,
  signal_thread: signal,
  override: (call) => {
    const value = number(call);
    return value === null ? unknownExpr(call.span) : statement(call, [value]);
  },
  write_user: (call) => {
    const [pointer, value] = [call.value(0), call.value(1)];
    if (isUnknown(pointer.type) || isUnknown(value.type)) return unknownExpr(call.span);
    return statement(call, [coerce(pointer, UINT64), value]);
  },
};
