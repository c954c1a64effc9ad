/** `bpfscope check`: is this query right on this host? Nothing is loaded. */
import { Command } from 'commander';
import { compile } from '../compiler/index.ts';
import { checkAnswer } from '../engine/check.ts';
import { hostTarget } from '../engine/host-target.ts';
import { renderDiagnostics } from '../language/render.ts';
import { collect, FORMATS, oneOf } from './run/options.ts';
import { readSource } from './run/source.ts';

interface CheckOptions {
  e?: string;
  json?: boolean;
  f?: string;
  include?: string[];
  I?: string[];
}

export function checkCommand(): Command {
  return new Command('check')
    .description('Check a query against this host without running it')
    .argument('[file-or-parameters...]', 'FILE (or - for stdin) unless -e is given, then parameters')
    .option('-e <program>', 'check this program')
    .option('--json', 'the answer as the API gives it')
    .option('-f <format>', 'text, json (as --json), or ndjson: one diagnostic a line')
    .option('--include <file>', 'put #include <file> in front', collect)
    .option('-I <dir>', 'look for included files here', collect)
    .action((operands: string[], options: CheckOptions) => {
      const expression = options.e ?? null;
      const format = options.json === true ? 'json' : oneOf(FORMATS, options.f ?? 'text', 'output format');
      const file = expression === null ? (operands[0] ?? null) : null;
      const { include: includes = [], I: includeDirs = [] } = options;
      const source = readSource({ expression, file, includes, includeDirs });
      const positional = expression === null ? operands.slice(1) : operands;
      const result = compile(source.text, hostTarget(), {
        positional,
        files: source.files,
        includes: source.includes,
      });
      const answer = checkAnswer(source.text, result);
      process.exitCode = answer.ok ? 0 : 1;
      if (format !== 'text') {
        const lines =
          format === 'json' ? [JSON.stringify(answer, null, 2)] : answer.diagnostics.map((one) => JSON.stringify(one));
        process.stdout.write(lines.map((line) => `${line}\n`).join(''));
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
