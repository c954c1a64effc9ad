/** The parts of statements and expressions of the checked program, for passes that look at all of it. */
import type { HirBlock, HirExpr, HirStmt, Place } from '../../language/hir.ts';

const placeParts = (p: Place): readonly HirExpr[] => (p.kind === 'map' && p.key !== null ? [p.key] : []);

type If = Extract<HirStmt, { kind: 'if' }>;

/** An `if` with all `else if` that follow: nested one in the other, they would be walked as deep as they are many. */
export function ifChain(s: If): { readonly branches: readonly If[]; readonly otherwise: HirBlock | null } {
  const branches = [s];
  let otherwise = s.else;
  for (;;) {
    const [only, ...more] = otherwise?.statements ?? [];
    if (only?.kind !== 'if' || more.length > 0) return { branches, otherwise };
    branches.push(only);
    otherwise = only.else;
  }
}

/** Expressions directly below; blocks of block expressions are not walked. */
export function children(e: HirExpr): readonly HirExpr[] {
  switch (e.kind) {
    case 'const':
    case 'string':
    case 'bytes':
    case 'local':
    case 'builtin':
    case 'context':
    case 'map-len':
      return [];
    case 'map':
      return placeParts(e);
    case 'aggregate-get':
    case 'map-delete':
      return e.key === null ? [] : [e.key];
    case 'map-has':
      return [e.key];
    case 'arithmetic':
    case 'compare':
    case 'compare-memory':
    case 'logical':
      return [e.left, e.right];
    case 'not':
    case 'negate':
    case 'complement':
    case 'cast':
    case 'address-of':
      return [e.operand];
    case 'select':
      return [e.cond, e.then, e.else];
    case 'update':
      return e.place.kind === 'local' ? [e.place] : placeParts(e.place);
    case 'call':
    case 'invoke':
      return e.args;
    case 'deref':
      return [e.pointer];
    case 'member':
    case 'element':
      return [e.object];
    case 'index':
      return [e.object, e.index];
    case 'tuple':
      return e.elements;
    case 'block':
      return [e.value];
  }
}

export function statementParts(s: HirStmt): {
  readonly expressions: readonly HirExpr[];
  readonly blocks: readonly HirBlock[];
} {
  const parts = (expressions: readonly HirExpr[], ...blocks: HirBlock[]) => ({ expressions, blocks });
  switch (s.kind) {
    case 'expr':
      return parts([s.expr]);
    case 'set':
      return parts([s.value, ...placeParts(s.place)]);
    case 'set-op':
      return parts([s.value, ...(s.place.kind === 'local' ? [s.place] : placeParts(s.place))]);
    case 'aggregate':
      return parts([...(s.key === null ? [] : [s.key]), ...s.args]);
    case 'emit':
      return parts(s.args);
    case 'if': {
      const { branches, otherwise } = ifChain(s);
      const blocks = branches.map(({ then }) => then);
      return parts(
        branches.map(({ cond }) => cond),
        ...blocks,
        ...(otherwise === null ? [] : [otherwise]),
      );
    }
    case 'while':
      return parts([s.cond], s.body);
    case 'unroll':
      return parts([], s.body);
    case 'for-range':
      return parts([s.from, s.to], s.body);
    case 'for-map':
      return parts([], s.body);
    case 'break':
    case 'continue':
      return parts([]);
    case 'return':
      return parts(s.value === null ? [] : [s.value]);
    case 'block':
      return parts([], s.block);
  }
}

/** Whether an expression, or one in it at any depth, passes the test. */
export function someWithin(e: HirExpr, test: (e: HirExpr) => boolean): boolean {
  return (
    test(e) ||
    (e.kind === 'block' && someExpression(e.block, test)) ||
    (e.kind === 'invoke' && someExpression(e.fn.body, test)) ||
    children(e).some((child) => someWithin(child, test))
  );
}

/** Whether an expression of the block, at any depth, passes the test. */
export function someExpression(block: HirBlock, test: (e: HirExpr) => boolean): boolean {
  return block.statements.some((s) => {
    const { expressions, blocks } = statementParts(s);
    return expressions.some((e) => someWithin(e, test)) || blocks.some((b) => someExpression(b, test));
  });
}
