/** `bpfscope check`: is this query right on this host? Nothing is loaded. */
import { Command } from 'commander';
import { compile } from '../compiler/index.ts';
import { checkAnswer } from '../engine/check.ts';
import { hostTarget } from '../engine/host-target.ts';
import { renderDiagnostics } from '../language/render.ts';
import { readSource } from './run/source.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description('Check a query against this host without running it')
    .argument('[file-or-parameters...]', 'FILE (or - for stdin) unless -e is given, then parameters')
    .option('-e <program>', 'check this program')
    .option('--json', 'the answer as the API gives it')
    .action((operands: string[], options: { e?: string; json?: boolean }) => {
      const expression = options.e ?? null;
      const source = readSource({ expression, file: expression === null ? (operands[0] ?? null) : null, includes: [] });
      const positional = expression === null ? operands.slice(1) : operands;
      const result = compile(source.text, hostTarget(), { positional });
      const answer = checkAnswer(source.text, result);
      process.exitCode = answer.ok ? 0 : 1;
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
        return;
      }
      process.stderr.write(renderDiagnostics(result.diagnostics, source.text, source.name));
      if (answer.ok) {
        const probes = `${answer.probeCount} probe${answer.probeCount === 1 ? '' : 's'}`;
        const outputs = answer.outputs.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'nothing';
        process.stdout.write(`${source.name} is right: ${probes}, expected cost ${answer.cost}, gives ${outputs}\n`);
      }
    });
}
