/**
 * Random programs over int64 variables, and what they compute by a plain interpreter: the model that compiled programs are
 * compared with. Values come out of maps, so that nothing is known at compile time.
 */
import fc from 'fast-check';

export const VARIABLES = 6;

export type Expr =
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'map'; readonly index: number }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'constant'; readonly op: string; readonly left: Expr; readonly value: bigint }
  | { readonly kind: 'unary'; readonly op: '-' | '~' | '!'; readonly operand: Expr }
  | { readonly kind: 'cast'; readonly bits: 8 | 16 | 32; readonly signed: boolean; readonly operand: Expr }
  | { readonly kind: 'choose'; readonly cond: Expr; readonly then: Expr; readonly otherwise: Expr };

export type Stmt =
  | { readonly kind: 'set'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'change'; readonly index: number; readonly op: string; readonly value: Expr }
  | { readonly kind: 'store'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'bump'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'keyed'; readonly index: number; readonly key: Expr; readonly value: Expr }
  | { readonly kind: 'if'; readonly cond: Expr; readonly then: readonly Stmt[]; readonly otherwise: readonly Stmt[] }
  | { readonly kind: 'repeat'; readonly times: number; readonly body: readonly Stmt[] };

export interface Model {
  readonly start: readonly bigint[];
  readonly body: readonly Stmt[];
}

const ARITHMETIC = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'];
const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='];
const LOGICAL = ['&&', '||'];

const index = fc.nat(VARIABLES - 1);
const number = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
  fc.constantFrom(2n ** 31n, 2n ** 32n - 1n, -(2n ** 31n), 255n, 256n, 65535n),
);

const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expr' },
    fc.record({ kind: fc.constant('variable' as const), index }),
    fc.record({ kind: fc.constant('map' as const), index }),
    fc.record({
      kind: fc.constant('binary' as const),
      op: fc.constantFrom(...ARITHMETIC, ...COMPARISONS, ...LOGICAL),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('constant' as const),
      op: fc.constantFrom('+', '-', '*', '&', '|', '^', '==', '<', '>='),
      left: tie('expr'),
      value: number,
    }),
    fc.record({ kind: fc.constant('unary' as const), op: fc.constantFrom('-', '~', '!'), operand: tie('expr') }),
    fc.record({
      kind: fc.constant('cast' as const),
      bits: fc.constantFrom(8, 16, 32),
      signed: fc.boolean(),
      operand: tie('expr'),
    }),
    fc.record({ kind: fc.constant('choose' as const), cond: tie('expr'), then: tie('expr'), otherwise: tie('expr') }),
  ),
}));

const { block } = fc.letrec<{ block: readonly Stmt[]; stmt: Stmt }>((tie) => ({
  block: fc.array(tie('stmt'), { minLength: 1, maxLength: 5 }),
  stmt: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'stmt' },
    fc.record({ kind: fc.constant('set' as const), index, value: expr }),
    fc.record({
      kind: fc.constant('change' as const),
      index,
      op: fc.constantFrom('+', '-', '*', '&', '|', '^'),
      value: expr,
    }),
    fc.record({ kind: fc.constant('store' as const), index, value: expr }),
    fc.record({ kind: fc.constant('bump' as const), index, value: expr }),
    fc.record({ kind: fc.constant('keyed' as const), index, key: expr, value: expr }),
    fc.record({ kind: fc.constant('if' as const), cond: expr, then: tie('block'), otherwise: tie('block') }),
    fc.record({
      kind: fc.constant('repeat' as const),
      times: fc.constantFrom(0, 1, 3, 70),
      body: tie('block'),
    }),
  ),
}));

export const model: fc.Arbitrary<Model> = fc.record({
  start: fc.array(number, { minLength: VARIABLES, maxLength: VARIABLES }),
  body: block,
});

// ---- as a query --------------------------------------------------------------------------------------------------

/** int64 literals; the smallest number has none. */
const literal = (v: bigint): string => (v < 0n ? `(int64)(${v})` : `(int64)${v}`);

function exprText(e: Expr): string {
  switch (e.kind) {
    case 'variable':
      return `$v${e.index}`;
    case 'map':
      return `@m${e.index}`;
    case 'binary':
      return `((int64)(${exprText(e.left)} ${e.op} ${exprText(e.right)}))`;
    case 'constant':
      return `((int64)(${exprText(e.left)} ${e.op} ${literal(e.value)}))`;
    case 'unary':
      return `((int64)(${e.op}${exprText(e.operand)}))`;
    case 'cast':
      return `((int64)(${e.signed ? 'int' : 'uint'}${e.bits})${exprText(e.operand)})`;
    case 'choose':
      return `(${exprText(e.cond)} ? ${exprText(e.then)} : ${exprText(e.otherwise)})`;
  }
}

let loops = 0;

function stmtText(s: Stmt): string {
  switch (s.kind) {
    case 'set':
      return `$v${s.index} = ${exprText(s.value)};`;
    case 'change':
      return `$v${s.index} ${s.op}= ${exprText(s.value)};`;
    case 'store':
      return `@m${s.index} = ${exprText(s.value)};`;
    case 'bump':
      return `@m${s.index} += ${exprText(s.value)};`;
    case 'keyed':
      return `@k[${exprText(s.key)}] = ${exprText(s.value)}; $v${s.index} = @k[${exprText(s.key)}];`;
    case 'if':
      return `if (${exprText(s.cond)}) { ${blockText(s.then)} } else { ${blockText(s.otherwise)} }`;
    case 'repeat':
      return `for ($i${loops++} : 0..${s.times}) { ${blockText(s.body)} }`;
  }
}

const blockText = (body: readonly Stmt[]): string => body.map(stmtText).join(' ');

/** Two probes: the first sets the start values, the second runs. Results are in @m0, @m1, ... and @r0, @r1, ... */
export function queryText(m: Model): string {
  loops = 0;
  const start = m.start.map((v, n) => `@m${n} = ${literal(v)}; @k[(int64)${n}] = (int64)0;`).join(' ');
  const load = m.start.map((_, n) => `let $v${n}: int64 = @m${n};`).join(' ');
  const store = m.start.map((_, n) => `@r${n} = $v${n};`).join(' ');
  return `BEGIN { ${start} } BEGIN { ${load} ${blockText(m.body)} ${store} }`;
}

// ---- by interpretation -------------------------------------------------------------------------------------------

const s64 = (v: bigint): bigint => BigInt.asIntN(64, v);
const u64 = (v: bigint): bigint => BigInt.asUintN(64, v);
const truth = (b: boolean): bigint => (b ? 1n : 0n);

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? 1n : u64(a) / u64(b)),
  '%': (a, b) => (b === 0n ? 1n : u64(a) % u64(b)),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => u64(a) << (u64(b) & 63n),
  '>>': (a, b) => u64(a) >> (u64(b) & 63n),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
};

export interface Result {
  readonly variables: readonly bigint[];
  readonly maps: readonly bigint[];
}

export function interpret(m: Model): Result {
  const variables = m.start.map(s64);
  const maps = m.start.map(s64);
  const at = (list: readonly bigint[], n: number): bigint => list[n] ?? 0n;
  const apply = (op: string, a: bigint, b: bigint): bigint => s64(OPERATIONS[op]?.(a, b) ?? 0n);
  const value = (e: Expr): bigint => {
    switch (e.kind) {
      case 'variable':
        return at(variables, e.index);
      case 'map':
        return at(maps, e.index);
      case 'binary':
        if (e.op === '&&') return truth(value(e.left) !== 0n && value(e.right) !== 0n);
        if (e.op === '||') return truth(value(e.left) !== 0n || value(e.right) !== 0n);
        return apply(e.op, value(e.left), value(e.right));
      case 'constant':
        return apply(e.op, value(e.left), e.value);
      case 'unary': {
        const v = value(e.operand);
        return e.op === '!' ? truth(v === 0n) : s64(e.op === '-' ? -v : ~v);
      }
      case 'cast':
        return (e.signed ? BigInt.asIntN : BigInt.asUintN)(e.bits, value(e.operand));
      case 'choose':
        return value(e.cond) !== 0n ? value(e.then) : value(e.otherwise);
    }
  };
  const run = (body: readonly Stmt[]): void => {
    for (const s of body) {
      switch (s.kind) {
        case 'set':
        case 'keyed':
          variables[s.index] = value(s.value);
          break;
        case 'change':
          variables[s.index] = apply(s.op, at(variables, s.index), value(s.value));
          break;
        case 'store':
          maps[s.index] = value(s.value);
          break;
        case 'bump':
          maps[s.index] = apply('+', at(maps, s.index), value(s.value));
          break;
        case 'if':
          run(value(s.cond) !== 0n ? s.then : s.otherwise);
          break;
        case 'repeat':
          for (let n = 0; n < s.times; n++) run(s.body);
      }
    }
  };
  run(m.body);
  return { variables, maps };
}
