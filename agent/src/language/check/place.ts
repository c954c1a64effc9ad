/** Reading and writing variables and maps. */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirMap, HirStmt, Local, Place } from '../hir.ts';
import { elementTypes } from '../layout.ts';
import { typeName } from '../type-name.ts';
import { INT64 } from '../types.ts';
import type { Type } from '../types.ts';
import { coerce } from './convert.ts';
import { wholeRecord } from './access.ts';
import type { Env } from './env.ts';
import type { Variable } from './scope.ts';
import type { MapState } from './session.ts';
import { concrete, isLiteral, literalFits, shapeOf } from './shape.ts';
import { nearest } from './suggest.ts';
import { isUnknown, UNKNOWN, unknownExpr } from './unknown.ts';

type MapExpr = Extract<ast.Expr, { kind: 'map' }>;

const MAX_DEPTH = 12;

export function depthOf(type: Type, limit = MAX_DEPTH): number {
  if (limit === 0) return 1;
  const elements = elementTypes(type);
  return elements === null ? 0 : 1 + elements.reduce((most, one) => Math.max(most, depthOf(one, limit - 1)), 0);
}

/** `()`, and tuples of nothing else: the kernel has no maps of nothing. */
function isEmpty(type: Type): boolean {
  const elements = elementTypes(type);
  return elements !== null && elements.every(isEmpty);
}

/** Declares a variable in the innermost block. */
export function declare(
  env: Env,
  name: string,
  span: Span,
  declared: Type | null,
  readonly = false,
  hoisted = false,
): Variable {
  const key = `${env.path}:${String(span.start)}`;
  const local: Local = env.temporary(`$${name}`, declared ?? concrete(env.session.variable(key), 'value'));
  const variable = { local, key, declared, readonly, hoisted };
  env.scope.declare(name, variable);
  return variable;
}

/** At its first assignment: in this block, or in the whole body when it is also used outside of the block. */
function declareFirst(env: Env, name: string, span: Span): Variable {
  const { session, path, scope } = env;
  if (scope === scope.root) return declare(env, name, span, null);
  session.noteAssigned(path, name);
  if (!session.escapes(path, name)) return declare(env, name, span, null);
  session.warning(
    'escaping-variable',
    span,
    `$${name} is also used outside of the block in which it is first assigned.`,
    `Declare it before the block: let $${name};`,
  );
  return declare(env.with({ scope: scope.root }), name, span, null, false, true);
}

export function readVariable(env: Env, name: string, span: Span): HirExpr {
  const variable = env.scope.variable(name);
  if (variable === null) {
    // Older scripts count on variables that live in the whole body; the next pass declares it there.
    if (env.session.letEscape(env.path, name)) return unknownExpr(span);
    const hint = (): string =>
      nearest(name, env.scope.variableNames()) ??
      'Variables live in the block in which they are first assigned; declare one outside with let.';
    env.error('undefined-variable', span, `Undefined variable $${name}.`, hint);
    return unknownExpr(span);
  }
  const { local } = variable;
  if (isUnknown(local.type)) return unknownExpr(span);
  return { kind: 'local', local, type: local.type, span };
}

export function mapState(env: Env, expr: MapExpr): MapState {
  return env.session.map(env.scope.mapName(expr.name), expr.span);
}

/** Key types that make no sense. */
function checkKey(env: Env, key: HirExpr): void {
  const { type, span } = key;
  if (isUnknown(type)) return;
  if (type.kind === 'none') env.error('type-mismatch', span, 'A map key needs a value.');
  else if (type.kind === 'aggregate' || isEmpty(type)) {
    env.error('type-mismatch', span, `${typeName(type)} cannot be a map key.`);
  }
  if (depthOf(type) >= MAX_DEPTH) env.error('type-too-deep', span, 'The key is nested too deeply.');
}

/** The key's value, with the type of the map's key; null for a scalar map. */
export function mapKey(env: Env, expr: MapExpr, state: MapState): HirExpr | null | undefined {
  const keyed = expr.keys !== null;
  if (state.keyed === undefined) {
    state.keyed = keyed;
    env.session.changed = true;
  }
  if (state.keyed !== keyed) {
    const message = keyed
      ? `@${state.name} is used here with a key, but elsewhere without one.`
      : `@${state.name} is used here without a key, but elsewhere with one.`;
    env.error('map-key', expr.span, message);
    expr.keys?.forEach((key) => env.expression(key));
    return undefined;
  }
  if (expr.keys === null) return null;
  const parts = expr.keys.map((key) => wholeRecord(env, env.expression(key)));
  parts.forEach((part) => {
    checkKey(env, part);
  });
  const [single] = parts;
  if (single === undefined) return undefined;
  const key: HirExpr =
    parts.length === 1
      ? single
      : {
          kind: 'tuple',
          type: { kind: 'tuple', elements: parts.map((part) => part.type) },
          elements: parts,
          span: { start: single.span.start, end: parts.at(-1)?.span.end ?? single.span.end },
        };
  if (parts.some((part) => isUnknown(part.type))) return undefined;
  if (!env.session.widenMap(state, 'key', shapeOf(key), key.span)) return undefined;
  return coerce(key, concrete(state.key, 'key'));
}

/** A map read as a value. */
export function readMap(env: Env, expr: MapExpr): HirExpr {
  const state = mapState(env, expr);
  const { span } = expr;
  const key = mapKey(env, expr, state);
  const map = env.session.hirMap(state);
  if (key === undefined) return unknownExpr(span);
  if (isUnknown(map.value)) {
    if (!state.assigned && state.declaration === null) reportUndefined(env, state, span);
    return unknownExpr(span);
  }
  if (map.value.kind !== 'aggregate') return { kind: 'map', map, key, type: map.value, span };
  return readAggregate(env, map, key, span);
}

export function reportUndefined(env: Env, state: MapState, span: Span): void {
  const hint = (): string | undefined => {
    const assigned = [...env.session.maps.values()].filter((one) => one.assigned).map((one) => `@${one.name}`);
    return nearest(`@${state.name}`, assigned);
  };
  env.error('undefined-map', span, `Undefined map: @${state.name}.`, hint);
}

function readAggregate(env: Env, map: HirMap, key: HirExpr | null, span: Span): HirExpr {
  if (map.value.kind !== 'aggregate') return unknownExpr(span);
  const { of } = map.value;
  if (of.kind === 'hist' || of.kind === 'lhist' || of.kind === 'tseries' || of.kind === 'stats') {
    env.error(
      'type-mismatch',
      span,
      `${map.name} holds ${typeName(map.value)}, which cannot be used in an expression.`,
      'Print it with print().',
    );
    return unknownExpr(span);
  }
  return { kind: 'aggregate-get', type: INT64, map, key, span };
}

/** What can be assigned to; null after an error. `shape` is what will be stored. */
export function place(env: Env, target: ast.Expr, shape: Type): Place | null {
  if (target.kind === 'variable') return variablePlace(env, target.name, target.span, shape);
  if (target.kind === 'map') return mapPlace(env, target, shape);
  env.error('not-assignable', target.span, 'Only variables and maps can be assigned.');
  return null;
}

function variablePlace(env: Env, name: string, span: Span, shape: Type): Place | null {
  const variable = env.scope.variable(name) ?? declareFirst(env, name, span);
  if (variable.readonly) {
    env.error('not-assignable', span, `The loop variable $${name} cannot be assigned.`);
    return null;
  }
  if (isUnknown(shape)) return null;
  const { declared } = variable;
  if (declared !== null) {
    if (!isUnknown(declared) && !storable(shape, declared)) {
      env.error(
        'type-mismatch',
        span,
        `Type mismatch for $${name}: trying to assign a value of type ${typeName(concrete(shape, 'value'))} to a variable of type ${typeName(declared)}.`,
      );
      return null;
    }
  } else if (!env.session.widenVariable(variable.key, name, shape, span)) return null;
  const { local } = variable;
  return isUnknown(local.type) ? null : { kind: 'local', local, type: local.type, span };
}

/** A narrow map or variable that is calculated in: as wide as the result from the next pass on, as `x = x + n` makes it. */
export function widen(env: Env, target: ast.Expr, shape: Type): void {
  if (target.kind === 'map') env.session.widenMap(mapState(env, target), 'value', shape, target.span);
  else if (target.kind === 'variable') {
    const variable = env.scope.variable(target.name);
    if (variable !== null && variable.declared === null)
      env.session.widenVariable(variable.key, target.name, shape, target.span);
  }
}

/** Whether a value may be stored where the type is fixed: same kind, and an integer not wider than the place. */
export function storable(shape: Type, place: Type): boolean {
  if (shape.kind === 'int' && place.kind === 'int') {
    return isLiteral(shape) ? literalFits(shape, place) : shape.size <= place.size;
  }
  if (shape.kind === 'bool' && place.kind === 'int') return true;
  if (shape.kind === 'int' && place.kind === 'pointer') return isLiteral(shape);
  if (shape.kind === 'string' && place.kind === 'string') return shape.size <= place.size;
  if (shape.kind === 'enum' && place.kind === 'int') return shape.size <= place.size;
  if (shape.kind === 'int' && place.kind === 'enum') return isLiteral(shape);
  if (shape.kind === 'pointer' && place.kind === 'pointer') return true;
  if (shape.kind !== place.kind) return false;
  const [from, to] = [elementTypes(shape), elementTypes(place)];
  if (from === null || to === null) return typeName(concrete(shape, 'key')) === typeName(place);
  return from.length === to.length && from.every((one, i) => storable(one, to[i] ?? UNKNOWN));
}

function mapPlace(env: Env, target: MapExpr, shape: Type): Place | null {
  const state = mapState(env, target);
  state.assigned = true;
  const key = mapKey(env, target, state);
  if (isUnknown(shape)) return null;
  if (state.value.kind === 'aggregate' && shape.kind !== 'aggregate') {
    env.error(
      'type-mismatch',
      target.span,
      `Type mismatch for @${state.name}: it holds ${typeName(state.value)} and takes no plain values.`,
    );
    return null;
  }
  if (isEmpty(shape)) {
    env.error('type-mismatch', target.span, `@${state.name} cannot hold ${typeName(shape)}.`);
    return null;
  }
  if (depthOf(shape) >= MAX_DEPTH) {
    env.error('type-too-deep', target.span, `The value of @${state.name} is nested too deeply, or contains itself.`);
    return null;
  }
  if (!env.session.widenMap(state, 'value', shape, target.span)) return null;
  if (key === undefined) return null;
  const map = env.session.hirMap(state);
  return isUnknown(map.value) ? null : { kind: 'map', map, key, type: map.value, span: target.span };
}

/** `target = value`. */
export function assign(env: Env, target: ast.Expr, given: HirExpr, span: Span): HirStmt[] {
  const value = wholeRecord(env, given);
  const { type } = value;
  if (type.kind === 'none' && !isUnknown(type)) {
    env.error('type-mismatch', value.span, 'This expression has no value to assign.');
    return [];
  }
  if (type.kind === 'struct' && target.kind === 'map' && type.size === 0) {
    env.error('type-mismatch', value.span, `${typeName(type)} is only declared, its size is not known.`);
    return [];
  }
  const to = place(env, target, shapeOf(value));
  if (to === null) return [];
  warnSign(env, value, to.type);
  return [{ kind: 'set', place: to, value: coerce(value, to.type), span }];
}

/** A uint64 in a place that also holds negative numbers turns negative beyond 2^63. */
function warnSign(env: Env, value: HirExpr, type: Type): void {
  if (value.kind === 'const' || value.type.kind !== 'int' || type.kind !== 'int') return;
  if (!value.type.signed && value.type.size === 8 && type.signed) {
    env.warning(
      'sign-mismatch',
      value.span,
      `A ${typeName(value.type)} is stored as ${typeName(type)}, because signed values are assigned elsewhere.`,
    );
  }
}
