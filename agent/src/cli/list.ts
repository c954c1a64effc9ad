/** `bpfscope list` and `run -l`: the probes of this host that match a pattern. */
import { Command } from 'commander';
import { hostTarget } from '../engine/host-target.ts';
import { listProbes } from './probe-list.ts';

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

export function printProbes(pattern: string, verbose: boolean): number {
  let lines: string[] = [];
  for (const { name, args } of listProbes(hostTarget(), pattern)) {
    lines.push(name, ...(verbose ? args() : []).map((line) => `    ${line}`));
    if (lines.length < BATCH) continue;
    process.stdout.write(`${lines.join('\n')}\n`);
    lines = [];
  }
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
