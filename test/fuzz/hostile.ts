/**
 * Any bytes as a query, through the whole compiler: an answer within 100 ms for each 100 kB, no exception, and every
 * diagnostic has a place in the text. Random bytes, deep nesting, huge literals, macros that use themselves, files that
 * include each other, thousands of probes, maps and mistakes; alone, mutated and one behind the other.
 */
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { IDLE_LOOP, plainLoop } from '../bench/lib/calibration.ts';
import { Random } from './random.ts';

type Recipe = (random: Random, size: number) => string;

const fill = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const lines = (size: number, line: (n: number) => string): string => {
  const out: string[] = [];
  for (let n = 0, length = 0; length < size; n++) {
    const text = line(n);
    out.push(text);
    length += text.length + 1;
  }
  return out.join('\n');
};
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');

const BRACKETS = [
  '(',
  '[',
  '{',
  '(1,',
  '@a[',
  'f(',
  '-(',
  '!',
  'if (1) {',
  '$x = {',
  '(struct a *)',
  '"',
  '/*',
  '1 ? ',
];
const OPERATORS = ['+', '-', '*', '/', '%', '&&', '||', '==', '<<', '|', '^', ',', '?', ':', '.', '->', '=', '..'];
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const nested: Recipe = (random, size) => {
  const open = Array.from({ length: random.below(3) + 1 }, () => random.pick(BRACKETS)).join('');
  const times = Math.floor(size / open.length / 2);
  const closing = [...open].reverse().map((c) => CLOSERS[c] ?? '');
  return `begin { $a = ${open.repeat(times)}1${random.below(2) === 0 ? closing.join('').repeat(times) : ''}; }`;
};

const RECIPES: Readonly<Record<string, Recipe>> = {
  bytes: (random, size) =>
    Buffer.from(Uint8Array.from({ length: size }, () => random.below(256))).toString(random.pick(['latin1', 'utf8'])),
  'printable bytes': (random, size) =>
    String.fromCharCode(...Array.from({ length: Math.min(size, 50_000) }, () => 32 + random.below(95))),
  nested,
  'long chain': (random, size) => `begin { $a = 1; $b = $a ${fill(`${random.pick(OPERATORS)} $a `, size)}; }`,
  'long integer': (random, size) => `begin { $a = ${random.pick(['', '0x', '0', '1_'])}${digits(random, size)}; }`,
  'long string': (_, size) => `begin { print("${fill('ab\\x41\\n', size)}"); }`,
  'long name': (random, size) => `begin { ${random.pick(['$', '@', ''])}${fill('name', size)} = 1; }`,
  'long probe': (random, size) =>
    `${random.pick(['kprobe:', 'tracepoint:', 'uprobe:', 'interval:', 'x:'])}${fill(random.pick(['a', '*', 'a*', ':', '"a"', '\\']), size)} { }`,
  'many probes': (_, size) => lines(size, (n) => `interval:ms:${n + 1} { @a${n % 50} = count(); }`),
  'many points': (_, size) => `${fill('tracepoint:raw_syscalls:sys_enter,\n', size)}begin { @ = 1; }`,
  'many wildcards': (_, size) =>
    lines(Math.min(size, 2000), () => 'tracepoint:syscalls:sys_enter_r* { @[probe] = count(); }'),
  'many maps': (_, size) => `begin { ${lines(size, (n) => `@a${n}[${n}] = ${n};`)} }`,
  'many variables': (_, size) => `begin { ${lines(size, (n) => `$v${n} = nsecs + ${n};`)} print($v0); }`,
  'many mistakes': (random, size) =>
    `begin { ${lines(size, (n) => random.pick([`$a${n} = b${n};`, `f${n}(x);`, `@a = "x"; @a = ${n};`]))} }`,
  'many prints': (_, size) => `begin { ${lines(size, (n) => `printf("%d %s\\n", ${n}, "text ${n}");`)} }`,
  'macros of macros': (random, size) =>
    `${lines(size / 2, (n) => `macro m${n + 1}(a) { m${n}(a) + m${random.pick([n, n + 1, 0])}(a) }`)} macro m0(a) { a } begin { print(m${random.below(60)}(1)); }`,
  'macros that use themselves': (_, size) =>
    `${lines(size / 2, (n) => `macro a${n}(x) { a${(n * 7) % 13}(x) }`)} begin { a1(1); }`,
  'functions that call themselves': (_, size) =>
    `${lines(size / 2, (n) => `fn f${n}($a: int64): int64 { return f${n + 1}($a); }`)} begin { print(f0(1)); }`,
  'defines of defines': (random, size) =>
    `#define d0 1\n${lines(size, (n) => `#define d${n + 1} d${n} ${random.pick(['+', '*', ''])} d${random.pick([n, n + 1])}`)}\nbegin { print(d${random.below(100)}); }`,
  conditionals: (random, size) =>
    `${lines(size, (n) => random.pick(['#if 1', `#ifdef A${n}`, '#else', '#endif', '#elif 0']))}\nbegin { }`,
  'structs of structs': (random, size) =>
    `${lines(size, (n) => `struct s${n + 1} { struct s${random.pick([n, n + 1])} a[${random.below(99)}]; int b; };`)}\nbegin { print(sizeof(struct s20)); }`,
  'cyclic types': (_, size) =>
    `${lines(size, (n) => `struct s${n} { struct s${(n * 5) % 11} a; };`)}\nbegin { print(sizeof(struct s3)); }`,
  'cyclic files': (random, size) => lines(size, () => random.pick(['#include "b.h"', 'import "b.bt";'])),
  loops: (random, size) =>
    `begin { ${fill(random.pick(['while (1) { ', 'for ($i : 0..9) { ', 'unroll (100) { ']), Math.min(size, 4000))} }`,
  unrolled: (random, size) =>
    `begin { unroll (${random.below(10_000)}) { ${lines(Math.min(size, 2000), (n) => `@a${n}++;`)} } }`,
  strings: (random, size) =>
    `begin { ${lines(Math.min(size, 8000), (n) => `@s${n % 9} = str_concat(str(${n}), comm);`)} }${random.below(2) ? '}' : ''}`,
  comments: (random, size) => fill(random.pick(['// a\n', '/* a */', '/* ', '#! a\n', '/']), size),
};

const FILES = {
  include: (name: string) => ({ name, text: '#include "b.h"\n#define deep(x) deep(x) x\nstruct in_b { int a; };' }),
  import: (name: string) => [{ name, text: 'import "b.bt"; begin { @b = deep(1); }' }],
};

const SIZES = [10, 300, 5000, 40_000, 100_000];
/** Milliseconds of an idle machine: for a text of no length, and for each 100 kB. */
const LEAST = 100;
const EACH = 100;

const PIECES = ['{', '}', '(', ')', '"', '/*', '*/', '\n#if 1\n', ';', ',', '\0', '\ud800', 'begin {', '@', '$'];

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + random.below(30));
    case 2:
      return text.slice(0, at);
    default:
      return text;
  }
}

function problem(text: string): string | null {
  const once = (): { took: number; said: string | null } => {
    const before = plainLoop();
    const start = performance.now();
    const { query, diagnostics } = compile(text, hostTarget(), { files: FILES });
    const spent = performance.now() - start;
    const took = spent / Math.max(1, (before + plainLoop()) / 2 / IDLE_LOOP);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const outside = diagnostics.find(({ span }) => span.start < 0 || span.end < span.start || span.end > text.length);
    if (outside !== undefined)
      return { took, said: `place ${outside.span.start}..${outside.span.end}: ${outside.message}` };
    return { took, said: query === null && errors.length === 0 ? 'refused without a word' : null };
  };
  try {
    const first = once();
    const { said } = first;
    let { took } = first;
    const limit = LEAST + (EACH * text.length) / 100_000;
    // What the engine's compiler and collector take is not counted, nor what others do on the machine.
    for (let again = 0; again < 4 && said === null && took > limit; again++) took = Math.min(took, once().took);
    return said ?? (took > limit ? `${took.toFixed(0)} ms for ${(text.length / 1000).toFixed(1)} kB` : null);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Runs for some seconds; true when nothing was found. Each recipe has its turn at each size first. */
export function fuzzHostile(seconds: number, seed: number): boolean {
  const random = new Random(seed);
  const names = Object.keys(RECIPES);
  const turns = SIZES.flatMap((size) => names.map((name) => [name, size] as const));
  const deadline = performance.now() + seconds * 1000;
  const found = new Map<string, string>();
  let count = 0;
  for (; performance.now() < deadline; count++) {
    const [name, size] = turns[count] ?? [random.pick(names), random.pick(SIZES)];
    let text = RECIPES[name]?.(random, size) ?? '';
    if (count >= turns.length) {
      for (let n = random.below(3); n > 0; n--) text = mutate(text, random);
      if (random.below(4) === 0)
        text += RECIPES[random.pick(names)]?.(random, Math.max(10, 100_000 - text.length)) ?? '';
    }
    const said = problem(text);
    const kind = said?.replace(/\d+/g, 'N').slice(0, 200);
    if (said === null || kind === undefined || found.has(name + kind)) continue;
    found.set(name + kind, said);
    console.error(
      `hostile: ${name}, ${text.length} characters (seed ${seed}, text ${count}): ${said}\n  ${JSON.stringify(text.slice(0, 300))}`,
    );
  }
  console.log(
    `hostile: ${count} texts of ${turns.length} kinds and sizes, ${found.size} kinds of problems (seed ${seed})`,
  );
  return found.size === 0;
}
