/** `bpfscope list` and `run -l`: the probes of this host that match a pattern. */
import { Command } from 'commander';
import { hostTarget } from '../engine/host-target.ts';
import { listProbes } from './probe-list.ts';
import { isTypePattern, typeLines } from './type-listing.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('List probes that match a pattern (`tracepoint:sched:*`, `*tcp*`)')
    .argument('[pattern]', 'with * and ?; everything when left out', '')
    .option('-v, --verbose', 'with their arguments')
    .action((pattern: string, options: { verbose?: boolean }) => {
      process.exitCode = printProbes(pattern, options.verbose ?? false);
    });
}

const BATCH = 2000;

/** `patterns`: one or several behind commas; of probes, or of types: `struct task_struct`. */
export function printProbes(patterns: string, verbose: boolean): number {
  const target = hostTarget();
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    lines = [];
  };
  for (const pattern of patterns.split(',').map((one) => one.trim())) {
    if (isTypePattern(pattern)) {
      lines.push(...typeLines(target.btf, pattern, verbose));
      continue;
    }
    for (const { name, args } of listProbes(target, pattern)) {
      lines.push(name, ...(verbose ? args() : []).map((line) => `    ${line}`));
      if (lines.length >= BATCH) flush();
    }
  }
  flush();
  return 0;
}
