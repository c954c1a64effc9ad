/** Queries that the checker takes and this kernel's verifier does not: what is said, and of which place. Needs root. */
import { describe, expect, it } from 'vitest';
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget, loadQuery, QueryRefused } from '@bpfscope/agent/engine';
import type { Diagnostic } from '@bpfscope/agent/language';

const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');

/** Loops in each other, so many turns each, with so many lines inside. */
const longBody = (turns: number, lines: number): string =>
  `begin { $x = (uint64)rand;
for ($i : 0..${turns}) { for ($j : 0..${turns}) {
${many(lines, (n) => `$x = ($x ^ ${n}) * 3 + $j;`)}
} } print($x); }`;

/** Where the kernel gives up without saying at which instruction, the place is the whole probe. */
const PROBE = /^begin \{/;

interface Refusal {
  readonly name: string;
  readonly query: string;
  readonly message: RegExp;
  /** What the place in the query says. */
  readonly place: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    name: 'more instructions than the kernel follows',
    query: longBody(8, 5500),
    message: /^begin: The program is too complex: the kernel gave up checking it after 1000001 instructions\.$/,
    place: PROBE,
  },
  {
    name: 'more branches than the kernel remembers',
    query: `begin { ${many(8500, (n) => `if (rand == ${n}) { @a++; }`)} }`,
    message: /too many ways through it: the kernel gave up after 8193 branches/,
    // The last branch that it took up, if it got to log it.
    place: /^(?:rand == 8192$|begin \{)/,
  },
  {
    name: 'eight loops inside each other',
    query: `begin { ${many(8, (n) => `for ($i${n} : 0..1000) {`)} @ = $i0 + $i7; ${many(8, () => '}')} }`,
    message: /Loops are nested too deeply: the kernel allows 7/,
    place: /for \(\$i7 : 0\.\.1000\)/,
  },
  {
    name: 'a helper under the GPL in a program that is not',
    query: 'config = { license = "MIT" } begin {\n  @a = 1;\n  @[kstack] = count();\n}',
    message: /only for programs under the GPL/,
    place: /kstack/,
  },
];

async function refused(text: string): Promise<Diagnostic> {
  const { query, diagnostics } = compile(text, hostTarget());
  if (query === null) throw new Error(`the checker refuses it: ${diagnostics[0]?.message ?? ''}`);
  try {
    (await loadQuery(query)).close();
  } catch (error) {
    const [found] = error instanceof QueryRefused ? error.diagnostics : [];
    if (found !== undefined) return found;
    throw error;
  }
  throw new Error('the kernel takes it');
}

describe.skipIf(process.getuid?.() !== 0)('queries that the verifier refuses', () => {
  it.each(REFUSALS)('$name', { timeout: 60_000 }, async ({ query, message, place }) => {
    const found = await refused(query);
    expect(found.code).toBe('verifier');
    expect(found.message).toMatch(message);
    expect(query.slice(found.span.start, found.span.end)).toMatch(place);
    expect(found.hint).toBeDefined();
  });

  it.each([
    [
      'small loops inside each other, however many turns they make together',
      'begin { for ($i : 0..10) { for ($j : 0..10) { for ($k : 0..10) { for ($l : 0..10) { @[$i, $j, $k, $l] = count(); } } } } }',
    ],
    ['loops inside each other with much in the inner one', longBody(16, 1500)],
    [
      'a loop of a few turns in a loop over a map',
      'begin { @k[1] = 1; $i = (int64)pid; for ($e : @k) { for ($j : 0..6) { $i++; @l = lhist($i, 0, 100, 10); } } }',
    ],
    [
      'a while loop in a loop of a few turns',
      `begin { $i = (int64)pid; for ($c : 0..9) { $w = 3; while ($w > 0) {
        $w--; $i++; @s[ksym((uint64)$i), strcontains(comm, "abc")] = sum(--@n); @l = lhist($i, 0, 100, 10); $t = str(curtask, 2);
      } } }`,
    ],
    [
      'a variable that a loop over a map changes, tells apart and counts',
      `begin { @k[1] = 1; $i = (int64)0; for ($e : @k) { $i++; @l = lhist($i, 0, 100, 10); @s[($i > 3) ? 1 : 2] = count(); } }`,
    ],
    [
      'a tuple that a loop over a map changes',
      `begin { @k[1] = 1; $t = ((int64)0, 1); for ($e : @k) { $t = ($t.0 + 1, 1); @l = lhist($t.0, 0, 100, 10);
        @s[($t.0 > 3) ? 1 : 2] = count(); } }`,
    ],
    [
      'a pointer to a variable that a loop over a map sets',
      'begin { $x = (int64)7; @k[1] = 1; $p = &$x; for ($e : @k) { $p = &$x; } print(*$p); }',
    ],
    [
      'a pointer in a tuple that a loop over a map changes',
      'begin { $x = (int64)7; $p = &$x; $t = (1, $p); @k[1] = 1; for ($e : @k) { $t = (2, $p); } print(*$t.1); }',
    ],
    [
      'a stack in a loop of a body that needs comm more than once',
      'tracepoint:sched:sched_switch { @c[comm] = count(); @d[comm] = count(); for ($e : @c) { @s[kstack] = count(); } }',
    ],
    [
      'a search in a loop of a body that needs comm more than once',
      `begin { @c[comm] = count(); @d[comm] = count(); $i = 1; for ($e : @c) { $i++; @s[strcontains($e.0, "x")] = $i; } }`,
    ],
    [
      'a few turns of a body with many ways through it',
      `tracepoint:sched:sched_switch { for ($i : 0..9) {
        if (str(curtask) == str(curtask)) { continue; }
        @st[comm] = stats(ppid(pid)); @ns[nsecs(monotonic) > 0, cpu, cpu == tid] = avg(args.prev_comm[3]);
      } unroll (3) { @user[username, cgroup_path(cgroup)] = count(); } }`,
    ],
    ['a loop that nothing reaches', 'begin { $x = (uint64)1; if ($x < 0) { for ($i : 0..1000) { @++; } } }'],
    ['a product of a kernel pointer', 'rawtracepoint:sched_switch { @a = args.prev.pid; @ = args.next * 5; }'],
    [
      'a number without bounds added to a kernel pointer',
      'rawtracepoint:sched_switch { $p = args.next; $p = $p + (uint64)rand; @ = $p.pid; }',
    ],
    ['a shift by a negative constant', 'begin { $x = -5; @ = (uint64)rand << $x; }'],
  ])('takes %s', async (_, query) => {
    const made = compile(query, hostTarget());
    if (made.query === null) throw new Error(made.diagnostics[0]?.message);
    (await loadQuery(made.query)).close();
  });
});
