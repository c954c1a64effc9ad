/**
 * Random well-formed syntax trees for property tests: everything the grammar can say, nothing it cannot. Spans are all
 * zero; compare trees with `withoutSpans`.
 */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { AttachPoint, Block, Expr, Item, MacroParam, Probe, Program, Stmt, TypeName } from '../ast.ts';
import { KEYWORDS, PROVIDERS } from '../parser/token.ts';
import { isBaseWord } from '../parser/base-types.ts';
import { byteCharacter } from '../string-bytes.ts';

const span = { start: 0, end: 0 };
const BINARY = [
  '||',
  '&&',
  '|',
  '^',
  '&',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
] as const;
const ASSIGN = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='] as const;
const RESERVED: ReadonlySet<string> = new Set([
  'struct',
  'union',
  'enum',
  'const',
  '_',
  'config',
  ...KEYWORDS,
  ...PROVIDERS,
]);

export const name: Arbitrary<string> = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,6}$/)
  .filter((text) => !RESERVED.has(text) && !isBaseWord(text) && !text.endsWith('_t'));
/** Apart from all other names: what a script defines as a value is no type any more. */
const typeWord = name.map((text) => `${text}_t`);

const text: Arbitrary<string> = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 3 }), fc.integer({ min: 0, max: 255 }).map(byteCharacter)), {
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  // Lone halves of pairs that are no escaped bytes cannot come from decoded text.
  .filter((value) => !/[\ud800-\udc7f\udd00-\udfff]/u.test(value));

const int: Arbitrary<Expr> = fc.oneof(
  fc
    .bigInt({ min: 0n, max: (1n << 64n) - 1n })
    .map((value) => ({ kind: 'int' as const, value, text: String(value), duration: false, span })),
  fc
    .bigInt({ min: 0n, max: 1n << 63n })
    .map((value) => ({ kind: 'int' as const, value, text: `0x${value.toString(16)}`, duration: false, span })),
  fc
    .integer({ min: 0, max: 999 })
    .map((n) => ({ kind: 'int' as const, value: BigInt(n) * 1_000_000n, text: `${n}ms`, duration: true, span })),
);

const leaf: Arbitrary<Expr> = fc.oneof(
  int,
  text.map((value) => ({ kind: 'string' as const, value, span })),
  fc.boolean().map((value) => ({ kind: 'bool' as const, value, span })),
  fc
    .oneof(name, fc.constantFrom('pid', 'args', 'nsecs', 'arg0', 'comm'))
    .map((ident) => ({ kind: 'ident' as const, name: ident, span })),
  name.map((variable) => ({ kind: 'variable' as const, name: variable, span })),
  fc.nat(20).map((index) => ({ kind: 'positional' as const, index, span })),
  fc.oneof(name, fc.constant('')).map((map) => ({ kind: 'map' as const, name: map, keys: null, span })),
);

// A type, not an interface: letrec asks for an index signature.
type Trees = {
  readonly expr: Expr;
  readonly type: TypeName;
  readonly stmt: Stmt;
  readonly block: Block;
  readonly valueBlock: Block;
  readonly ifExpr: Extract<Expr, { kind: 'if' }>;
  readonly ifStmt: Extract<Expr, { kind: 'if' }>;
};

const { expr, type, block, valueBlock } = fc.letrec<Trees>((tie) => {
  const e = tie('expr');
  const exprs = (least: number): Arbitrary<Expr[]> => fc.array(e, { minLength: least, maxLength: 3 });
  const suffix = fc.oneof(fc.constant('*' as const), fc.record({ count: fc.option(fc.nat(99)) }));
  const named: Arbitrary<TypeName> = fc.record({
    kind: fc.constant('type-name' as const),
    base: fc.record({
      kind: fc.constant('named' as const),
      tag: fc.constantFrom(null, 'struct' as const, 'union' as const, 'enum' as const),
      name: typeWord,
    }),
    suffixes: fc.array(suffix, { maxLength: 2 }),
    span: fc.constant(span),
  });
  const typeofType: Arbitrary<TypeName> = fc.record({
    kind: fc.constant('type-name' as const),
    base: fc.record({ kind: fc.constant('typeof' as const), of: e }),
    suffixes: fc.constant([]),
    span: fc.constant(span),
  });
  const typeOrExpr = fc.oneof(named, e);
  const map = fc.record({
    kind: fc.constant('map' as const),
    name,
    keys: fc.option(exprs(1)),
    span: fc.constant(span),
  });
  const target: Arbitrary<Expr> = fc.oneof(
    map,
    name.map((variable) => ({ kind: 'variable' as const, name: variable, span })),
  );
  const op = fc.constantFrom('++' as const, '--' as const);
  const blockOf = (value: Arbitrary<Expr | null>): Arbitrary<Block> =>
    fc
      .record({ statements: fc.array(tie('stmt'), { maxLength: 3 }), value })
      .map((parts) => ({ kind: 'block' as const, ...parts, span }));
  const ifOf = (branch: Arbitrary<Block>, again: Arbitrary<Extract<Expr, { kind: 'if' }>>) =>
    fc.record({
      kind: fc.constant('if' as const),
      cond: e.filter((cond) => cond.kind !== 'record'),
      then: branch,
      else: fc.option(fc.oneof({ maxDepth: 2 }, branch, again)),
      span: fc.constant(span),
    });
  return {
    type: fc.oneof(named, typeofType),
    expr: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      map,
      fc.record({ name, args: exprs(0) }).map((call) => ({ kind: 'call' as const, ...call, nameSpan: span, span })),
      fc
        .record({ op: fc.constantFrom(...BINARY), left: e, right: e })
        .map((binary) => ({ kind: 'binary' as const, ...binary, span })),
      fc
        .record({
          op: fc.constantFrom('-' as const, '!' as const, '~' as const, '*' as const, '&' as const),
          operand: e,
        })
        .map((unary) => ({ kind: 'unary' as const, ...unary, span })),
      fc
        .record({ op, prefix: fc.boolean(), target: fc.oneof(target, e) })
        .map((update) => ({ kind: 'update' as const, ...update, span })),
      fc
        .record({ cond: e, then: fc.option(e), else: e })
        .map((ternary) => ({ kind: 'ternary' as const, ...ternary, span })),
      tie('ifExpr'),
      tie('valueBlock').map((inner) => ({ kind: 'block-expr' as const, block: inner, span })),
      fc
        .record({ object: e, name: fc.oneof(name, fc.constantFrom('import', 'pid', 'struct')), arrow: fc.boolean() })
        .map((member) => ({ kind: 'member' as const, ...member, nameSpan: span, span })),
      fc
        .record({ object: e, index: fc.nat(12), arrow: fc.boolean() })
        .map((member) => ({ kind: 'tuple-member' as const, ...member, span })),
      fc.record({ object: e, index: e }).map((index) => ({ kind: 'index' as const, ...index, span })),
      fc.record({ type: tie('type'), operand: e }).map((cast) => ({ kind: 'cast' as const, ...cast, span })),
      exprs(0).map((elements) => ({ kind: 'tuple' as const, elements, span })),
      fc
        .array(fc.record({ name, value: e, span: fc.constant(span) }), { minLength: 1, maxLength: 3 })
        .map((fields) => ({ kind: 'record' as const, fields, span })),
      fc.record({
        kind: fc.constantFrom('typeof' as const, 'typeinfo' as const),
        of: typeOrExpr,
        span: fc.constant(span),
      }),
      typeOrExpr.map((of) => ({ kind: 'sizeof' as const, of, span })),
      fc
        .record({ of: typeOrExpr, path: fc.array(name, { minLength: 1, maxLength: 3 }) })
        .map((offsetof) => ({ kind: 'offsetof' as const, ...offsetof, span })),
      e.map((inner) => ({ kind: 'comptime' as const, expr: inner, span })),
    ),
    ifExpr: ifOf(tie('valueBlock'), tie('ifExpr')),
    ifStmt: ifOf(tie('block'), tie('ifStmt')),
    block: blockOf(fc.constant(null)),
    valueBlock: blockOf(fc.option(e)),
    stmt: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      e.filter((inner) => inner.kind !== 'if').map((inner) => ({ kind: 'expr-stmt' as const, expr: inner, span })),
      fc
        .record({ op: fc.constantFrom(...ASSIGN), target, value: e })
        .map((assign) => ({ kind: 'assign' as const, ...assign, span })),
      e.map((value) => ({ kind: 'discard' as const, value, span })),
      fc
        .record({ name, type: fc.option(tie('type')), value: fc.option(e) })
        .map((let_) => ({ kind: 'let' as const, ...let_, nameSpan: span, span })),
      fc.constantFrom({ kind: 'break' as const, span }, { kind: 'continue' as const, span }),
      fc.option(e).map((value) => ({ kind: 'return' as const, value, span })),
      tie('ifStmt').map((inner) => ({ kind: 'expr-stmt' as const, expr: inner, span })),
      fc
        .record({ cond: e.filter((cond) => cond.kind !== 'record'), body: tie('block') })
        .map((loop) => ({ kind: 'while' as const, ...loop, span })),
      fc
        .record({ count: e.filter((count) => count.kind !== 'record'), body: tie('block') })
        .map((loop) => ({ kind: 'unroll' as const, ...loop, span })),
      fc
        .record({ name, map, body: tie('block') })
        .map((loop) => ({ kind: 'for-map' as const, ...loop, nameSpan: span, span })),
      fc
        .record({ name, from: e, to: e, body: tie('block') })
        .map((loop) => ({ kind: 'for-range' as const, ...loop, nameSpan: span, span })),
      text.map((path) => ({ kind: 'import-stmt' as const, path, span })),
      tie('block'),
    ),
  };
});

const attachPoint: Arbitrary<AttachPoint> = fc
  .record({
    name: fc.option(name),
    parts: fc.oneof(
      fc.constantFrom(['begin'], ['kprobe', 'vfs_*'], ['tracepoint', 'sched', 'sched_switch'], ['profile', 'hz', '99']),
      fc
        .array(fc.stringMatching(/^[a-z/_.*+0-9-]{1,8}$/), { minLength: 1, maxLength: 3 })
        .map((rest) => ['uprobe', '/bin/x', ...rest]),
    ),
  })
  .map((point) => ({ ...point, text: point.parts.join(':'), span }));

const probe: Arbitrary<Probe> = fc
  .record({
    attachPoints: fc.array(attachPoint, { minLength: 1, maxLength: 3 }),
    predicate: fc.option(expr),
    body: block,
  })
  .map((parts) => ({ kind: 'probe' as const, ...parts, span }));

const macroParam: Arbitrary<MacroParam> = fc.record({
  kind: fc.constantFrom('variable' as const, 'map' as const, 'identifier' as const),
  name,
  type: fc.option(type),
  span: fc.constant(span),
});

const item: Arbitrary<Item> = fc.oneof(
  { arbitrary: probe, weight: 5 },
  fc
    .record({ name, params: fc.array(macroParam, { maxLength: 3 }), body: valueBlock })
    .map((macro) => ({ kind: 'macro' as const, ...macro, nameSpan: span, span })),
  fc
    .record({
      name,
      params: fc.array(fc.record({ name, type, span: fc.constant(span) }), { maxLength: 2 }),
      returns: type,
      body: block,
    })
    .map((fn) => ({ kind: 'function' as const, ...fn, nameSpan: span, span })),
  fc
    .record({ name, mapType: fc.constantFrom('hash', 'lruhash'), maxEntries: int })
    .map((decl) => ({ kind: 'map-decl' as const, ...decl, typeSpan: span, span })),
);

export const randomExpr: Arbitrary<Expr> = expr;
export const randomProgram: Arbitrary<Program> = fc
  .record({
    imports: fc.array(
      text.map((path): Item => ({ kind: 'import', path, span })),
      { maxLength: 2 },
    ),
    items: fc.array(item, { maxLength: 3 }),
    entries: fc.option(
      fc.array(
        fc.record({
          key: name,
          keySpan: fc.constant(span),
          value: fc.oneof(
            leaf.filter((v) => v.kind === 'int' || v.kind === 'string' || v.kind === 'bool'),
            name.map((word) => ({ kind: 'word' as const, text: word, span })),
          ),
          span: fc.constant(span),
        }),
        { maxLength: 3 },
      ),
    ),
  })
  .map(({ imports, items, entries }) => ({
    kind: 'program' as const,
    shebang: null,
    preamble: [],
    config: entries === null ? null : { entries, span },
    items: [...imports, ...items],
    comments: [],
    span,
  }));

/** The same tree with every place removed. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !/^(span|nameSpan|keySpan|typeSpan|comments)$/.test(key))
      .map(([key, inner]) => [key, withoutSpans(inner)]),
  );
}
