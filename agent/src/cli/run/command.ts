/** `bpfscope run`: bpftrace's command line. */
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { environmentProblems } from '../../environment.ts';
import { EnvironmentError } from '../usage-error.ts';
import { declareOptions, ignoredOptions, readOptions, type Parsed } from './options.ts';

export function runCommand(): Command {
  const command = new Command('run').description('Run a query here; takes the options of bpftrace');
  return declareOptions(command).action(async (operands: string[], parsed: Parsed) => {
    const options = readOptions(operands, parsed);
    if (options.warnings) for (const one of ignoredOptions(process.argv)) process.stderr.write(`WARNING: ${one}\n`);
    if (options.without.length > 0) {
      process.env['BPFSCOPE_WITHOUT'] = [process.env['BPFSCOPE_WITHOUT'] ?? '', ...options.without].join();
    }
    if (options.info) {
      const { printDoctor } = await import('../doctor.ts');
      process.exitCode = printDoctor(false);
      return;
    }
    const problem = environmentProblems()[0];
    if (problem !== undefined) throw new EnvironmentError(problem.text);
    if (options.listing !== null) {
      // `-l -e PROGRAM`, `-l FILE`: the probes of the program.
      const file = options.expression === null && isFile(options.listing) ? options.listing : null;
      if (options.expression !== null || file !== null) {
        const { listQueryProbes } = await import('./run.ts');
        process.exitCode = listQueryProbes({ ...options, file });
        return;
      }
      const { printProbes } = await import('../list.ts');
      process.exitCode = printProbes(options.listing, options.verbose);
      return;
    }
    if (options.expression === null && options.file === null) command.help({ error: true });
    const { runQuery } = await import('./run.ts');
    process.exitCode = await runQuery(options);
  });
}

const isFile = (path: string): boolean => path !== '' && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
