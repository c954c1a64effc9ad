/** Functions on strings and memory. */
import type * as ast from '../../ast.ts';
import type { HirExpr } from '../../hir.ts';
import { sizeOf } from '../../layout.ts';
import { bytesText, stringBytes } from '../../string-bytes.ts';
import { typeName } from '../../type-name.ts';
import { BOOL, INT64, UINT64 } from '../../types.ts';
import type { Type } from '../../types.ts';
import { withoutText } from '../access.ts';
import { cast, constant, pointerTo, text } from '../build.ts';
import type { Call, FunctionRule } from '../call.ts';
import { asInteger, coerce, constantInteger } from '../convert.ts';
import { parameterText } from '../positional.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';

const CHAR: Type = { kind: 'int', size: 1, signed: true };
const MAX_STRING = 1 << 16;

/** A pointer, or an integer taken as an address in the memory that the probe's arguments come from. */
function address(call: Call, value: HirExpr): HirExpr | null {
  const { type } = value;
  if (isUnknown(type)) return null;
  if (type.kind === 'pointer') return value;
  if (type.kind === 'int') return cast(coerce(value, UINT64), pointerTo(CHAR, call.env.place.space), value.span);
  if (type.kind === 'array') {
    return { kind: 'address-of', type: pointerTo(type.of, call.env.place.space), operand: value, span: value.span };
  }
  call.error('type-mismatch', value.span, `${call.name}() takes a pointer or an integer, not ${typeName(type)}.`);
  return null;
}

function str(call: Call): HirExpr {
  const parameter = positionalText(call, call.arg(0));
  if (parameter !== null) return parameter;
  const source = withoutText(call.value(0));
  const length = call.args.length > 1 ? call.value(1) : null;
  const limit = call.env.session.config.max_strlen;
  if (isUnknown(source.type) || (length !== null && isUnknown(length.type))) return unknownExpr(call.span);
  if (source.type.kind === 'string') return length === null ? source : shortened(call, source, length);
  const from = address(call, source);
  if (from === null) return unknownExpr(call.span);
  if (length === null) return read(call, from, limit, []);
  const count = asInteger(call.env, length, 'The length of str()');
  if (count === null) return unknownExpr(call.span);
  if (count.kind !== 'const') return read(call, from, limit, [coerce(count, UINT64)]);
  if (count.value < 0n) return call.error('bad-parameter', count.span, 'The length of str() must not be negative.');
  const wanted = count.value + 1n;
  if (wanted > BigInt(limit)) {
    call.env.warning(
      'truncated',
      count.span,
      `str() reads at most max_strlen (${String(limit)}) bytes.`,
      'Raise it with config = { max_strlen = N }.',
    );
  }
  return read(call, from, Number(wanted < BigInt(limit) ? wanted : BigInt(limit)), []);
}

/** `str($1)`, `str($1 + 2)`: the text of a parameter, from a character on; null: something else. */
function positionalText(call: Call, arg: ast.Expr): HirExpr | null {
  const [at, from] = arg.kind === 'binary' && arg.op === '+' ? [arg.left, arg.right] : [arg, null];
  if (at.kind !== 'positional') return null;
  const given = parameterText(call.env, at);
  if (given === null && call.env.session.blind) return unknownExpr(call.span);
  if (from === null) return text(given ?? '', call.span);
  const skipped = constantInteger(call.env, call.env.expression(from), 'What is added to a parameter in str()');
  if (skipped === null) return unknownExpr(call.span);
  const bytes = stringBytes(given ?? '');
  if (skipped > BigInt(bytes.length)) {
    const message = `str() cannot begin behind the end of the parameter, which has ${String(bytes.length)} bytes.`;
    return call.error('bad-parameter', arg.span, message);
  }
  return text(bytesText(bytes.subarray(Number(skipped))), call.span);
}

/** The first characters of a text. */
function shortened(call: Call, source: HirExpr, length: HirExpr): HirExpr {
  const count = asInteger(call.env, length, 'The length of str()');
  if (count === null) return unknownExpr(call.span);
  const room = sizeOf(source.type);
  if (count.kind !== 'const') return read(call, source, room, [coerce(count, UINT64)]);
  if (count.value < 0n) return call.error('bad-parameter', count.span, 'The length of str() must not be negative.');
  const size = count.value + 1n < BigInt(room) ? Number(count.value) + 1 : room;
  if (source.kind !== 'string') return read(call, source, size, []);
  return text(new TextDecoder().decode(stringBytes(source.value).subarray(0, size - 1)), call.span);
}

function read(call: Call, from: HirExpr, size: number, length: readonly HirExpr[]): HirExpr {
  return {
    kind: 'call',
    type: { kind: 'string', size },
    name: 'str',
    args: [from, ...length],
    literals: [],
    span: call.span,
  };
}

function buf(call: Call): HirExpr {
  const source = call.args.length > 1 ? withoutText(call.value(0)) : call.value(0);
  const limit = call.env.session.config.max_strlen;
  if (isUnknown(source.type)) return unknownExpr(call.span);
  let size = source.type.kind === 'array' || source.type.kind === 'string' ? sizeOf(source.type) : null;
  const args: HirExpr[] = [];
  if (call.args.length > 1) {
    const length = asInteger(call.env, call.value(1), 'The length of buf()');
    if (length === null) return unknownExpr(call.span);
    if (length.kind === 'const') {
      if (length.value < 1n)
        return call.error('bad-parameter', length.span, 'The length of buf() must be greater than 0.');
      size = Number(length.value < BigInt(limit) ? length.value : BigInt(limit));
    } else {
      size = limit;
      args.push(coerce(length, UINT64));
    }
  } else if (size === null) {
    return call.error('call-arguments', call.span, 'buf() needs a length, unless it gets an array.');
  }
  const memory = source.type.kind === 'string' || source.type.kind === 'array';
  const from = memory ? source : address(call, source);
  if (from === null) return unknownExpr(call.span);
  const type: Type = { kind: 'buffer', size: Math.min(size ?? limit, limit) };
  return { kind: 'call', type, name: 'buf', args: [from, ...args], literals: [], span: call.span };
}

/** A pointer to characters is the text there. */
function behindPointer(call: Call, value: HirExpr): HirExpr {
  const { type } = value;
  if (type.kind !== 'pointer' || type.to.kind !== 'int' || type.to.size !== 1) return value;
  return read(call, value, call.env.session.config.max_strlen, []);
}

/** The strings of a call; null after an error. */
function strings(call: Call, count: number): HirExpr[] | null {
  const values = Array.from({ length: count }, (_, i) => behindPointer(call, call.value(i)));
  for (const value of values) {
    if (isUnknown(value.type)) return null;
    if (value.type.kind === 'string') continue;
    call.error(
      'type-mismatch',
      value.span,
      `${call.name}() takes strings, not ${typeName(value.type)}.`,
      value.type.kind === 'pointer' ? 'Read the text with str().' : undefined,
    );
    return null;
  }
  return values;
}

function strncmp(call: Call): HirExpr {
  const values = strings(call, 2);
  const length = call.literalInteger(2, 'the length');
  if (length !== null && length < 0n)
    return call.error('bad-parameter', call.arg(2).span, 'strncmp: the length must not be negative.');
  const [left, right] = values ?? [];
  if (!left || !right || length === null) return unknownExpr(call.span);
  const differs: HirExpr = {
    kind: 'compare-memory',
    type: BOOL,
    op: '!=',
    left,
    right,
    length: Number(length < 65536n ? length : 65536n),
    span: call.span,
  };
  return coerce(differs, UINT64);
}

function memcmp(call: Call): HirExpr {
  const [left, right] = [call.value(0), call.value(1)];
  const length = call.literalInteger(2, 'the length');
  if (isUnknown(left.type) || isUnknown(right.type) || length === null) return unknownExpr(call.span);
  const least = Math.min(sizeOf(left.type), sizeOf(right.type));
  if (length < 0n || length > BigInt(least)) {
    return call.error('bad-parameter', call.arg(2).span, `memcmp: the length must be from 0 to ${String(least)}.`);
  }
  return { kind: 'call', type: INT64, name: 'memcmp', args: [left, right], literals: [length], span: call.span };
}

/** A function of strings that the back end computes. */
function compute(count: number, type: (args: readonly HirExpr[]) => Type): FunctionRule {
  return (call) => {
    const args = strings(call, count);
    if (args === null) return unknownExpr(call.span);
    const result = type(args);
    if (result.kind === 'string' && result.size > MAX_STRING)
      return call.error('too-large', call.span, `${call.name}: the string is too long.`);
    return { kind: 'call', type: result, name: call.name, args, literals: [], span: call.span };
  };
}

export const STRING_RULES: Readonly<Record<string, FunctionRule>> = {
  str,
  buf,
  strncmp,
  memcmp,
  strlen: compute(1, () => UINT64),
  strcontains: compute(2, () => BOOL),
  strstr: compute(2, () => INT64),
  globmatch: compute(2, () => BOOL),
  str_concat: compute(2, (args) => ({
    kind: 'string',
    size: args.reduce((sum, one) => sum + sizeOf(one.type) - 1, 1),
  })),
  strcap: (call) => {
    const [value] = strings(call, 1) ?? [];
    return value === undefined ? unknownExpr(call.span) : constant(BigInt(sizeOf(value.type)), UINT64, call.span);
  },
};
