/** Functions on maps. */
import type * as ast from '../../ast.ts';
import type { HirExpr, HirMap } from '../../hir.ts';
import { typeName } from '../../type-name.ts';
import { BOOL, UINT64 } from '../../types.ts';
import type { Call, FunctionRule } from '../call.ts';
import { sequence } from '../build.ts';
import { assign, mapKey, mapState, reportUndefined } from '../place.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';
import { wholeMap } from './actions.ts';

type MapExpr = Extract<ast.Expr, { kind: 'map' }>;

interface Entry {
  readonly map: HirMap;
  readonly key: HirExpr | null;
}

/** `f(@m, key)` and `f(@m[key])` name the same entry; null after an error. */
function entry(call: Call): Entry | null {
  const arg = call.arg(0);
  if (arg.kind !== 'map') {
    if (arg.kind !== 'error')
      call.error('type-mismatch', arg.span, `${call.name}() takes a map, not another expression.`);
    return null;
  }
  const separate = call.args[1];
  if (separate !== undefined && arg.keys !== null) {
    if (call.args.slice(1).every((one) => one.kind === 'map')) {
      call.error('call-arguments', call.span, `${call.name}() takes one entry.`, `Write one ${call.name}() for each.`);
    } else call.error('call-arguments', arg.span, `${call.name}() takes the key either in brackets or as an argument.`);
    return null;
  }
  const keys = separate === undefined ? arg.keys : separate.kind === 'tuple' ? separate.elements : [separate];
  const target: MapExpr = { ...arg, keys };
  const state = mapState(call.env, target);
  const key = mapKey(call.env, target, state);
  if (!state.assigned && state.declaration === null && !call.env.session.blind) {
    reportUndefined(call.env, state, arg.span);
    return null;
  }
  if (key === undefined) return null;
  return { map: call.env.session.hirMap(state), key };
}

function remove(call: Call): HirExpr {
  const found = entry(call);
  if (found === null) return unknownExpr(call.span);
  return { kind: 'map-delete', type: BOOL, map: found.map, key: found.key, checked: false, span: call.span };
}

function hasKey(call: Call): HirExpr {
  const found = entry(call);
  if (found === null) return unknownExpr(call.span);
  if (found.key === null)
    return call.error('map-key', call.arg(0).span, `has_key() needs a map with keys; ${found.map.name} has none.`);
  return { kind: 'map-has', type: BOOL, map: found.map, key: found.key, span: call.span };
}

/** find(@m, key, $v): $v keeps its value when the key is not there. */
function find(call: Call): HirExpr {
  const found = entry(call);
  const target = call.arg(2);
  if (found === null || found.key === null || isUnknown(found.map.value)) return unknownExpr(call.span);
  if (target.kind !== 'variable')
    return call.error('type-mismatch', target.span, 'find() stores the value in a variable.');
  const { map, key } = found;
  if (map.value.kind === 'aggregate')
    return call.error('type-mismatch', call.span, `find() cannot read ${typeName(map.value)}.`);
  const has: HirExpr = { kind: 'map-has', type: BOOL, map, key, span: call.span };
  const local = call.env.temporary('$found', BOOL);
  const result: HirExpr = { kind: 'local', local, type: BOOL, span: call.span };
  const value: HirExpr = { kind: 'map', map, key, type: map.value, span: call.span };
  const store = assign(call.env, target, value, call.span);
  return sequence(
    [
      { kind: 'set', place: { kind: 'local', local, type: BOOL, span: call.span }, value: has, span: call.span },
      { kind: 'if', cond: result, then: { statements: store }, else: null, span: call.span },
    ],
    result,
    call.span,
  );
}

function len(call: Call): HirExpr {
  const arg = call.arg(0);
  if (arg.kind === 'map' && arg.keys === null) {
    const state = mapState(call.env, arg);
    const { value } = call.env.session.hirMap(state);
    const stack = state.keyed === false && (value.kind === 'kstack' || value.kind === 'ustack');
    if (!stack) {
      const whole = wholeMap(call, 0);
      if (whole === null) return unknownExpr(call.span);
      if (whole.keyed === false)
        return call.error('map-key', arg.span, `len() needs a map with keys; @${whole.name} has none.`);
      return { kind: 'map-len', type: UINT64, map: call.env.session.hirMap(whole), span: call.span };
    }
  }
  const value = call.value(0);
  if (isUnknown(value.type)) return unknownExpr(call.span);
  if (value.type.kind === 'kstack' || value.type.kind === 'ustack') {
    return { kind: 'call', type: UINT64, name: 'len', args: [value], literals: [], span: call.span };
  }
  return call.error('type-mismatch', value.span, `len() takes a map or a stack, not ${typeName(value.type)}.`);
}

export const MAP_RULES: Readonly<Record<string, FunctionRule>> = {
  delete: remove,
  has_key: hasKey,
  find,
  len,
};
