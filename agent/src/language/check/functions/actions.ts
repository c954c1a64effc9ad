/** Actions of user space: each call becomes an `emit`. */
import type { Action } from '../../action.ts';
import type { HirExpr, HirStmt } from '../../hir.ts';
import { typeName } from '../../type-name.ts';
import { INT32, INT64, UINT64 } from '../../types.ts';
import type { Type } from '../../types.ts';
import { wholeRecord } from '../access.ts';
import { cast, effect } from '../build.ts';
import type { Call, FunctionRule } from '../call.ts';
import { asInteger, coerce } from '../convert.ts';
import { checkFormat, parseFormat } from '../format.ts';
import { isLiteralType } from '../integer.ts';
import { mapKey, mapState, reportUndefined } from '../place.ts';
import type { MapState } from '../session.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';

export const JOIN_STRINGS = 16;

/** An event with these arguments. */
export function emit(call: Call, action: Action, args: readonly HirExpr[], after: readonly HirStmt[] = []): HirExpr {
  const index = call.env.session.action(
    action,
    args.map((arg) => arg.type),
  );
  return effect([{ kind: 'emit', action: index, args, span: call.span }, ...after], call.span);
}

/** Values that an event can carry: no void, and literals at a size that prints them. */
function carried(call: Call, given: HirExpr): HirExpr | null {
  const value = wholeRecord(call.env, given);
  if (isUnknown(value.type)) return null;
  if (value.type.kind === 'none') {
    call.error('type-mismatch', value.span, `${call.name}: this expression has no value.`);
    return null;
  }
  if (value.type.kind === 'struct' && value.type.size === 0) {
    call.error('type-mismatch', value.span, `${call.name}: the size of ${typeName(value.type)} is not known.`);
    return null;
  }
  if (value.kind !== 'const' || value.type.kind !== 'int' || !isLiteralType(value.type)) return value;
  return coerce(value, value.type.signed ? INT64 : UINT64);
}

function formatted(kind: 'printf' | 'errorf' | 'warnf' | 'debugf' | 'cat' | 'system'): FunctionRule {
  return (call) => {
    const format = call.literalText(0, 'the format');
    const values = call.args.slice(1).map((arg) => call.env.expression(arg));
    if (format === null) return unknownExpr(call.span);
    const parsed = parseFormat(format);
    if (parsed.problem !== null) return call.error('bad-format', call.arg(0).span, `${call.name}: ${parsed.problem}`);
    for (const one of parsed.strange) {
      const message = `${call.name}: ${JSON.stringify(one)} is no conversion and printed as it is.`;
      call.env.warning('bad-format', call.arg(0).span, message, 'Write %% for a percent sign.');
    }
    const args = values.map((value) => carried(call, value));
    if (args.some((arg) => arg === null)) {
      // The count is worth saying even if a type is not known (yet).
      if (values.every((value) => isUnknown(value.type) || value.type.kind !== 'none'))
        countOnly(call, parsed.parts, values.length);
      return unknownExpr(call.span);
    }
    const known = args as HirExpr[];
    const good = checkFormat(call.name, parsed.parts, known, call.span, (code, span, message, hint) => {
      call.env.error(code, span, message, hint);
    });
    if (!good) return unknownExpr(call.span);
    const types = known.map((arg) => arg.type);
    return emit(call, { kind, format: parsed.parts, args: types, span: call.span }, known);
  };
}

function countOnly(call: Call, parts: ReturnType<typeof parseFormat>['parts'], given: number): void {
  const wanted = parts.filter((part) => part.spec !== null).length;
  if (wanted === given) return;
  call.error(
    'format-arguments',
    call.span,
    `${call.name}: the format needs ${String(wanted)} arguments, ${String(given)} were given.`,
  );
}

/** The map that a call names without a key; null and an error otherwise. */
export function wholeMap(call: Call, index: number): MapState | null {
  const arg = call.arg(index);
  if (arg.kind !== 'map' || arg.keys !== null) {
    if (arg.kind !== 'error') call.error('type-mismatch', arg.span, `${call.name}() takes a map without a key.`);
    return null;
  }
  const state = mapState(call.env, arg);
  if (!state.assigned && state.declaration === null && !call.env.session.blind) {
    reportUndefined(call.env, state, arg.span);
    return null;
  }
  return state;
}

function mapAction(kind: 'clear' | 'zero'): FunctionRule {
  return (call) => {
    const state = wholeMap(call, 0);
    if (state === null) return unknownExpr(call.span);
    const map = call.env.session.hirMap(state);
    return emit(call, { kind, map: map.index, span: call.span }, []);
  };
}

function print(call: Call): HirExpr {
  const arg = call.arg(0);
  if (arg.kind === 'map' && arg.keys === null) {
    const state = mapState(call.env, arg);
    if (!state.assigned && state.declaration === null) {
      reportUndefined(call.env, state, arg.span);
      return unknownExpr(call.span);
    }
    return printMap(call, state);
  }
  if (call.args.length > 1) {
    const keyed = arg.kind === 'map';
    return call.error(
      'call-arguments',
      call.span,
      'print() takes top and div only for a whole map.',
      keyed ? 'Leave out the key.' : undefined,
    );
  }
  if (arg.kind === 'map') return printElement(call, arg);
  const value = carried(call, call.value(0));
  if (value === null) return unknownExpr(call.span);
  return emit(call, { kind: 'print-value', args: [value.type], map: null, span: call.span }, [value]);
}

function printMap(call: Call, state: MapState): HirExpr {
  const numbers = [1, 2].map((i) => (call.args.length > i ? call.literalInteger(i, i === 1 ? 'top' : 'div') : null));
  const [top = null, div = null] = numbers;
  if (numbers.some((value, i) => value === null && call.args.length > i + 1)) return unknownExpr(call.span);
  if ((top !== null && top < 0n) || (div !== null && div < 0n)) {
    return call.error('bad-parameter', call.span, 'print: top and div must not be negative.');
  }
  const map = call.env.session.hirMap(state);
  if (top !== null && state.keyed === false) {
    call.env.warning('ignored-argument', call.span, 'print: top has no effect on a map without keys.');
  }
  const ofStats = state.value.kind === 'aggregate' && state.value.of.kind === 'stats';
  if (ofStats && top !== null) {
    call.env.warning('ignored-argument', call.span, 'print: top and div have no effect on a map of stats().');
  }
  const number = (value: bigint | null) => (value === null || ofStats ? null : Number(value));
  return emit(call, { kind: 'print-map', map: map.index, top: number(top), div: number(div), span: call.span }, []);
}

/** print(@m[key]): the key is sent along, so that the line can be printed as the whole map prints it. */
function printElement(call: Call, arg: Extract<Call['args'][number], { kind: 'map' }>): HirExpr {
  const { env } = call;
  const state = mapState(env, arg);
  const key = mapKey(env, arg, state);
  const map = env.session.hirMap(state);
  if (!state.assigned && state.declaration === null) {
    reportUndefined(env, state, arg.span);
    return unknownExpr(call.span);
  }
  if (key === undefined || key === null || isUnknown(map.value)) return unknownExpr(call.span);
  if (map.value.kind === 'aggregate' && map.value.of.kind !== 'count' && map.value.of.kind !== 'sum') {
    // Read by user space when the event is handled: the kernel cannot copy all CPUs' buckets.
    const args = [key.type];
    return emit(call, { kind: 'print-value', args, map: map.index, span: call.span }, [key]);
  }
  const value: HirExpr =
    map.value.kind === 'aggregate'
      ? { kind: 'aggregate-get', type: INT64, map, key, span: arg.span }
      : { kind: 'map', map, key, type: map.value, span: arg.span };
  const args = [key.type, value.type];
  return emit(call, { kind: 'print-value', args, map: map.index, span: call.span }, [key, value]);
}

function exit(call: Call): HirExpr {
  if (call.env.loops.includes('for')) {
    return call.error(
      'exit-in-loop',
      call.span,
      'exit() cannot be used in a for loop.',
      'Leave the loop with break first.',
    );
  }
  const code = call.args.length === 0 ? null : asInteger(call.env, call.value(0), 'The exit code');
  if (code === null && call.args.length > 0) return unknownExpr(call.span);
  const args = code === null ? [] : [coerce(code, INT32)];
  const done: HirStmt = { kind: 'return', value: null, span: call.span };
  const leave = call.env.place.kind === 'function' ? [] : [done];
  return emit(call, { kind: 'exit', args: args.map((arg) => arg.type), span: call.span }, args, leave);
}

function join(call: Call): HirExpr {
  const strings = call.value(0);
  const delimiter = call.args.length > 1 ? call.literalText(1, 'the delimiter') : ' ';
  if (isUnknown(strings.type) || delimiter === null) return unknownExpr(call.span);
  if (strings.type.kind !== 'pointer' && strings.type.kind !== 'int') {
    return call.error(
      'type-mismatch',
      strings.span,
      `join() takes a pointer to strings, not ${typeName(strings.type)}.`,
    );
  }
  const pointers: Type = { kind: 'pointer', to: { kind: 'int', size: 1, signed: true }, space: 'unknown' };
  const space = strings.type.kind === 'pointer' ? strings.type.space : call.env.place.space;
  const list = cast(coerce(strings, UINT64), { kind: 'pointer', to: { ...pointers, space }, space });
  const type: Type = {
    kind: 'array',
    of: { kind: 'string', size: call.env.session.config.max_strlen },
    count: JOIN_STRINGS,
  };
  const value: HirExpr = { kind: 'call', type, name: 'join', args: [list], literals: [], span: call.span };
  return emit(call, { kind: 'join', delimiter, args: [type], span: call.span }, [value]);
}

function time(call: Call): HirExpr {
  const format = call.args.length === 0 ? '%H:%M:%S\n' : call.literalText(0, 'the format');
  if (format === null) return unknownExpr(call.span);
  return emit(call, { kind: 'time', format, span: call.span }, []);
}

export const ACTION_RULES: Readonly<Record<string, FunctionRule>> = {
  printf: formatted('printf'),
  errorf: formatted('errorf'),
  warnf: formatted('warnf'),
  debugf: formatted('debugf'),
  cat: formatted('cat'),
  system: formatted('system'),
  print,
  clear: mapAction('clear'),
  zero: mapAction('zero'),
  time,
  exit,
  join,
  unwatch: (call) => {
    call.value(0);
    call.env.warning('no-effect', call.span, 'unwatch() does nothing.');
    return effect([], call.span);
  },
};
