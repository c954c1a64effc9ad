/** Expressions: numbers into registers, objects to a place in memory. One function a kind of node, found by table. */
import { sizeOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import { builtin } from '../builtins/index.ts';
import { kernelFunction } from '../functions/index.ts';
import type { Context } from './context.ts';
import { lowerArithmetic } from './arithmetic.ts';
import { branch, conditionValue } from './condition.ts';
import { lowerCast, castInto } from './cast.ts';
import { invoke } from './invoke.ts';
import { localMemory, readLocal, update } from './local.ts';
import { aggregateGet, mapDelete, mapHas, mapLength, readMapObject, readMapScalar } from './map.ts';
import { address, clear, copy, copyObject, loadScalar, storeBytes, storeScalar, type Memory } from './memory.ts';
import { literalBytes } from './module.ts';
import { lastingObject, objectOf, readMember } from './object.ts';
import { isScalar } from './scalar.ts';
import { lowerBlock } from './statement.ts';
import { tupleInto } from './tuple.ts';

type ValueOf<K> = (cx: Context, e: HirExpr & { readonly kind: K }) => Value;
type Values = { readonly [K in HirExpr['kind']]: ValueOf<K> };

const fromMemory = (cx: Context, e: HirExpr): Value => loadScalar(cx, objectOf(cx, e), e.type);
const noNumber = (_cx: Context, e: HirExpr): Value => {
  throw new Error(`a ${e.kind} of type ${e.type.kind} is not a number`);
};

const VALUES: Values = {
  const: (_cx, e) => BigInt.asIntN(64, e.value),
  string: noNumber,
  bytes: noNumber,
  local: (cx, e) => readLocal(cx, e.local),
  map: readMapScalar,
  'aggregate-get': aggregateGet,
  'map-has': mapHas,
  'map-delete': mapDelete,
  'map-len': mapLength,
  arithmetic: lowerArithmetic,
  compare: conditionValue,
  'compare-memory': conditionValue,
  logical: conditionValue,
  not: conditionValue,
  negate: (cx, e) => cx.b.unary('neg', lowerValue(cx, e.operand)),
  complement: (cx, e) => cx.b.alu('xor', lowerValue(cx, e.operand), -1n),
  select: (cx, e) => {
    const result = cx.b.reg();
    choose(cx, e, (side) => cx.b.assign(result, lowerValue(cx, side)));
    return result;
  },
  cast: lowerCast,
  update,
  builtin: (cx, e) => builtin(e.name).value(cx, e),
  call: (cx, e) => kernelFunction(e.name).value(cx, e),
  invoke: (cx, e) => invoke(cx, e),
  context: noNumber,
  deref: fromMemory,
  member: readMember,
  element: fromMemory,
  index: fromMemory,
  'address-of': (cx, e) => cx.b.inReg(address(cx, lastingObject(cx, e.operand))),
  tuple: noNumber,
  block: (cx, e) => {
    lowerBlock(cx, e.block);
    return lowerValue(cx, e.value);
  },
};

/** The value of an expression of a scalar type, extended to 64 bits as its type says. */
export function lowerValue(cx: Context, e: HirExpr): Value {
  return cx.at(e.span, () => (VALUES[e.kind] as (cx: Context, e: HirExpr) => Value)(cx, e));
}

type IntoOf<K> = (cx: Context, e: Extract<HirExpr, { kind: K }>, to: Memory) => void;
type Intos = { readonly [K in HirExpr['kind']]?: IntoOf<K> };

/** Objects that are made at their place; others exist and are copied. */
const INTOS: Intos = {
  string: (cx, e, to) => storeBytes(cx, to, literalBytes(e.value, sizeOf(e.type))),
  bytes: (cx, e, to) => storeBytes(cx, to, e.value),
  select: (cx, e, to) => choose(cx, e, (side) => lowerInto(cx, side, to)),
  cast: castInto,
  builtin: (cx, e, to) => builtin(e.name).into(cx, e, to),
  call: (cx, e, to) => kernelFunction(e.name).into(cx, e, to),
  invoke: (cx, e, to) => void invoke(cx, e, to),
  tuple: tupleInto,
  block: (cx, e, to) => {
    lowerBlock(cx, e.block);
    lowerInto(cx, e.value, to);
  },
};

/** Whether an object of this expression exists in memory already, so that it need not be made. */
export const isMade = (e: HirExpr): boolean => !(e.kind in INTOS);

/** Writes the value of an expression, of any type, to memory that programs can write. */
export function lowerInto(cx: Context, e: HirExpr, to: Memory): void {
  cx.at(e.span, () => {
    const into = INTOS[e.kind] as ((cx: Context, e: HirExpr, to: Memory) => void) | undefined;
    if (isRecord(cx, e)) wholeRecord(cx, e);
    else if (isScalar(e.type)) storeScalar(cx, to, e.type, lowerValue(cx, e));
    else if (into !== undefined) into(cx, e, to);
    else if (e.kind === 'map') readMapObject(cx, e, (from) => copyOrClear(cx, from, to, sizeOf(e.type)));
    else copyObject(cx, objectOf(cx, e), to, e.type);
  });
}

function copyOrClear(cx: Context, from: Memory | null, to: Memory, size: number): void {
  if (from === null) clear(cx, to, size);
  else copy(cx, from, to, size);
}

/** Of a tracepoint's record the kernel lets programs read the fields, not the bytes before them. */
const isRecord = (cx: Context, e: HirExpr): boolean => e.kind === 'context' && cx.site.kind === 'tracepoint';

function wholeRecord(cx: Context, e: HirExpr): void {
  const message = 'The arguments of a tracepoint cannot be used as a whole.';
  cx.module.diagnostics.error('type-mismatch', e.span, message, 'Name its fields, such as args.x.');
}

/** An object in memory that programs read directly; made in a temporary when there is none. */
export function lowerDirect(cx: Context, e: HirExpr): Memory {
  if (e.kind === 'local') {
    const memory = localMemory(cx, e.local);
    if (memory !== null) return memory;
  }
  if (e.kind === 'builtin') {
    const place = builtin(e.name).place?.(cx, e) ?? null;
    if (place !== null) return place;
  }
  const memory = isMade(e) && !isRecord(cx, e) && !isScalar(e.type) && e.kind !== 'map' ? objectOf(cx, e) : null;
  if (memory !== null && memory.space === 'bpf') return memory;
  const made = cx.temporary(Math.max(1, sizeOf(e.type)));
  if (memory !== null) copyObject(cx, memory, made, e.type);
  else lowerInto(cx, e, made);
  return made;
}

function choose(cx: Context, e: Extract<HirExpr, { kind: 'select' }>, side: (e: HirExpr) => void): void {
  const yes = cx.b.newBlock();
  const no = cx.b.newBlock();
  const end = cx.b.newBlock();
  cx.cache.scope(() => {
    branch(cx, e.cond, yes, no);
    cx.b.place(yes);
    side(e.then);
    cx.b.jump(end);
  });
  cx.cache.scope(() => {
    cx.b.place(no);
    side(e.else);
  });
  cx.b.place(end);
}
