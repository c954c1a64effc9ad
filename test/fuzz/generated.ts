/**
 * Random well-typed programs on a tracepoint that every kernel has, as text: the same for the same seed on every host.
 * Richer in syntax than the model of test/kernel/program-model.ts, which also knows the results.
 */
import { Random } from './random.ts';

/** What the random parts may use: one map and variable of every kind. */
const PRELUDE =
  '#define PLUS(x, y) ((x) + (y))\n#define SEVEN 7\n' +
  'enum shade { DARK = 3, LIGHT = -4 };\ntypedef unsigned int word;\n' +
  'struct rec { int a; u8 b[4]; unsigned x : 3; unsigned y : 17; struct { short s; word w[2]; } in; union { u64 u; char c[8]; }; enum shade e; u8 m[6]; struct rec *next; };\n' +
  'struct torn { u64 a : 61; u64 b : 60; char n[5]; } __attribute__((packed));\n' +
  'let @lru = lruhash(10); let @per = percpuhash(10); macro bump($x) { $x++; $x } macro into(@m, v) { @m = v; @m } fn longer($s: string, $n: uint8): bool { if ($n > 3) { return $s == "abc"; } return true; } ' +
  'macro same(a) { a } fn identity($a: int64): int64 { return $a; } tracepoint:sched:sched_switch { ' +
  '@k[1] = 5; @c[comm] = count(); @cnt = count(); @st_n = sum(1); @mx[1] = max(1); @rec = (a = 1, b = (c = "x", d = true)); @t[1] = (1, "abc"); @n = 1; @s = "xy"; ' +
  '@lru[1] = 1; @per[1] = 1; @into = 1; $i = (int64)pid; $u = nsecs; $s = "abcdef"; let $w = 0; let $found = 0; ';

type Rule = (w: Writer, depth: number) => string;

const NUMBERS =
  '1 300 -5 pid tid nsecs cpu args.prev_pid args.prev_state $i $u @n @k[1] @k[pid] (uint8)7 @cnt @c[comm] curtask.pid sizeof(pid) rand uid'.split(
    ' ',
  );
const TEXTS = 'comm "abc" "" args.prev_comm args.next_comm $s @s @t[1].1 curtask.comm str(curtask)'.split(' ');
const TRUTHS = ['true', 'false', 'pid == 1', 'comm == "bash"', '$i > 3', 'has_key(@k, 1)'];

const NUMBER_RULES: readonly Rule[] = [
  (w, d) => `(${w.number(d)} ${w.random.pick(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'])} ${w.number(d)})`,
  (w, d) => `((${w.truth(d)}) ? ${w.number(d)} : ${w.number(d)})`,
  (w, d) => `(${w.random.pick(['uint8', 'int16', 'uint32', 'int64', 'uint64'])})${w.number(d)}`,
  (w, d) => `(-(${w.number(d)}))`,
  (w, d) => `(~${w.number(d)})`,
  () => '($i++)',
  () => '(--@n)',
  (w, d) => `${w.pair(d)}.0`,
  (w, d) => `bswap((uint32)${w.number(d)})`,
  (w, d) => `strncmp(${w.text(d)}, ${w.text(d)}, 4)`,
  () => 'len(@k)',
  (w, d) => `strlen(${w.text(d)})`,
  (w, d) => `same(${w.number(d)})`,
  (w, d) => `identity((int64)${w.number(d)})`,
  () => 'curtask.real_parent.tgid',
  () => 'args.prev_comm[3]',
  (w, d) => `((uint8[8])(uint64)${w.number(d)})[${String(w.random.below(8))}]`,
  (w, d) => `(x = ${w.number(d)}, y = (z = ${w.text(d)}, w = ${w.number(d)})).y.w`,
  (w, d) => `((${w.number(d)}, ${w.pair(d)}), ${w.number(d)}).0.1.0`,
  (w, d) => `({ let $b${String(w.next())} = ${w.number(d)}; ${w.number(d)} })`,
  () => 'len(kstack(4))',
  () => '(int64)@st_n',
  () => '(uint64)@mx[1]',
  () => 'ppid(pid)',
  (w, d) => `strstr(${w.text(d)}, "b")`,
  (w) =>
    `((struct rec *)curtask)->${w.random.pick(['a', 'b[2]', 'x', 'y', 'in.s', 'in.w[1]', 'u', 'c[3]', 'e', 'next.next.y'])}`,
  (w) => `((struct torn *)curtask)->${w.random.pick(['a', 'b', 'n[2]'])}`,
  (w, d) => `PLUS(${w.number(d)}, SEVEN)`,
  (w) =>
    w.random.pick([
      'LIGHT',
      '5ms',
      '0x1f',
      '017',
      '1e6',
      'sizeof(struct rec)',
      'offsetof(struct rec, in.w)',
      'comptime (SEVEN * 6)',
      'cgroup',
      'elapsed',
      'jiffies',
      'gid',
      'len(ustack)',
      'numaid',
    ]),
  (w, d) =>
    `(if (${w.truth(d)}) { ${w.number(d)} } else if (${w.truth(d)}) { ${w.number(d)} } else { ${w.number(d)} })`,
  () => '(*(&$i))',
  (w) => `((uint8 *)&$i)[${String(w.random.below(8))}]`,
  () => 'bump($i)',
  (w, d) => `into(@into, (int64)${w.number(d)})`,
  (w, d) => `@lru[${w.number(d)}]`,
  (w, d) => `(${w.number(d)} ?: ${w.number(d)})`,
  (w, d) => `(int64)longer(${w.text(d)}, (uint8)${w.number(d)})`,
  () => '(int64)((enum shade)$i == DARK)',
  (w) => `(int64)memcmp(comm, args.next_comm, ${String(1 + w.random.below(15))})`,
];
const TEXT_RULES: readonly Rule[] = [
  (w, d) => `((${w.truth(d)}) ? ${w.text(d)} : ${w.text(d)})`,
  (w, d) => `(1, ${w.text(d)}).1`,
  (w) => w.text(0),
  (w, d) => `str(${w.text(d)}, ${String(w.random.below(9))})`,
  (w) => `comm(${w.random.pick(['pid', 'curtask', '1'])})`,
  () => 'pcomm',
  () => '((struct rec *)curtask)->c',
  (w) => `str(((struct torn *)curtask)->n, ${String(1 + w.random.below(5))})`,
  (w, d) => `same(${w.text(d)})`,
];
const TRUTH_RULES: readonly Rule[] = [
  (w, d) => `(${w.number(d)} ${w.random.pick(['==', '!=', '<', '>', '<=', '>='])} ${w.number(d)})`,
  (w, d) => `((${w.truth(d)}) ${w.random.pick(['&&', '||'])} (${w.truth(d)}))`,
  (w, d) => `!(${w.truth(d)})`,
  (w, d) => `(${w.text(d)} ${w.random.pick(['==', '!='])} ${w.text(d)})`,
  (w, d) => `(${w.pair(d)} == ${w.pair(d)})`,
  () => 'delete(@k, 7)',
  (w, d) => `((uint8[8])(uint64)${w.number(d)} == (uint8[8])(uint64)${w.number(d)})`,
  (w, d) => `globmatch(${w.text(d)}, "a*")`,
  (w, d) => `strcontains(${w.text(d)}, "a")`,
  (w, d) => `((${w.number(d)}, ${w.number(d)}) != (${w.number(d)}, 3))`,
];
const STATEMENT_RULES: readonly Rule[] = [
  (w) => `@n = ${w.number(2)};`,
  (w) => `@k[${w.number(1)}] = ${w.number(2)};`,
  (w) => `@k[${w.number(1)}] ${w.random.pick(['+=', '-=', '|=', '<<='])} ${w.number(1)};`,
  (w) => `@s = ${w.text(1)};`,
  (w) => `@t[${w.number(1)}] = ${w.pair(2)};`,
  (w) => `$i = ${w.number(2)};`,
  (w) => `$s = ${w.text(1)};`,
  (w) => `let $v${String(w.next())} = ${w.pair(1)};`,
  (w) => `printf("%d %s %lx\\n", ${w.number(2)}, ${w.text(1)}, ${w.number(1)});`,
  (w) => `print(${w.pair(2)});`,
  (w) => `print((a=${w.number(1)}, b=${w.text(1)}));`,
  (w) => `@c[${w.text(1)}] = count();`,
  (w) => `@h[${w.pair(1)}] = hist(${w.number(2)});`,
  (w) => `@l = lhist(${w.number(1)}, 0, 100, 10);`,
  (w) => `@st[comm] = stats(${w.number(1)});`,
  (w) => `@m = max(${w.number(2)});`,
  () => '@ks[kstack(5), ustack] = count();',
  (w) => `@in[ntop((uint32)${w.number(1)})] = count();`,
  (w) => `@sy[ksym(${w.number(1)}), (${w.truth(1)})] = sum(${w.number(1)});`,
  (w) => `printf("%s", strftime("%H", ${w.number(1)}));`,
  () => 'clear(@k);',
  () => '@whole[args] = count();',
  (w) => `_ = ${w.number(2)};`,
  (w) => `delete(@k, ${w.number(1)});`,
  (w) => `delete(@c, ${w.text(1)});`,
  () => 'zero(@k);',
  () => 'print(@c, 3); print(@k);',
  (w) => `@lru[${w.number(1)}] = ${w.number(1)};`,
  (w) => `@per[${w.number(1)}] = ${w.number(1)};`,
  (w) => `@k[${w.number(1)}]++; --@n;`,
  (w) => `let $t${String(w.next())}: typeof($i) = (int64)${w.number(1)};`,
  (w) => `printf("%p %c %5d|%-8s|%x\\n", curtask, ${w.number(1)}, ${w.number(1)}, ${w.text(1)}, ${w.number(1)});`,
  (w) => `printf("%s %d", kstack(perf, 3), ${w.number(1)});`,
  () => '@user[username, cgroup_path(cgroup)] = count();',
  () => '@mac[macaddr(((struct rec *)curtask)->m)] = count();',
  (w) => `@shade[(enum shade)${w.number(1)}] = avg(${w.number(1)});`,
  (w) => `@rs[((struct rec *)curtask)->in.s, ${w.pair(1)}] = min(${w.number(1)});`,
  (w) => `errorf("%s", ${w.text(1)});`,
  () => 'time("%H:%M:%S\\n");',
  () => 'print(args);',
  (w) => `@one = ${w.pair(2)};`,
  (w) => `@rec = (a = ${w.number(1)}, b = (c = ${w.text(1)}, d = ${w.truth(1)}));`,
  () => 'print(@rec.b.c);',
  (w) => `print(str_concat(${w.text(1)}, ${w.text(1)}));`,
  (w) => `printf("%r %rx\\n", buf(curtask, ${String(1 + w.random.below(70))}), buf((uint8[4])(uint32)pid));`,
  (w) => `@st_n = sum(${w.number(1)});`,
  (w) => `@mx[${w.number(1)}] = max(${w.number(1)});`,
  (w) => `@ts = tseries(${w.number(1)}, 100ms, 5, "max");`,
  () => '$stack = kstack(5); @lengths[len($stack)] = count();',
  (w) => `find(@k, ${w.number(1)}, $found);`,
  (w) => `@ns[nsecs(monotonic) > 0, cpu, ${w.truth(1)}] = avg(${w.number(1)});`,
  (w, d) => `if (${w.truth(2)}) { ${w.statements(d)} } else { ${w.statements(d)} }`,
  (w, d) => `for ($j${String(w.next())} : 0..${String(w.random.below(20))}) { ${w.statements(d)} }`,
  (w, d) => `unroll (${String(1 + w.random.below(3))}) { ${w.statements(d)} }`,
  (w, d) => `for ($e${String(w.next())} : @k) { ${w.statements(d)} }`,
  (w, d) =>
    `for ($c${String(w.next())} : 0..9) { if (${w.truth(1)}) { ${w.random.pick(['break', 'continue'])}; } ${w.statements(d)} }`,
  (w, d) => `$w = 3; while ($w > 0) { $w--; ${w.statements(d)} }`,
];

class Writer {
  readonly random: Random;
  private names = 0;

  constructor(random: Random) {
    this.random = random;
  }

  next(): number {
    return this.names++;
  }

  number(depth: number): string {
    return depth <= 0 ? this.random.pick(NUMBERS) : this.random.pick(NUMBER_RULES)(this, depth - 1);
  }

  text(depth: number): string {
    return depth <= 0 ? this.random.pick(TEXTS) : this.random.pick(TEXT_RULES)(this, depth - 1);
  }

  truth(depth: number): string {
    return depth <= 0 ? this.random.pick(TRUTHS) : this.random.pick(TRUTH_RULES)(this, depth - 1);
  }

  pair(depth: number): string {
    return this.random.below(3) === 0 ? '@t[1]' : `(${this.number(depth - 1)}, ${this.text(depth - 1)})`;
  }

  statements(depth: number): string {
    const simple = STATEMENT_RULES.slice(0, -6);
    const rules = depth <= 0 ? simple : STATEMENT_RULES;
    return Array.from({ length: 1 + this.random.below(3) }, () => this.random.pick(rules)(this, depth - 1)).join(' ');
  }
}

export interface GeneratedProgram {
  readonly seed: number;
  readonly text: string;
}

export const generatedProgram = (seed: number): GeneratedProgram => ({
  seed,
  text: `${PRELUDE}${new Writer(new Random(seed)).statements(3)} }`,
});

/** `count` programs, of the seeds from `seed` on. */
export const generatedPrograms = (seed: number, count: number): GeneratedProgram[] =>
  Array.from({ length: count }, (_, n) => generatedProgram(seed + n));
