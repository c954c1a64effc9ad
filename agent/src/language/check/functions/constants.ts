/** Functions that the compiler computes. */
import { programType } from '../../attach.ts';
import type { AttachSite } from '../../attach.ts';
import type { HirExpr } from '../../hir.ts';
import { INT64, UINT64 } from '../../types.ts';
import type { Type } from '../../types.ts';
import { bool, constant, effect, text } from '../build.ts';
import type { Call, FunctionRule } from '../call.ts';
import { condition } from '../convert.ts';
import { parseFormat } from '../format.ts';
import { parseAddress } from '../ip-address.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';
import { emit } from './actions.ts';

function kaddr(call: Call): HirExpr {
  const name = call.literalText(0, 'the symbol');
  if (name === null) return unknownExpr(call.span);
  const address = call.env.session.target.kernelSymbol(name);
  if (address !== null) return constant(address, UINT64, call.span);
  if (call.env.session.blind) return unknownExpr(call.span);
  return noKernelSymbol(call, name);
}

export function noKernelSymbol(call: Call, name: string): HirExpr {
  const hidden = call.env.session.target.kernelSymbolProblem?.() ?? null;
  const message =
    hidden === null
      ? `The kernel has no symbol '${name}'.`
      : `The addresses of kernel symbols are hidden: ${call.name}() ${hidden.reason}.`;
  return call.error('unknown-symbol', call.arg(0).span, message, hidden?.mend);
}

/** A symbol of the binary that the probe is in. */
function uaddr(call: Call): HirExpr {
  const name = call.literalText(0, 'the symbol');
  if (name === null) return unknownExpr(call.span);
  const { place, session } = call.env;
  const site = place.probe?.site;
  if (session.blind || place.probe === null) return unknownExpr(call.span);
  if (site?.kind !== 'uprobe' && site?.kind !== 'usdt') {
    return call.error('function-place', call.span, 'uaddr() can only be used with uprobes and usdt probes.');
  }
  place.dependencies.add('name');
  const [binary] = session.target.binaries(site.path, site.pid);
  const symbol = binary?.variable(name) ?? binary?.symbols().find((one) => one.name === name) ?? null;
  const here = binary?.addressOf(site.offset) ?? null;
  if (symbol === null || here === null)
    return call.error('unknown-symbol', call.arg(0).span, `${site.path} has no symbol '${name}'.`);
  const SIZES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 2: 2, 4: 4, 8: 8 };
  const to: Type = { kind: 'int', size: SIZES[symbol.size] ?? 8, signed: false };
  const pointer: Type = { kind: 'pointer', to, space: 'user' };
  // The program is somewhere in memory: the distance from where the probe is stays the same.
  const distance = symbol.address - here;
  return { kind: 'call', type: pointer, name: 'uaddr', args: [], literals: [name, distance], span: call.span };
}

function cgroupid(call: Call): HirExpr {
  const path = call.literalText(0, 'the path');
  if (path === null) return unknownExpr(call.span);
  const id = call.env.session.target.cgroupId(path);
  if (id !== null) return constant(id, UINT64, call.span);
  if (call.env.session.blind) return unknownExpr(call.span);
  return call.error('unknown-cgroup', call.arg(0).span, `There is no cgroup '${path}'.`);
}

function pton(call: Call): HirExpr {
  const address = call.literalText(0, 'the address');
  if (address === null) return unknownExpr(call.span);
  const bytes = parseAddress(address);
  if (bytes === null) return call.error('bad-parameter', call.arg(0).span, `'${address}' is no IP address.`);
  const type: Type = { kind: 'array', of: { kind: 'int', size: 1, signed: false }, count: bytes.length };
  return { kind: 'bytes', type, value: bytes, span: call.span };
}

/** The type of the default decides what is read; without one the option is a flag. */
function getopt(call: Call): HirExpr {
  const name = call.literalText(0, 'the name');
  const fallback = call.args.length > 1 ? call.value(1) : bool(false, call.span);
  if (call.args.length > 2) call.literalText(2, 'the description');
  if (name === null || isUnknown(fallback.type)) return unknownExpr(call.span);
  const given = call.env.session.options.named?.[name];
  if (fallback.kind === 'string') return text(given ?? fallback.value, call.span);
  if (fallback.kind !== 'const')
    return call.error('not-constant', fallback.span, 'getopt: the default must be a literal.');
  if (given === undefined) return fallback.type.kind === 'int' ? constant(fallback.value, INT64, call.span) : fallback;
  if (fallback.type.kind === 'bool') {
    if (given === 'true' || given === '1' || given === '') return bool(true, call.span);
    if (given === 'false' || given === '0') return bool(false, call.span);
    return call.error('bad-parameter', call.span, `The option --${name} is true or false, not '${given}'.`);
  }
  if (!/^[+-]?(0x[0-9a-f]+|\d+)$/i.test(given))
    return call.error('bad-parameter', call.span, `The option --${name} is a number, not '${given}'.`);
  const negative = given.startsWith('-');
  const value = BigInt(given.replace(/^[+-]/, ''));
  return constant(negative ? -value : value, INT64, call.span);
}

function staticAssert(call: Call): HirExpr {
  const cond = condition(call.env, call.value(0));
  if (isUnknown(cond.type)) return unknownExpr(call.span);
  if (cond.kind !== 'const')
    return call.error('not-constant', cond.span, 'static_assert() takes what is known at compile time.');
  if (cond.value !== 0n) return effect([], call.span);
  const message = call.args.length > 1 ? call.literalText(1, 'the message') : '';
  return call.error(
    'static-assert',
    call.span,
    `Assertion failed${message === '' || message === null ? '.' : `: ${message}`}`,
  );
}

/** Prints the message and ends the query when the condition does not hold. */
function assert(call: Call): HirExpr {
  const cond = condition(call.env, call.value(0));
  const message = call.literalText(1, 'the message');
  if (isUnknown(cond.type) || message === null) return unknownExpr(call.span);
  const failed: HirExpr = emit(
    call,
    { kind: 'errorf', format: [{ literal: `assert failed: ${message}`, spec: null }], args: [], span: call.span },
    [],
  );
  const code = constant(1n, { kind: 'int', size: 4, signed: true }, call.span);
  const leave = emit(
    call,
    { kind: 'exit', args: [code.type], span: call.span },
    [code],
    [{ kind: 'return', value: null, span: call.span }],
  );
  const statements = [failed, leave].flatMap((one) => (one.kind === 'block' ? one.block.statements : []));
  return effect(
    [
      {
        kind: 'if',
        cond: { kind: 'not', type: cond.type, operand: cond, span: call.span },
        then: { statements },
        else: null,
        span: call.span,
      },
    ],
    call.span,
  );
}

function fail(call: Call): HirExpr {
  const format = call.literalText(0, 'the message');
  const values = call.args.slice(1).map((_, n) => literalText(call.value(n + 1)));
  if (format === null) return unknownExpr(call.span);
  const { parts } = parseFormat(format);
  const message = parts.map(({ literal, spec }) => literal + (spec === null ? '' : (values.shift() ?? ''))).join('');
  return call.error('fail', call.span, message);
}

/** A literal as a message shows it. */
function literalText(value: HirExpr): string {
  if (value.kind === 'string') return value.value;
  return value.kind === 'const' ? String(value.value) : '';
}

const predicate =
  (test: (value: HirExpr) => boolean): FunctionRule =>
  (call) => {
    const arg = call.arg(0);
    if (arg.kind === 'map' && arg.keys === null) {
      const state = call.env.session.map(call.env.scope.mapName(arg.name), arg.span);
      if (call.name === 'is_map' || state.keyed === true) return bool(call.name === 'is_map', call.span);
    }
    const value = call.value(0);
    return isUnknown(value.type) ? unknownExpr(call.span) : bool(test(value), call.span);
  };

export const CONSTANT_RULES: Readonly<Record<string, FunctionRule>> = {
  kaddr,
  uaddr,
  cgroupid,
  pton,
  getopt,
  assert,
  static_assert: staticAssert,
  fail,
  kfunc_exist: (call) => kfunc(call, () => ''),
  kfunc_allowed: (call) => kfunc(call, (site) => `@${programType(site)}`),
  is_array: predicate((value) => value.type.kind === 'array'),
  is_integer: predicate((value) => value.type.kind === 'int'),
  is_unsigned_integer: predicate((value) => value.type.kind === 'int' && !value.type.signed),
  is_literal: predicate((value) => value.kind === 'const' || value.kind === 'string'),
  is_ptr: predicate((value) => value.type.kind === 'pointer'),
  is_str: predicate((value) => value.type.kind === 'string'),
  is_map: predicate(() => false),
  is_tuple: predicate((value) => value.type.kind === 'tuple'),
};

/** `feature`: what is asked of the kernel function, by the probe that the call is in. */
function kfunc(call: Call, feature: (site: AttachSite) => string): HirExpr {
  const name = call.literalText(0, 'the name');
  const { session, place } = call.env;
  if (name === null || session.blind) return unknownExpr(call.span);
  const site = place.probe?.site ?? { kind: 'begin' };
  return bool(session.target.has(`kfunc:${name}${feature(site)}`), call.span);
}
