/**
 * How many ways the verifier finds through a statement, roughly: branches of our own, null checks behind map look-ups,
 * texts compared word by word. It walks through loops of jumps turn by turn, all ways in each.
 */
import type { HirBlock, HirExpr, HirStmt } from '../../language/hir.ts';
import { children, statementParts } from './walk.ts';

/** A function that is called back is walked through until nothing changes. */
const CALLED_BACK = 64;

const OF_STATEMENTS: Readonly<Partial<Record<HirStmt['kind'], number>>> = {
  if: 1,
  emit: 1,
  set: 1,
  'set-op': 1,
  aggregate: 2,
  while: CALLED_BACK,
  'for-map': CALLED_BACK,
};

const OF_EXPRESSIONS: Readonly<Partial<Record<HirExpr['kind'], number>>> = {
  logical: 1,
  select: 1,
  map: 1,
  'map-has': 1,
  'map-delete': 1,
  'aggregate-get': 2,
  call: 2,
  'compare-memory': 8,
};

const known = new WeakMap<HirStmt, number>();

export const weightOf = (block: HirBlock): number => block.statements.reduce((sum, s) => sum + ofStatement(s), 0);

/** Turns of a loop over a constant range; null: only known when it runs. */
export function turnsOf(s: Extract<HirStmt, { kind: 'for-range' }>): number | null {
  if (s.from.kind !== 'const' || s.to.kind !== 'const') return null;
  return s.to.value > s.from.value ? Number(s.to.value - s.from.value) : 0;
}

function ofStatement(s: HirStmt): number {
  let weight = known.get(s);
  if (weight === undefined) {
    const { expressions, blocks } = statementParts(s);
    const inside = sum(expressions.map(ofExpression)) + sum(blocks.map(weightOf));
    weight = isLoop(s) ? repeats(s) * Math.max(1, inside) : inside + own(s);
    known.set(s, weight);
  }
  return weight;
}

type Loop = Extract<HirStmt, { kind: 'unroll' | 'for-range' }>;

const isLoop = (s: HirStmt): s is Loop => s.kind === 'unroll' || s.kind === 'for-range';

const repeats = (s: Loop): number => (s.kind === 'unroll' ? s.count : (turnsOf(s) ?? CALLED_BACK));

/** Assignments to variables are no branches. */
function own(s: HirStmt): number {
  if ((s.kind === 'set' || s.kind === 'set-op') && s.place.kind === 'local') return 0;
  return OF_STATEMENTS[s.kind] ?? 0;
}

function ofExpression(e: HirExpr): number {
  let weight = (OF_EXPRESSIONS[e.kind] ?? 0) + sum(children(e).map(ofExpression));
  if (e.kind === 'block') weight += weightOf(e.block);
  if (e.kind === 'invoke') weight += weightOf(e.fn.body);
  return weight;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
