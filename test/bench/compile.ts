/**
 * How long the compiler takes (ms of CPU), warm, with this host's facts: all of it and its parts. Goals: 200 lines in 20 ms,
 * 1,000 probes of one wildcard in 200 ms, time that grows with the length of the text.
 */
import { compileHir } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { check, parse } from '@bpfscope/agent/language';
import type { Target } from '@bpfscope/agent/language';
import { threadMs, timed, timingText } from './lib/calibration.ts';

/** Rounds before those that are measured: warm means that the engine has compiled what is hot. */
const WARM_UP = 60;

/** A tool of nine lines a piece; `n` makes its maps and conditions different. */
const TOOL = (n: number): string => `// Reads that take long, by process.
tracepoint:syscalls:sys_enter_read /pid != ${n}/ { @start${n}[tid] = nsecs; @size${n}[tid] = args.count; }
tracepoint:syscalls:sys_exit_read /@start${n}[tid]/ {
  $took = (nsecs - @start${n}[tid]) / 1000;
  if (args.ret > 0 && comm != "bash") { @us${n}[comm, pid] = hist($took); }
  else if (args.ret < 0) { @failed${n}[-args.ret] = count(); printf("%-16s %d %d\\n", comm, args.ret, $took); }
  delete(@start${n}[tid]);
  delete(@size${n}[tid]);
}
`;

/** One probe of many lines, each with a look-up, arithmetic and an update. */
const DENSE = (lines: number): string => {
  const body = Array.from(
    { length: lines },
    (_, n) => `  $v${n} = args.id * ${n} + @n${n % 20}; @n${n % 20} += $v${n} % 7; @by${n % 5}[pid, $v${n}] = count();`,
  );
  const zeros = Array.from({ length: 20 }, (_, n) => `@n${n} = 0; `).join('');
  return `begin { ${zeros} }\ntracepoint:raw_syscalls:sys_enter {\n${body.join('\n')}\n}\n`;
};

const repeat = (times: number): string => Array.from({ length: times }, (_, n) => TOOL(n)).join('');

/** As many tools as that many characters take. */
function sized(characters: number): string {
  const tools: string[] = [];
  for (let n = 0, length = 0; length < characters; n++) {
    const text = TOOL(n);
    tools.push(text);
    length += text.length;
  }
  return tools.join('');
}

const wildcard = (target: Target, body: string): string => {
  const names = target.tracepoints().slice(0, 1000);
  return `${names.map((name) => `tracepoint:${name}`).join(',\n')} { ${body} }`;
};

async function main(): Promise<void> {
  const target = hostTarget();
  const config = { max_probes: 10_000, max_bpf_progs: 10_000 };
  const subjects: readonly (readonly [string, string, number])[] = [
    ['tool of 20 lines', repeat(2), 100],
    ['tool of 200 lines', repeat(22), 60],
    ['10 kB of tools', sized(10_000), 40],
    ['100 kB of tools', sized(100_000), 10],
    ['1 MB of tools', sized(1_000_000), 3],
    ['200 dense lines in a probe', DENSE(200), 20],
    ['1,000 dense lines in a probe', DENSE(1000), 5],
    ['4,000 dense lines in a probe', DENSE(4000), 2],
    ['1,000 probes, count()', wildcard(target, '@ = count();'), 5],
    ['1,000 probes, by probe', wildcard(target, '@[probe] = count();'), 5],
    ['kprobe:vfs_*, by probe', 'kprobe:vfs_* { @[probe] = count(); }', 10],
  ];
  const [only = ''] = process.argv.slice(2);
  /** Plain loops for each character, from the smaller to the larger texts of the same kind. */
  const growth: number[] = [];
  for (const [name, text, rounds] of subjects.filter(([name]) => name.includes(only))) {
    let said = '';
    const timing = timed(rounds, Math.min(rounds, WARM_UP), () => {
      const a = threadMs();
      const parsed = parse(text);
      const b = threadMs();
      const checked = check(parsed.program, text, target, { config });
      const c = threadMs();
      const made = checked.hir === null ? null : compileHir(checked.hir, text, target);
      const d = threadMs();
      const programs = made?.query?.programs.length;
      const why = checked.diagnostics[0] ?? made?.diagnostics[0];
      said = programs === undefined ? `refused: ${why?.message ?? ''}` : `${programs} programs`;
      return [b - a, c - b, d - c];
    });
    if (name.endsWith('B of tools')) growth.push(timing.loops / text.length);
    const [parsing, checking, code] = timing.parts.map((time) => time.toFixed(1));
    console.log(
      `${name} (${(text.length / 1000).toFixed(0)} kB): ${timingText(timing)}: parse ${parsing}, check ${checking}, code ${code}; ${said}`,
    );
  }
  const [first] = growth;
  if (first === undefined || growth.length < 3) return;
  const ratios = growth.map((each) => (each / first).toFixed(2)).join(' : ');
  console.log(`time for a character at 10 kB : 100 kB : 1 MB is ${ratios} (1 : 1 : 1 grows linearly)`);
}

await main();
