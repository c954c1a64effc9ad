/** Conditions: straight to jumps, without making a 0 or 1 where none is needed. */
import type { Condition } from '@bpfscope/native/asm';
import type { CompareOp, HirExpr } from '../../language/hir.ts';
import type { Block, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { branchCompareMemory } from './compare-memory.ts';
import { lowerValue } from './expression.ts';
import { branchMapScalar } from './map.ts';
import { uncast } from './pointer-value.ts';
import { isScalar, isSigned } from './scalar.ts';

const UNSIGNED: Readonly<Record<CompareOp, Condition>> = {
  '==': 'jeq',
  '!=': 'jne',
  '<': 'jlt',
  '>': 'jgt',
  '<=': 'jle',
  '>=': 'jge',
};
const SIGNED: Readonly<Record<CompareOp, Condition>> = {
  '==': 'jeq',
  '!=': 'jne',
  '<': 'jslt',
  '>': 'jsgt',
  '<=': 'jsle',
  '>=': 'jsge',
};

/**
 * Goes to `yes` when the value is not zero, else to `no`. What is found out on the way to `yes` stays in the cache: the
 * caller opens a scope for it.
 */
export function branch(cx: Context, e: HirExpr, yes: Block, no: Block): void {
  cx.at(e.span, () => {
    switch (e.kind) {
      case 'const':
        return cx.b.jump(e.value !== 0n ? yes : no);
      case 'not':
        return cx.cache.scope(() => branch(cx, e.operand, no, yes));
      case 'logical': {
        const next = cx.b.newBlock();
        if (e.op === '&&') {
          branch(cx, e.left, next, no);
          cx.b.place(next);
          return branch(cx, e.right, yes, no);
        }
        cx.cache.scope(() => branch(cx, e.left, yes, next));
        cx.b.place(next);
        return cx.cache.scope(() => branch(cx, e.right, yes, no));
      }
      case 'compare': {
        const { left: subject, right: zero } = e;
        if (subject.kind === 'map' && zero.kind === 'const' && zero.value === 0n && (e.op === '!=' || e.op === '==')) {
          if (e.op === '!=') return branchMapScalar(cx, subject, yes, no);
          return cx.cache.scope(() => branchMapScalar(cx, subject, no, yes));
        }
        const left = lowerValue(cx, uncast(e.left));
        const right = lowerValue(cx, uncast(e.right));
        return cx.b.branch((isSigned(e.left.type) ? SIGNED : UNSIGNED)[e.op], left, right, yes, no);
      }
      case 'compare-memory':
        return cx.b.scope(() => branchCompareMemory(cx, e, yes, no));
      case 'cast':
        if (e.type.kind === 'bool' && isScalar(e.operand.type)) return branch(cx, e.operand, yes, no);
        break;
      case 'map':
        if (isScalar(e.type)) return branchMapScalar(cx, e, yes, no);
        break;
    }
    cx.b.branch('jne', lowerValue(cx, e), 0n, yes, no);
  });
}

/** The condition as 0 or 1. */
export function conditionValue(cx: Context, e: HirExpr): Value {
  const result = cx.b.reg();
  const yes = cx.b.newBlock();
  const no = cx.b.newBlock();
  const end = cx.b.newBlock();
  cx.cache.scope(() => branch(cx, e, yes, no));
  cx.b.place(yes);
  cx.b.assign(result, 1n);
  cx.b.jump(end);
  cx.b.place(no);
  cx.b.assign(result, 0n);
  cx.b.place(end);
  return result;
}
