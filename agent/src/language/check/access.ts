/** Members, elements and dereferencing. */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import { sizeOf } from '../layout.ts';
import { typeName } from '../type-name.ts';
import { UINT64 } from '../types.ts';
import type { AddressSpace, Field, StructType, Type } from '../types.ts';
import { cast, deref, member, pointerTo } from './build.ts';
import { asInteger, coerce } from './convert.ts';
import type { Env } from './env.ts';
import { outsideOfLoop } from './loop-prelude.ts';
import { adviceFor } from '../tables/removed.ts';
import { nearest } from './suggest.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

/** A member by name, also of anonymous structs inside; the offset is from the start of the outer struct. */
export function findField(env: Env, struct: StructType, name: string, depth = 0): Field | null {
  const fields = env.session.types.fields(env.session.types.complete(struct).id);
  if (fields === null || depth > 16) return null;
  for (const field of fields) {
    if (field.name === name) return field;
    if (field.name !== '' || field.type.kind !== 'struct') continue;
    const inner = findField(env, field.type, name, depth + 1);
    if (inner !== null) return { ...inner, offset: field.offset + inner.offset };
  }
  return null;
}

function fieldNames(env: Env, struct: StructType, depth = 0): string[] {
  const fields = env.session.types.fields(env.session.types.complete(struct).id) ?? [];
  return fields.flatMap((field) =>
    field.name !== ''
      ? [field.name]
      : field.type.kind === 'struct' && depth < 16
        ? fieldNames(env, field.type, depth + 1)
        : [],
  );
}

/** Where an object in memory lies. */
export function spaceOf(env: Env, object: HirExpr): AddressSpace {
  switch (object.kind) {
    case 'deref':
      return object.pointer.type.kind === 'pointer' ? object.pointer.type.space : 'unknown';
    case 'member':
      return spaceOf(env, object.object);
    case 'index':
      return object.object.type.kind === 'pointer' ? object.object.type.space : spaceOf(env, object.object);
    case 'context':
      return env.place.kind === 'uprobe' || env.place.kind === 'usdt' ? 'user' : 'context';
    case 'cast':
      return spaceOf(env, object.operand);
    default:
      return 'bpf';
  }
}

/** A field's type as the language sees it: pointers of user objects point to user memory. */
export function fieldType(env: Env, type: Type, space: AddressSpace): Type {
  if (type.kind !== 'pointer') return type;
  if (space === 'user' && type.space !== 'user') return pointerTo(type.to, 'user');
  if (type.space !== 'unknown') return type;
  return pointerTo(type.to, space === 'kernel' || space === 'context' ? 'kernel' : env.place.space);
}

export function memberOf(env: Env, target: HirExpr, name: string, nameSpan: Span, span: Span): HirExpr {
  let object = target;
  if (isUnknown(object.type)) return unknownExpr(span);
  if (object.type.kind === 'pointer') object = deref(object, object.type.to, object.span);
  const { type } = object;
  if (type.kind === 'record') {
    const index = type.fields.findIndex((field) => field.name === name);
    const field = type.fields[index];
    if (field !== undefined) return { kind: 'element', type: field.type, object, index, span };
    env.error('unknown-field', nameSpan, `The record has no field ${name}.`, () =>
      nearest(
        name,
        type.fields.map((f) => f.name),
      ),
    );
    return unknownExpr(span);
  }
  if (type.kind !== 'struct') {
    env.error(
      'type-mismatch',
      nameSpan,
      `Cannot access field ${name} on an expression of type ${typeName(target.type)}.`,
      type.kind === 'int' ? 'Cast it first: ((struct name *)value).field.' : undefined,
    );
    return unknownExpr(span);
  }
  return structMember(env, object, type, name, nameSpan, span);
}

function structMember(env: Env, object: HirExpr, type: StructType, name: string, nameSpan: Span, span: Span): HirExpr {
  const field = findField(env, type, name);
  if (field === null) {
    if (env.session.blind) return unknownExpr(span);
    const known = env.session.types.fields(env.session.types.complete(type).id) !== null;
    const title = object.kind === 'context' ? (env.place.probe?.name ?? 'args') : typeName(type);
    env.error(
      known ? 'unknown-field' : 'unknown-type',
      nameSpan,
      known ? `${title} has no field ${name}.` : `${title} is only declared, its fields are not known.`,
      known ? () => adviceFor(name) ?? nearest(name, fieldNames(env, type)) : 'Define it at the top of the script.',
    );
    return unknownExpr(span);
  }
  if (field.argument?.kind === 'nowhere') {
    env.error('unreadable-argument', nameSpan, `args.${name} cannot be read: ${field.argument.reason}.`);
    return unknownExpr(span);
  }
  const value = member(object, field, fieldType(env, field.type, spaceOf(env, object)), span);
  return isDynamicText(field, value.type) ? implicitText(env, value) : value;
}

export function tupleMember(env: Env, target: HirExpr, index: number, span: Span): HirExpr {
  let object = target;
  if (isUnknown(object.type)) return unknownExpr(span);
  if (object.type.kind === 'pointer') object = deref(object, object.type.to, object.span);
  const { type } = object;
  const element =
    type.kind === 'tuple' ? type.elements[index] : type.kind === 'record' ? type.fields[index]?.type : null;
  if (element === null) {
    env.error('type-mismatch', span, `.${String(index)} needs a tuple, not ${typeName(type)}.`);
    return unknownExpr(span);
  }
  if (element === undefined) {
    env.error('bad-index', span, `The tuple ${typeName(type)} has no element ${String(index)}.`);
    return unknownExpr(span);
  }
  if (isUnknown(element)) return unknownExpr(span);
  return { kind: 'element', type: element, object, index, span };
}

/** `array[i]`, `pointer[i]`, `tuple[constant]`. */
export function indexOf(env: Env, object: HirExpr, index: HirExpr, span: Span): HirExpr {
  if (isUnknown(object.type) || isUnknown(index.type)) return unknownExpr(span);
  if (object.type.kind === 'tuple' || object.type.kind === 'record') {
    if (index.kind === 'const') return tupleMember(env, object, Number(index.value), span);
    env.error('not-constant', index.span, 'A tuple can only be indexed by a literal integer.');
    return unknownExpr(span);
  }
  const position = asInteger(env, index, 'An array index');
  if (position === null) return unknownExpr(span);
  const at = coerce(
    position,
    position.type.kind === 'int' && position.type.signed && position.kind !== 'const' ? position.type : UINT64,
  );
  const array = asArray(object);
  if (array.type.kind === 'array') {
    if (at.kind === 'const' && array.type.count > 0 && at.value >= BigInt(array.type.count)) {
      env.error(
        'bad-index',
        index.span,
        `The index ${String(at.value)} is out of bounds: the array has ${String(array.type.count)} elements.`,
      );
      return unknownExpr(span);
    }
    const type = fieldType(env, array.type.of, spaceOf(env, array));
    return { kind: 'index', type, object: array, index: at, span };
  }
  if (array.type.kind === 'pointer') {
    if (sizeOf(array.type.to) === 0) {
      env.error(
        'type-mismatch',
        span,
        `Cannot index a ${typeName(array.type)}: the size of what it points to is not known.`,
      );
      return unknownExpr(span);
    }
    return { kind: 'index', type: fieldType(env, array.type.to, array.type.space), object: array, index: at, span };
  }
  env.error('type-mismatch', span, `The index operator needs an array or a pointer, not ${typeName(object.type)}.`);
  return unknownExpr(span);
}

/** `__data_loc char[]`: a text of the tracepoint's record. bpftrace gives its address; the text is what everybody wants. */
function isDynamicText(field: Field, type: Type): boolean {
  return field.dynamic !== undefined && type.kind === 'pointer' && type.to.kind === 'int' && type.to.size === 1;
}

function implicitText(env: Env, pointer: HirExpr): HirExpr {
  const type: Type = { kind: 'string', size: env.session.config.max_strlen };
  return { kind: 'call', type, name: 'str', args: [pointer], literals: [], span: pointer.span };
}

/** The address behind a text that was read from memory, where the address is what is asked for: `str(args.name, 8)`. */
export function withoutText(expr: HirExpr): HirExpr {
  const [pointer] = expr.kind === 'call' && expr.name === 'str' ? expr.args : [];
  return pointer?.kind === 'member' && pointer.field.dynamic !== undefined ? pointer : expr;
}

/** A char array read as a string, seen as its bytes again. */
function asArray(object: HirExpr): HirExpr {
  if (object.type.kind !== 'string') return object;
  const type: Type = { kind: 'array', of: { kind: 'int', size: 1, signed: true }, count: object.type.size };
  return object.kind === 'member' ? { ...object, type } : cast(object, type);
}

/** `*e`. An integer is taken as the address of a uint64. */
export function dereference(env: Env, operand: HirExpr, span: Span): HirExpr {
  if (isUnknown(operand.type)) return unknownExpr(span);
  if (operand.type.kind === 'int') {
    const pointer = cast(operand, pointerTo(UINT64, env.place.space));
    return deref(pointer, UINT64, span);
  }
  if (operand.type.kind !== 'pointer' || operand.type.to.kind === 'none') {
    env.error('type-mismatch', span, `Cannot dereference an expression of type ${typeName(operand.type)}.`);
    return unknownExpr(span);
  }
  return deref(operand, fieldType(env, operand.type.to, operand.type.space), span);
}

const AS_RECORD: ReadonlySet<string> = new Set(['tracepoint', 'uprobe']);

/**
 * `args` of a tracepoint or of a function in user space as a value: a record of its fields. The kernel lets programs read
 * the fields, not the record around them; texts that the record keeps elsewhere become texts.
 */
export function wholeRecord(env: Env, expr: HirExpr): HirExpr {
  if (expr.kind !== 'context' || !AS_RECORD.has(env.place.kind)) return expr;
  const all = env.session.types.fields(expr.type.id) ?? [];
  const fields = all.filter(({ argument }) => argument?.kind !== 'nowhere');
  for (const { name, argument } of all) {
    if (argument?.kind === 'nowhere') {
      env.session.warning('unreadable-argument', expr.span, `args.${name} is left out: ${argument.reason}.`);
    }
  }
  const elements = fields.map((field) => outsideOfLoop(env, memberOf(env, expr, field.name, expr.span, expr.span)));
  if (elements.some((one) => isUnknown(one.type))) return unknownExpr(expr.span);
  const types = fields.map((field, i) => ({ name: field.name, type: elements[i]?.type ?? field.type }));
  return { kind: 'tuple', type: { kind: 'record', fields: types }, elements, span: expr.span };
}

/** The tree below `.` and `->`, without member calls: `args.a.b` gives args. */
export function rootOf(expr: ast.Expr): ast.Expr {
  let root = expr;
  while (root.kind === 'member' || root.kind === 'index' || root.kind === 'tuple-member') root = root.object;
  return root;
}
