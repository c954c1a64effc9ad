/**
 * Numbers that the verifier takes for pointers: BTF-typed arguments and addresses of the program's own memory. It refuses
 * arithmetic on them that could lead anywhere, also where the language's cast made a plain number of them.
 */
import type { HirExpr } from '../../language/hir.ts';
import type { Operand, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { readWith } from './read.ts';
import { hasTypedContext, isTrusted } from './trusted.ts';

type Cast = Extract<HirExpr, { kind: 'cast' }>;

/** Whether the verifier may know the value of this expression as a pointer. */
export function mayBePointer(cx: Context, e: HirExpr, seen: ReadonlySet<number> = new Set()): boolean {
  if (e.type.kind !== 'pointer') return false;
  switch (e.kind) {
    case 'local': {
      if (seen.has(e.local.id)) return false;
      const within = new Set([...seen, e.local.id]);
      // A function that is called back sees what the program kept for it.
      return cx.facts.assignedTo(e.local.id).some((value) => mayBePointer(cx.root, value, within));
    }
    case 'member':
      return isTrusted(cx, e) || (e.object.kind === 'context' && hasTypedContext(cx));
    case 'builtin':
      return e.name === 'ctx';
    case 'cast':
      return mayBePointer(cx, moved(e) ?? e.operand, seen);
    case 'select':
      return mayBePointer(cx, e.then, seen) || mayBePointer(cx, e.else, seen);
    case 'block':
      return mayBePointer(cx, e.value, seen);
    case 'address-of':
    case 'element':
    case 'update':
      return true;
    default:
      return false;
  }
}

/** `pointer + 1`, container_of(): the pointer under the arithmetic by a constant, which the verifier allows. */
export function moved(e: Cast): HirExpr | null {
  const { operand } = e;
  if (e.type.kind !== 'pointer' || operand.kind !== 'arithmetic' || operand.right.kind !== 'const') return null;
  if (operand.op !== '+' && operand.op !== '-') return null;
  return pointerUnder(operand.left);
}

/** Without its cast to a number of 64 bits; comparisons do not mind pointers. */
export const uncast = (e: HirExpr): HirExpr => pointerUnder(e) ?? e;

function pointerUnder(e: HirExpr): HirExpr | null {
  const isNumber = e.kind === 'cast' && e.type.kind === 'int' && e.type.size === 8;
  return isNumber && e.operand.type.kind === 'pointer' ? e.operand : null;
}

/** The same number without what the verifier knows of it: what a helper writes has no type. */
export function asNumber(cx: Context, pointer: Value): Value {
  if (typeof pointer === 'bigint') return pointer;
  const { b } = cx;
  return b.scope(() => {
    const [from, to] = [b.slot(8), b.slot(8)];
    b.store(8, from, 0, pointer);
    readWith(cx, 'kernel', false, to satisfies Operand, 8n, from);
    return b.load(8, to, 0);
  });
}
