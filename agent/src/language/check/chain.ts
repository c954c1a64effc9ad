/**
 * Chains of operators (`a && b && c`, `a + b + c`) lean to the left, as many levels as they have links. They are walked
 * without recursion, and long ones become trees that everything behind the checker can walk: `&&` and `||` balanced ones,
 * arithmetic in pieces whose results are kept in variables.
 */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirStmt } from '../hir.ts';
import { binary } from './arithmetic.ts';
import { bool, sequence } from './build.ts';
import type { Env } from './env.ts';
import { isUnknown } from './unknown.ts';

type Binary = Extract<ast.Expr, { kind: 'binary' }>;

const isLogical = (op: Binary['op']): op is '&&' | '||' => op === '&&' || op === '||';

/** Links up to which the tree is as it is written. */
const SHORT = 64;

export function chain(env: Env, e: Binary): HirExpr {
  if (e.left.kind !== 'binary' && !isLogical(e.op)) {
    return binary(env, e.op, env.expression(e.left), env.expression(e.right), e.span);
  }
  const links: Binary[] = [];
  let first: ast.Expr = e;
  for (; first.kind === 'binary'; first = first.left) links.push(first);
  const statements: HirStmt[] = [];
  let value = env.expression(first);
  let length = 0;
  while (links.length > 0) {
    const run = operands(links);
    const [link] = run;
    if (link === undefined) break;
    for (const { span } of run.slice(0, -1)) env.session.countNode(span);
    if (isLogical(link.op)) {
      value = logicalRun(env, link.op, value, run);
      continue;
    }
    value = binary(env, link.op, value, env.expression(link.right), link.span);
    if (value.kind !== 'arithmetic' || ++length < SHORT || links.length === 0) continue;
    length = 0;
    const local = env.temporary('$part', value.type);
    const { type, span } = value;
    statements.push({ kind: 'set', place: { kind: 'local', local, type, span }, value, span });
    value = { kind: 'local', local, type, span };
  }
  return isUnknown(value.type) ? value : sequence(statements, value, e.span);
}

/** The next link of the chain; of `&&` and `||` all that follow each other. */
function operands(links: Binary[]): Binary[] {
  const run: Binary[] = [];
  for (let link = links.pop(); link !== undefined; link = links.pop()) {
    run.push(link);
    const next = links.at(-1);
    if (next?.op !== link.op || !isLogical(link.op)) break;
  }
  return run;
}

function logicalRun(env: Env, op: '&&' | '||', first: HirExpr, run: readonly Binary[]): HirExpr {
  // What the host or a literal rules out need not even type-check, as in a branch.
  const decided = first.kind === 'const' && !isUnknown(first.type) && (first.value !== 0n) === (op === '||');
  if (decided) return bool(op === '||', { start: first.span.start, end: run.at(-1)?.span.end ?? first.span.end });
  const values = [first, ...run.map(({ right }) => env.expression(right))];
  const span = (from: number, to: number): Span => ({
    start: values[from]?.span.start ?? 0,
    end: run[to - 1]?.span.end ?? 0,
  });
  const left = (from: number, to: number): HirExpr => {
    let value = values[from] as HirExpr;
    for (let at = from + 1; at <= to; at++)
      value = binary(env, op, value, values[at] as HirExpr, { start: span(from, at).start, end: span(0, at).end });
    return value;
  };
  const balanced = (from: number, to: number): HirExpr => {
    if (to - from < SHORT) return left(from, to);
    const middle = (from + to) >> 1;
    return binary(env, op, balanced(from, middle), balanced(middle + 1, to), span(from, to));
  };
  return balanced(0, values.length - 1);
}
