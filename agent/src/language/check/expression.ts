/** Every kind of expression: one row each. */
import type * as ast from '../ast.ts';
import type { AttachKind } from '../attach.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirStmt } from '../hir.ts';
import { sizeOf } from '../layout.ts';
import { typeName } from '../type-name.ts';
import { INT64, UINT64 } from '../types.ts';
import type { Type } from '../types.ts';
import { dereference, findField, indexOf, memberOf, tupleMember, wholeRecord } from './access.ts';
import { arithmetic, complement, negate, not } from './arithmetic.ts';
import { bool, constant, effect, literal, sequence, text } from './build.ts';
import { callFunction } from './call.ts';
import { castTo } from './cast.ts';
import { chain } from './chain.ts';
import { coerce, condition } from './convert.ts';
import type { Env } from './env.ts';
import { identifier } from './identifier.ts';
import { literalTypeOf } from './integer.ts';
import { outsideOfLoop } from './loop-prelude.ts';
import { positional } from './positional.ts';
import { depthOf, place, readMap, readVariable, widen } from './place.ts';
import { concrete, isLiteral, join, shapeOf } from './shape.ts';
import { typeOf } from './type-expression.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

/** The node of a kind, also where one node type stands for two kinds. */
type Of<K extends ast.Expr['kind']> = ast.Expr extends infer E
  ? E extends ast.Expr
    ? K extends E['kind']
      ? E
      : never
    : never
  : never;
type Rule<K extends ast.Expr['kind']> = (env: Env, expr: Of<K>) => HirExpr;

const RULES: { readonly [K in ast.Expr['kind']]: Rule<K> } = {
  int: (env, e) => {
    if (e.value <= (1n << 64n) - 1n) return literal(e.value, e.span);
    env.error('integer-overflow', e.span, 'The integer does not fit in 64 bits.');
    return unknownExpr(e.span);
  },
  string: (_env, e) => text(e.value, e.span),
  bool: (_env, e) => bool(e.value, e.span),
  ident: (env, e) => identifier(env, e),
  variable: (env, e) => {
    const substitution = env.scope.substitution(`$${e.name}`);
    return substitution === null ? readVariable(env, e.name, e.span) : substitution.env.expression(substitution.expr);
  },
  positional,
  map: (env, e) => readMap(env, e),
  call: (env, e) => callFunction(env, e),
  binary: chain,
  unary,
  update,
  ternary,
  if: ifExpression,
  'block-expr': (env, e) => blockValue(env, e.block, e.span),
  member,
  'tuple-member': (env, e) => tupleMember(env, env.expression(e.object), e.index, e.span),
  index: (env, e) => indexOf(env, env.expression(e.object), env.expression(e.index), e.span),
  cast: (env, e) => castTo(env, e.type, env.expression(e.operand), e.span, e.operand),
  tuple: (env, e) => {
    const elements = e.elements.map((one) => element(env, one));
    if (elements.some((one) => isUnknown(one.type))) return unknownExpr(e.span);
    const expr: HirExpr = {
      kind: 'tuple',
      type: { kind: 'tuple', elements: elements.map((one) => one.type) },
      elements,
      span: e.span,
    };
    return tooDeep(env, expr);
  },
  record: (env, e) => {
    const elements = e.fields.map((field) => element(env, field.value));
    const seen = new Set<string>();
    for (const field of e.fields) {
      if (seen.has(field.name))
        env.error('duplicate-field', field.span, `The record already has a field ${field.name}.`);
      seen.add(field.name);
    }
    if (elements.some((one) => isUnknown(one.type))) return unknownExpr(e.span);
    const fields = e.fields.map((field, i) => ({ name: field.name, type: (elements[i] as HirExpr).type }));
    return tooDeep(env, { kind: 'tuple', type: { kind: 'record', fields }, elements, span: e.span });
  },
  sizeof: (env, e) => {
    const type = typeOf(env, e.of);
    return isUnknown(type) ? unknownExpr(e.span) : constant(BigInt(sizeOf(type)), UINT64, e.span);
  },
  offsetof,
  typeof: (env, e) => {
    env.error('not-a-value', e.span, 'typeof() is a type, not a value.');
    return unknownExpr(e.span);
  },
  typeinfo,
  comptime: (env, e) => {
    const value = env.expression(e.expr);
    if (isUnknown(value.type) || value.kind === 'const' || value.kind === 'string' || value.type.kind === 'none')
      return value;
    env.error('not-constant', e.span, 'The value is not known at compile time.');
    return unknownExpr(e.span);
  },
  error: (_env, e) => unknownExpr(e.span),
};

export function expression(env: Env, expr: ast.Expr): HirExpr {
  env.session.countNode(expr.span);
  // A row takes the kind it stands for: the table's type says so, but a union of functions cannot be called.
  const rule = RULES[expr.kind] as Rule<ast.Expr['kind']>;
  return outsideOfLoop(env, rule(env, expr as never));
}

/** Probes whose places have records of the same kind. */
const RECORDS: ReadonlySet<AttachKind | 'function'> = new Set(['tracepoint', 'rawtracepoint', 'fentry']);

/** Values inside of a tuple or record. */
function element(env: Env, expr: ast.Expr): HirExpr {
  const value = wholeRecord(env, env.expression(expr));
  if (value.type.kind === 'none' && !isUnknown(value.type)) {
    env.error('type-mismatch', value.span, 'This expression has no value.');
    return unknownExpr(value.span);
  }
  return value;
}

function tooDeep(env: Env, expr: HirExpr): HirExpr {
  if (depthOf(expr.type) < 12) return expr;
  env.error('type-too-deep', expr.span, 'The tuple is nested too deeply, or contains itself.');
  return unknownExpr(expr.span);
}

function unary(env: Env, e: Of<'unary'>): HirExpr {
  if (e.op === '&') return addressOf(env, e);
  const operand = env.expression(e.operand);
  if (isUnknown(operand.type)) return unknownExpr(e.span);
  if (e.op === '-') return negate(env, operand, e.span);
  if (e.op === '!') return not(env, operand, e.span);
  if (e.op === '~') return complement(env, operand, e.span);
  return dereference(env, operand, e.span);
}

function addressOf(env: Env, e: Of<'unary'>): HirExpr {
  const { operand } = e;
  if (operand.kind !== 'variable' && operand.kind !== 'map' && operand.kind !== 'member' && operand.kind !== 'index') {
    env.error('not-addressable', e.span, "The operand of '&' must be a variable, a map element or a member.");
    return unknownExpr(e.span);
  }
  const value = env.expression(operand);
  if (isUnknown(value.type)) return unknownExpr(e.span);
  const local = value.kind === 'local' || value.kind === 'map';
  const space = local ? 'bpf' : env.place.space;
  return { kind: 'address-of', type: { kind: 'pointer', to: value.type, space }, operand: value, span: e.span };
}

/** `++` and `--`. A map that is only ever counted up is int64. */
function update(env: Env, e: Of<'update'>): HirExpr {
  const { target, span } = e;
  if (target.kind === 'variable' && env.scope.variable(target.name) === null)
    return readVariable(env, target.name, span);
  const to = place(env, target, shapeOf(literal(0n, span)));
  if (to === null) return unknownExpr(span);
  if (to.type.kind === 'pointer') {
    const value: HirExpr = arithmetic(env, e.op === '++' ? '+' : '-', to, literal(1n, span), span);
    return sequence([{ kind: 'set', place: to, value, span }], to, span);
  }
  if (to.type.kind !== 'int') {
    env.error('type-mismatch', span, `The operator '${e.op}' needs an integer, not ${typeName(to.type)}.`);
    return unknownExpr(span);
  }
  // Counters do not stop at 32 bits. Variables keep what was chosen for them.
  if (target.kind === 'map' && to.type.size < 8) widen(env, target, to.type.signed ? INT64 : UINT64);
  return { kind: 'update', type: to.type, place: to, op: e.op, prefix: e.prefix, span };
}

function ternary(env: Env, e: Of<'ternary'>): HirExpr {
  if (e.then === null) {
    const value = env.expression(e.cond);
    if (isUnknown(value.type)) return unknownExpr(e.span);
    const local = env.temporary('$else', value.type);
    const read: HirExpr = { kind: 'local', local, type: value.type, span: value.span };
    const chosen = choose(env, condition(env, read), read, env.expression(e.else), e.span);
    return sequence([{ kind: 'set', place: read, value, span: value.span }], chosen, e.span);
  }
  const cond = condition(env, env.expression(e.cond));
  if (cond.kind === 'const' && !isUnknown(cond.type)) return env.expression(cond.value !== 0n ? e.then : e.else);
  return choose(env, cond, env.expression(e.then), env.expression(e.else), e.span);
}

/** One of two values; of two calls without value, one of their effects. */
function choose(env: Env, cond: HirExpr, then: HirExpr, otherwise: HirExpr, span: Span): HirExpr {
  if (isUnknown(cond.type) || isUnknown(then.type) || isUnknown(otherwise.type)) return unknownExpr(span);
  if (then.type.kind === 'none' || otherwise.type.kind === 'none') {
    if (then.type.kind !== otherwise.type.kind) {
      env.error('type-mismatch', span, 'Only one branch has a value.');
      return unknownExpr(span);
    }
    const branch = (expr: HirExpr): HirStmt[] => (expr.kind === 'block' ? [...expr.block.statements] : []);
    return effect(
      [{ kind: 'if', cond, then: { statements: branch(then) }, else: { statements: branch(otherwise) }, span }],
      span,
    );
  }
  const shape = join(shapeOf(then), shapeOf(otherwise));
  if (shape === null) {
    const types = `${typeName(then.type)} and ${typeName(otherwise.type)}`;
    env.error('type-mismatch', span, `The branches must have one type, not ${types}.`);
    return unknownExpr(span);
  }
  const type = isLiteral(shape) ? literalTypeOf(shape.size, shape.signed) : concrete(shape, 'key');
  return { kind: 'select', type, cond, then: coerce(then, type), else: coerce(otherwise, type), span };
}

/** `if`, all `else if` behind it, and `else`: walked without recursion. */
function ifExpression(env: Env, e: Of<'if'>): HirExpr {
  const branches: { readonly at: Of<'if'>; readonly cond: HirExpr; readonly then: HirExpr }[] = [];
  let result: HirExpr | null = null;
  for (let at = e; result === null;) {
    if (at !== e) env.session.countNode(at.span);
    const cond = condition(env, env.expression(at.cond));
    // A branch that the host or a literal rules out need not even type-check.
    const decided = cond.kind === 'const' && !isUnknown(cond.type);
    if (decided && cond.value !== 0n) {
      result = blockValue(env, at.then, at.then.span);
      break;
    }
    if (!decided) branches.push({ at, cond, then: blockValue(env, at.then, at.then.span) });
    const otherwise = at.else;
    if (otherwise?.kind === 'if') at = otherwise;
    else result = otherwise === null ? effect([], at.span) : blockValue(env, otherwise, otherwise.span);
  }
  let value = result;
  for (const { at, cond, then } of branches.reverse()) value = eitherOf(env, cond, then, value, at.span);
  return value;
}

function eitherOf(env: Env, cond: HirExpr, then: HirExpr, other: HirExpr, span: Span): HirExpr {
  if (isUnknown(cond.type) || isUnknown(then.type) || isUnknown(other.type)) return unknownExpr(span);
  const valueless = [then, other].some((one) => one.type.kind === 'none');
  if (!valueless) return choose(env, cond, then, other, span);
  const statements = (expr: HirExpr): HirStmt[] => (expr.kind === 'block' ? [...expr.block.statements] : []);
  const rest = statements(other);
  const elseBlock = rest.length === 0 ? null : { statements: rest };
  return effect([{ kind: 'if', cond, then: { statements: statements(then) }, else: elseBlock, span }], span);
}

/** A block in its own scope, with the value of its last expression. */
export function blockValue(env: Env, block: ast.Block, span: Span): HirExpr {
  const inner = env.nested();
  const statements = inner.statementsOf(block.statements);
  if (block.value === null) return effect(statements, span);
  const value = inner.expression(block.value);
  if (isUnknown(value.type)) return unknownExpr(span);
  if (value.type.kind === 'none') {
    const own = value.kind === 'block' ? value.block.statements : [];
    return effect([...statements, ...own], span);
  }
  return sequence(statements, value, span);
}

function member(env: Env, e: Of<'member'>): HirExpr {
  if (e.object.kind === 'typeinfo') return typeinfoMember(env, e.object, e.name, e.span);
  return memberOf(env, argumentsOf(env, e), e.name, e.nameSpan, e.span);
}

/** What the member is of. Of a record's arguments the body depends on this one only, unless all are used elsewhere. */
function argumentsOf(env: Env, e: Of<'member'>): HirExpr {
  const { dependencies, kind } = env.place;
  const all = dependencies.has('args');
  const object = env.expression(e.object);
  if (!all && object.kind === 'context' && RECORDS.has(kind)) {
    dependencies.delete('args');
    dependencies.add(`args.${e.name}`);
  }
  return object;
}

function offsetof(env: Env, e: Of<'offsetof'>): HirExpr {
  let type: Type = typeOf(env, e.of);
  let offset = 0;
  for (const name of e.path) {
    if (isUnknown(type)) return unknownExpr(e.span);
    if (type.kind === 'pointer') type = type.to;
    const field = type.kind === 'struct' ? findField(env, type, name) : null;
    if (field === null) {
      env.error('unknown-field', e.span, `${typeName(type)} has no field ${name}.`);
      return unknownExpr(e.span);
    }
    offset += field.offset;
    type = field.type;
  }
  return constant(BigInt(offset), UINT64, e.span);
}

function typeinfo(env: Env, e: Of<'typeinfo'>): HirExpr {
  env.error('not-a-value', e.span, 'typeinfo() is used with a member: typeinfo(e).full_type.');
  return unknownExpr(e.span);
}

function typeinfoMember(env: Env, e: Of<'typeof' | 'typeinfo'>, name: string, span: Span): HirExpr {
  const { config } = env.session;
  if (config.unstable_typeinfo === 'error') {
    env.error(
      'unstable',
      span,
      'typeinfo is not stable yet.',
      'Allow it with config = { unstable_typeinfo = enable }.',
    );
    return unknownExpr(span);
  }
  const type = typeOf(env, e.of);
  if (isUnknown(type)) return unknownExpr(span);
  if (name === 'full_type') return text(typeName(type), span);
  if (name === 'base_type') return text(type.kind === 'int' ? 'int' : type.kind, span);
  if (name === 'btf_id') return literal(0n, span);
  env.error('unknown-field', span, `typeinfo has no field ${name}.`, 'It has base_type and full_type.');
  return unknownExpr(span);
}
