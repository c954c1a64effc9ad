/** skboutput(file, skb, length, offset): the bytes of a packet as an event, which user space writes to a capture file. */
import type { HirExpr, HirStmt } from '../../hir.ts';
import { typeName } from '../../type-name.ts';
import { BOOL, UINT64 } from '../../types.ts';
import type { Type } from '../../types.ts';
import { memberOf } from '../access.ts';
import { cast, constant, pointerTo, sequence } from '../build.ts';
import { builtinExpr } from '../builtins.ts';
import type { Call, FunctionRule } from '../call.ts';
import { asInteger, coerce } from '../convert.ts';
import { isUnknown, unknownExpr } from '../unknown.ts';
import { emit } from './actions.ts';

/** Bytes of a packet that an event carries at most. */
const LARGEST = 4096n;
const BYTE: Type = { kind: 'int', size: 1, signed: true };

/** Values of one call that are computed once. */
class Steps {
  readonly statements: HirStmt[] = [];
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  keep(name: string, value: HirExpr): HirExpr {
    const { env, span } = this.call;
    const local = env.temporary(`$${name}`, value.type);
    const place = { kind: 'local', local, type: value.type, span } as const;
    this.statements.push({ kind: 'set', place, value, span });
    return place;
  }

  /** a - b, 0 when that would be negative. */
  difference(a: HirExpr, b: HirExpr): HirExpr {
    const { span } = this.call;
    const rest: HirExpr = { kind: 'arithmetic', type: UINT64, op: '-', left: a, right: b, span };
    return this.choose(b, a, rest, constant(0n, UINT64, span));
  }

  smaller(a: HirExpr, b: HirExpr): HirExpr {
    return this.choose(a, b, a, b);
  }

  /** `then` where left < right. */
  private choose(left: HirExpr, right: HirExpr, then: HirExpr, otherwise: HirExpr): HirExpr {
    const { span } = this.call;
    const cond: HirExpr = { kind: 'compare', type: BOOL, op: '<', left, right, span };
    return { kind: 'select', type: then.type, cond, then, else: otherwise, span };
  }
}

/** The part of the packet that is in one piece is sent; the event also says how long the packet is. */
function skboutput(call: Call): HirExpr {
  const { env, span } = call;
  const path = call.literalText(0, 'the file name');
  const skb = call.value(1);
  const numbers = [2, 3].map((i) => asInteger(env, call.value(i), 'A length of skboutput()'));
  const [asked, start] = numbers;
  if (path === null || isUnknown(skb.type) || !asked || !start) return unknownExpr(span);
  if (skb.type.kind !== 'pointer' || skb.type.to.kind !== 'struct' || skb.type.to.name !== 'sk_buff') {
    const message = `skboutput() takes a struct sk_buff pointer, not ${typeName(skb.type)}.`;
    return call.error('type-mismatch', skb.span, message);
  }
  const steps = new Steps(call);
  const field = (name: string): HirExpr => {
    const value = memberOf(env, skb, name, span, span);
    return isUnknown(value.type) ? value : steps.keep(name, coerce(value, UINT64));
  };
  const [length, apart, data] = [field('len'), field('data_len'), field('data')];
  if ([length, apart, data].some((one) => isUnknown(one.type))) return unknownExpr(span);
  const offset = steps.keep('offset', coerce(start, UINT64));
  const whole = steps.keep('whole', steps.difference(length, offset));
  const inOnePiece = steps.keep('linear', steps.difference(length, apart));
  const room = steps.keep('room', steps.difference(inOnePiece, offset));
  const taken = steps.keep('taken', steps.smaller(room, steps.keep('asked', coerce(asked, UINT64))));
  const size = asked.kind === 'const' && asked.value > 0n && asked.value < LARGEST ? asked.value : LARGEST;
  const from: HirExpr = { kind: 'arithmetic', type: UINT64, op: '+', left: data, right: offset, span };
  const bytes: HirExpr = {
    kind: 'call',
    type: { kind: 'buffer', size: Number(size) },
    name: 'buf',
    args: [cast(from, pointerTo(BYTE, 'kernel')), taken],
    literals: [],
    span,
  };
  const args = [builtinExpr('nsecs', UINT64, span, 'boot'), whole, bytes];
  const sent = emit(call, { kind: 'skboutput', path, args: args.map((arg) => arg.type), span }, args);
  const statements = sent.kind === 'block' ? sent.block.statements : [];
  return sequence([...steps.statements, ...statements], constant(0n, UINT64, span), span);
}

export const PACKET_RULES: Readonly<Record<string, FunctionRule>> = { skboutput };
