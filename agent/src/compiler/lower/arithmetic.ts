/** Integer arithmetic with the language's semantics: 64-bit, division, modulo and right shift unsigned, x/0 is 1. */
import type { ArithmeticOp, HirExpr } from '../../language/hir.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { Type } from '../../language/types.ts';
import type { BinaryOp, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { runtimeError } from './event.ts';
import { lowerValue } from './expression.ts';
import { extend, isScalar, isSigned, scalarSize } from './scalar.ts';

const OPS: Readonly<Record<ArithmeticOp, BinaryOp>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'lsh',
  '>>': 'rsh',
};

export function lowerArithmetic(cx: Context, e: Extract<HirExpr, { kind: 'arithmetic' }>): Value {
  const left = lowerValue(cx, e.left);
  const right = lowerValue(cx, e.right);
  return arithmetic(cx, e.op, left, right, e.type, e.span);
}

/** Both sides in 64 bits; the result brought to the range of the type. */
export function arithmetic(cx: Context, op: ArithmeticOp, left: Value, right: Value, type: Type, span: Span): Value {
  const result = op === '/' || op === '%' ? divide(cx, op, left, right, span) : cx.b.alu(OPS[op], left, right);
  return isScalar(type) ? extend(cx.b, result, scalarSize(type), isSigned(type)) : result;
}

/** A division by zero gives 1 and says so. */
function divide(cx: Context, op: '/' | '%', left: Value, right: Value, span: Span): Value {
  if (typeof right === 'bigint' && right !== 0n) return cx.b.alu(OPS[op], left, right);
  const { b } = cx;
  const result = b.reg();
  const zero = b.newBlock(true);
  const good = b.newBlock();
  const end = b.newBlock();
  b.branch('jeq', right, 0n, zero, good);
  b.place(good);
  b.assign(result, b.alu(OPS[op], left, right));
  b.jump(end);
  b.place(zero);
  b.unlikely(() => {
    runtimeError(
      cx,
      'Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being used as the result.',
      span,
      0n,
    );
    b.assign(result, 1n);
  });
  b.jump(end);
  b.place(end);
  return result;
}
