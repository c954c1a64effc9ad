/**
 * Hostile text against the language: parser, printer, colours, completion. Mutates programs; every mistake found is
 * printed as a JSON string to be kept as a case of agent/src/language/parser/hostile.test.ts.
 */
import { complete, foldingRanges, format, nodes, oldSpellings, parse, tokens } from '@bpfscope/agent/language';
import { IDLE_LOOP, plainLoop } from '../bench/lib/calibration.ts';
import { Random } from './random.ts';

const SEEDS: readonly string[] = [
  'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
  'kprobe:vfs_read,\nkretprobe:vfs_* / pid == $1 && @start[tid] / { @us = hist((nsecs - @start[tid]) / 1000); delete(@start, tid); }',
  '#!/usr/bin/env bpftrace\n#ifndef BPFTRACE_HAVE_BTF\n#include <linux/sched.h>\n#endif\n#define N (1 << 3)\nstruct a { int x : 3; union { char *p; u8 b[N]; }; int (*f)(int); } __attribute__((packed));\nenum e { A, B = N };\nbegin { $a = (struct a *)arg0; print($a->x.b[B]) }',
  'config = { max_map_keys = 10; stack_mode = perf }\nimport "x.bt";\nlet @m = lruhash(10);\nmacro f($a, @b, c) { $a += c; { @b[1] = $a; if ($a) { 1 } else { 2 } } }\nfn g($x : uint8 *) : void { return; }',
  'begin { for ($kv : @m) { print(($kv.0, $kv.1)); } for ($i : 0..10) { continue } while ($x++ < 5) { break; } unroll (3) { @++; } }',
  'uprobe:"/bin/my x":"f(int, {a})" { $x = (a = 1, b = (typeof($y))2); printf("%s\\x41\\n", str(args.name)); /* c */ } // end',
  'interval:s:1 { @ = a ? b : c ?: -(-d) * *e & ~f | sizeof(struct g) + offsetof(h, i.j) << comptime 5ms; }',
];

const PIECES = [
  '/',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  '\\',
  '/*',
  '*/',
  '//',
  '\n',
  '#if ',
  '#endif\n',
  '$',
  '@',
  ';',
  ',',
  ':',
  '..',
  '\u0000',
  '\ud83d',
  'é',
];

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const length = random.below(12);
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return (
        text.slice(0, at) + String.fromCharCode(random.below(random.below(2) === 0 ? 128 : 65536)) + text.slice(at + 1)
      );
    case 3: {
      const other = random.pick(SEEDS);
      return text.slice(0, at) + other.slice(random.below(other.length));
    }
    case 4:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + random.below(400)) + text.slice(at + length);
    case 5: {
      const from = random.below(text.length + 1);
      return text.slice(0, at) + text.slice(from, from + 40) + text.slice(at);
    }
    default:
      return text.slice(0, at);
  }
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** Milliseconds of an idle machine. */
function parseTime(source: string): number {
  const before = plainLoop();
  const start = performance.now();
  parse(source);
  const spent = performance.now() - start;
  return spent / Math.max(1, (before + plainLoop()) / 2 / IDLE_LOOP);
}

async function examine(source: string, random: Random): Promise<void> {
  const { program, diagnostics } = parse(source);
  // 100 ms for each 100 kB; what a busy machine or a collection of garbage takes is not counted.
  const limit = 20 + source.length / 1000;
  const start = performance.now();
  parse(source);
  let spent = performance.now() - start;
  for (let again = 0; again < 4 && spent > limit; again++) spent = Math.min(spent, parseTime(source));
  check(spent < limit, `parsing took ${spent.toFixed(0)} ms for ${source.length} characters`);
  for (const { span } of [...nodes(program), ...diagnostics]) {
    check(span.start >= 0 && span.start <= span.end && span.end <= source.length, `span ${span.start}..${span.end}`);
  }
  let end = 0;
  for (const token of tokens(source, program)) {
    check(token.start >= end && token.end > token.start, `token at ${token.start}`);
    end = token.end;
  }
  foldingRanges(source);
  oldSpellings(source);
  await complete(source, random.below(source.length + 1));
  const { text } = format(source);
  if (text === null) return;
  const again = format(text);
  // Parentheses that only the printer needs may be one level too many.
  if (again.diagnostics.some(({ code }) => code === 'nesting-too-deep')) return;
  check(again.text === text, `formatting twice differs: ${JSON.stringify(text)} ${JSON.stringify(again)}`);
}

/** Runs for some seconds; true when nothing was found. */
export async function fuzzParser(seconds: number, seed: number): Promise<boolean> {
  const random = new Random(seed);
  const deadline = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < deadline) {
    let source = random.pick(SEEDS);
    for (let i = random.below(8); i >= 0; i--) source = mutate(source, random).slice(0, 100_000);
    try {
      await examine(source, random);
    } catch (error) {
      console.error(`parser: ${error instanceof Error ? error.message : String(error)}\n  ${JSON.stringify(source)}`);
      return false;
    }
    count++;
  }
  console.log(`parser: ${count} texts, nothing found (seed ${seed})`);
  return true;
}
