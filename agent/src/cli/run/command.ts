/** `bpfscope run`: bpftrace's command line. */
import { Command } from 'commander';
import { environmentProblems } from '../../environment.ts';
import { EnvironmentError } from '../usage-error.ts';
import { declareOptions, readOptions, type Parsed } from './options.ts';

export function runCommand(): Command {
  const command = new Command('run').description('Run a query here; takes the options of bpftrace');
  return declareOptions(command).action(async (operands: string[], parsed: Parsed) => {
    const options = readOptions(operands, parsed);
    if (options.info) {
      const { printDoctor } = await import('../doctor.ts');
      process.exitCode = printDoctor(false);
      return;
    }
    const problem = environmentProblems()[0];
    if (problem !== undefined) throw new EnvironmentError(problem.text);
    if (options.listing !== null) {
      // `-l -e PROGRAM`: the probes of the program.
      if (options.expression !== null) {
        const { listQueryProbes } = await import('./run.ts');
        process.exitCode = listQueryProbes(options);
        return;
      }
      const { printProbes } = await import('../list.ts');
      process.exitCode = printProbes(options.listing, options.verbose);
      return;
    }
    const { runQuery } = await import('./run.ts');
    process.exitCode = await runQuery(options);
  });
}
