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
  | { readonly kind: 'choose'; readonly cond: Expr; readonly then: Expr; readonly otherwise: Expr }
  /** One of several values that go into a tuple, a record, a macro, a function, ... and come out again. */
  | { readonly kind: 'through'; readonly form: Form; readonly parts: readonly [Expr, Expr, Expr] }
  | { readonly kind: 'byte'; readonly at: number; readonly operand: Expr }
  | { readonly kind: 'text'; readonly cond: Expr; readonly texts: readonly [string, string] };

/** How three values are taken through a construct, and which number comes out. */
interface Form {
  /** `n`: a number of its own, for names of variables. */
  readonly text: (a: string, b: string, c: string, n: number) => string;
  readonly value: (a: bigint, b: bigint, c: bigint) => bigint;
}

export type Stmt =
  | { readonly kind: 'set'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'change'; readonly index: number; readonly op: string; readonly value: Expr }
  | { readonly kind: 'store'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'bump'; readonly index: number; readonly value: Expr }
  | { readonly kind: 'keyed'; readonly index: number; readonly key: Expr; readonly value: Expr }
  | { readonly kind: 'if'; readonly cond: Expr; readonly then: readonly Stmt[]; readonly otherwise: readonly Stmt[] }
  | { readonly kind: 'repeat'; readonly times: number; readonly how: Repeat; readonly body: readonly Stmt[] }
  | { readonly kind: 'leave'; readonly how: 'break' | 'continue'; readonly cond: Expr }
  /** Adds keys and values of a map, or what was counted, to a variable. */
  | { readonly kind: 'each'; readonly index: number }
  | { readonly kind: 'pair'; readonly index: number; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'sum'; readonly index: number; readonly value: Expr };

type Repeat = 'for' | 'while' | 'unroll';

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

/** Functions and macros that the programs call. */
const DEFINITIONS =
  '#define PLUS(x, y) ((x) + (y))\n#define SEVEN 7\n' +
  'struct bits { uint64_t low : 5; uint64_t mid : 20; int64_t high : 39; };\n' +
  'struct torn { uint64_t a : 61; uint64_t b : 60; int32_t c : 31; int64_t d : 40; } __attribute__((packed));\n' +
  'struct parts { int32_t a; union { uint16_t b; uint8_t c[2]; }; struct { int16_t e; } d; };\n' +
  'enum shade { DARK = 3, LIGHT = -4 };\n' +
  'macro into(@m, v) { @m = v; @m } macro second(a, b, c) { b } macro swap($x, $y) { $x ^= $y; $y ^= $x; $x ^= $y; } ' +
  'fn pick($a: int64, $b: int64, $c: int64): int64 { if ($a > 0) { return $b; } return $c; } ';

const unsigned =
  (from: bigint, width: number) =>
  (v: bigint): bigint =>
    BigInt.asUintN(width, v >> from);
const signed =
  (from: bigint, width: number) =>
  (v: bigint): bigint =>
    BigInt.asIntN(width, v >> from);

/** Members of the structs above, and what they are of the bits of a value. */
const FIELDS: readonly (readonly [struct: string, field: string, read: (bits: bigint) => bigint])[] = [
  ['bits', 'low', unsigned(0n, 5)],
  ['bits', 'mid', unsigned(5n, 20)],
  ['bits', 'high', signed(25n, 39)],
  ['parts', 'a', signed(0n, 32)],
  ['parts', 'b', unsigned(32n, 16)],
  ['parts', 'c[1]', unsigned(40n, 8)],
  ['parts', 'd.e', signed(48n, 16)],
  ['torn', 'a', unsigned(0n, 61)],
  ['torn', 'b', unsigned(61n, 60)],
  ['torn', 'c', signed(121n, 31)],
  ['torn', 'd', signed(152n, 40)],
];

const FORMS: readonly Form[] = [
  { text: (a, b, c) => `(${a}, ${b}, ${c}).1`, value: (_a, b) => b },
  { text: (a, b, c) => `((${a}, (${b}, "x")), ${c}).0.1.0`, value: (_a, b) => b },
  { text: (a, b, c) => `(x = ${a}, y = (z = ${b}, w = ${c})).y.w`, value: (_a, _b, c) => c },
  { text: (a, b, c) => `(${a}, "text", (int8)${b}, ${c}).3`, value: (_a, _b, c) => c },
  { text: (a, b, c) => `(int64)(true, (int8)${a}, (uint16)${b}, ${c}).2`, value: (_a, b) => BigInt.asUintN(16, b) },
  { text: (a, b, c) => `second(${a}, ${b}, ${c})`, value: (_a, b) => b },
  { text: (a, b, c) => `pick(${a}, ${b}, ${c})`, value: (a, b, c) => (s64(a) > 0n ? b : c) },
  {
    text: (a, b, c, n) => `{ let $s${n} = ${a}; let $t${n} = ${b}; swap($s${n}, $t${n}); $s${n} ^ ${c} }`,
    value: (_a, b, c) => b ^ c,
  },
  {
    text: (a, b, c, n) =>
      `{ let $r${n}: int64 = 0; if (${a} > ${b}) { $r${n} = ${c}; } else { $r${n} = ${a}; } $r${n} }`,
    value: (a, b, c) => (s64(a) > s64(b) ? c : a),
  },
  {
    text: (a, b, c) => `(int64)((${a}, ${b}) == (${b}, ${c}))`,
    value: (a, b, c) => truth(s64(a) === s64(b) && s64(b) === s64(c)),
  },
  { text: (a, b, c) => `PLUS(${a}, SEVEN) ^ ${b} ^ ${c}`, value: (a, b, c) => (a + 7n) ^ b ^ c },
  { text: (a, b, c) => `if (${a} < ${b}) { ${c} } else { ${a} }`, value: (a, b, c) => (s64(a) < s64(b) ? c : a) },
  { text: (a, b, c) => `into(@into, ${a} ^ ${b}) ^ ${c}`, value: (a, b, c) => a ^ b ^ c },
  {
    text: (a, b, c) => `(int64)LIGHT + comptime (SEVEN * 6) + (${a} ^ ${b} ^ ${c}) + sizeof(struct parts)`,
    value: (a, b, c) => -4n + 42n + (a ^ b ^ c) + 8n,
  },
  ...FIELDS.map(([struct, field, read]): Form => ({
    text: (a, b, c, n) =>
      struct === 'torn'
        ? `{ @torn = (${a}, ${b}, ${c}); (int64)((struct torn *)&@torn)->${field} }`
        : `{ let $p${n}: int64 = ${a}; (int64)((struct ${struct} *)&$p${n})->${field} ^ ${b} ^ ${c} }`,
    value: (a, b, c) => (struct === 'torn' ? read(u64(a) | (u64(b) << 64n) | (u64(c) << 128n)) : read(u64(a)) ^ b ^ c),
  })),
  {
    text: (a, b, c, n) =>
      `{ let $n${n}: typeof(${a}) = 0; for ($l${n} : 0..5) { if ($l${n} == 1) { continue; } if ($l${n} == 4) { break; } $n${n} += ${b}; } *(&$n${n}) ^ ${c} }`,
    value: (_a, b, c) => (b * 3n) ^ c,
  },
  // Tuples and records get wider with what is assigned later, and are made of themselves.
  {
    text: (a, b, c, n) =>
      `{ $w${n} = ((int8)1, "ab", (int16)2); $w${n} = (${a}, "abcdef", ${b}); $old${n} = $w${n}; $w${n} = ((uint8)3, "q", (int32)${c}); $old${n}.0 ^ $old${n}.2 ^ $w${n}.2 }`,
    value: (a, b, c) => a ^ b ^ BigInt.asIntN(32, c),
  },
  {
    text: (a, b, c, n) =>
      `{ let $w${n} = (x = (int8)0, y = "a", z = 0); $w${n} = (x = (int8)${a}, y = "b", z = ${b}); $w${n} = (x = ${c}, y = "abc", z = $w${n}.x); $w${n}.x ^ $w${n}.z }`,
    value: (a, _b, c) => BigInt.asIntN(8, a) ^ c,
  },
  {
    text: (a, b, c, n) => `{ $w${n} = (${a}, ${b}, "t"); $w${n} = ($w${n}.1, $w${n}.0, "u"); $w${n}.0 ^ ${c} }`,
    value: (_a, b, c) => b ^ c,
  },
  {
    text: (a, b, c) =>
      `{ @wide = ((int8)${a}, "a", ${b}); @other = @wide; @wide = (${c}, "abcdefgh", (uint16)1); @other.0 ^ @other.2 ^ @wide.0 }`,
    value: (a, b, c) => BigInt.asIntN(8, a) ^ b ^ c,
  },
  { text: (a, b, c) => `(int64)(uint64)(${a} ?: ${b}) | ${c}`, value: (a, b, c) => (s64(a) !== 0n ? a : b) | c },
];

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
    fc.record({
      kind: fc.constant('through' as const),
      form: fc.constantFrom(...FORMS),
      parts: fc.tuple(tie('expr'), tie('expr'), tie('expr')),
    }),
    fc.record({ kind: fc.constant('byte' as const), at: fc.nat(7), operand: tie('expr') }),
    fc.record({
      kind: fc.constant('text' as const),
      cond: tie('expr'),
      texts: fc.tuple(fc.constantFrom('', 'a', 'abc'), fc.constantFrom('abc', 'abcdefgh', 'b')),
    }),
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
      how: fc.constantFrom<Repeat>('for', 'while', 'unroll'),
      body: tie('block'),
    }),
    fc.record({ kind: fc.constant('leave' as const), how: fc.constantFrom('break', 'continue'), cond: expr }),
    fc.record({ kind: fc.constant('each' as const), index }),
    fc.record({ kind: fc.constant('pair' as const), index, left: expr, right: expr }),
    fc.record({ kind: fc.constant('sum' as const), index, value: expr }),
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
    case 'through': {
      const [a, b, c] = e.parts.map(exprText);
      return `((int64)(${e.form.text(a ?? '', b ?? '', c ?? '', loops++)}))`;
    }
    case 'byte':
      return `((int64)((uint8[8])${exprText(e.operand)})[${e.at}])`;
    case 'text': {
      const [first, second] = e.texts.map((text) => JSON.stringify(text));
      return `((int64)strlen(${exprText(e.cond)} ? ${first} : ${second}))`;
    }
  }
}

let loops = 0;
/** Loops around, innermost last: `break` and `continue` need one. */
const around: Repeat[] = [];

function repeatText(s: Extract<Stmt, { kind: 'repeat' }>): string {
  const n = loops++;
  around.push(s.how);
  const body = blockText(s.body);
  around.pop();
  switch (s.how) {
    case 'for':
      return `for ($i${n} : 0..${s.times}) { ${body} }`;
    case 'while':
      return `let $w${n}: int64 = ${s.times}; while ($w${n} > 0) { $w${n}--; ${body} }`;
    case 'unroll':
      return `unroll (${turns(s)}) { ${body} }`;
  }
}

/** Unrolled loops have one turn at least, and few. */
const turns = ({ how, times }: Extract<Stmt, { kind: 'repeat' }>): number =>
  how === 'unroll' ? Math.min(2, Math.max(1, times)) : times;

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
      return repeatText(s);
    case 'leave': {
      const inner = around.at(-1);
      return inner === undefined || inner === 'unroll' ? '' : `if (${exprText(s.cond)}) { ${s.how}; }`;
    }
    case 'each':
      return `for ($kv${loops++} : @f) { $v${s.index} += $kv${loops - 1}.0 * 3 + $kv${loops - 1}.1; }`;
    case 'pair':
      return `@t = (${exprText(s.left)}, "t", ${exprText(s.right)}); $v${s.index} = @t.0 - @t.2;`;
    case 'sum':
      return `@s = sum(${exprText(s.value)}); $v${s.index} = (int64)@s;`;
  }
}

const blockText = (body: readonly Stmt[]): string => body.map(stmtText).join(' ');

/** What `for (... : @f)` sees. */
const EACH: readonly (readonly [bigint, bigint])[] = [
  [1n, 10n],
  [-7n, 1n << 40n],
  [300n, -5n],
];

/** Two probes: the first sets the start values, the second runs. Results are in @m0, @m1, ... and @r0, @r1, ... */
export function queryText(m: Model): string {
  loops = 0;
  const start = [
    ...m.start.map((v, n) => `@m${n} = ${literal(v)}; @k[(int64)${n}] = (int64)0;`),
    ...EACH.map(([key, value]) => `@f[${literal(key)}] = ${literal(value)};`),
  ].join(' ');
  const load = m.start.map((_, n) => `let $v${n}: int64 = @m${n};`).join(' ');
  const store = m.start.map((_, n) => `@r${n} = $v${n};`).join(' ');
  return `${DEFINITIONS}BEGIN { ${start} } BEGIN { ${load} ${blockText(m.body)} ${store} }`;
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
      case 'through': {
        const [a, b, c] = e.parts.map(value);
        return s64(e.form.value(a ?? 0n, b ?? 0n, c ?? 0n));
      }
      case 'byte':
        return (u64(value(e.operand)) >> BigInt(8 * e.at)) & 0xffn;
      case 'text':
        return BigInt(e.texts[value(e.cond) !== 0n ? 0 : 1].length);
    }
  };
  let sum = 0n;
  const loopsAround: Repeat[] = [];
  /** How the block ended. */
  const run = (body: readonly Stmt[]): 'break' | 'continue' | null => {
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
        case 'if': {
          const left = run(value(s.cond) !== 0n ? s.then : s.otherwise);
          if (left !== null) return left;
          break;
        }
        case 'repeat':
          loopsAround.push(s.how);
          for (let n = 0; n < turns(s); n++) if (run(s.body) === 'break') break;
          loopsAround.pop();
          break;
        case 'leave': {
          const inner = loopsAround.at(-1);
          if (inner !== undefined && inner !== 'unroll' && value(s.cond) !== 0n) return s.how;
          break;
        }
        case 'each':
          for (const [key, held] of EACH) variables[s.index] = apply('+', at(variables, s.index), key * 3n + held);
          break;
        case 'pair':
          variables[s.index] = apply('-', value(s.left), value(s.right));
          break;
        case 'sum':
          sum = s64(sum + value(s.value));
          variables[s.index] = sum;
      }
    }
    return null;
  };
  run(m.body);
  return { variables, maps };
}
