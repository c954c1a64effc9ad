/** `bpfscope check`: is this query right on this host? Nothing is loaded, but with --attach. */
import { Command } from 'commander';
import { compile, type CompileOptions } from '../compiler/index.ts';
import { checkAnswer } from '../engine/check.ts';
import { hostTarget } from '../engine/host-target.ts';
import { environmentProblems } from '../environment.ts';
import { renderDiagnostics } from '../language/render.ts';
import { configFromEnvironment } from './run/environment.ts';
import { collect, FORMATS, oneOf } from './run/options.ts';
import { readSource } from './run/source.ts';
import { EnvironmentError } from './usage-error.ts';

interface CheckOptions {
  e?: string;
  json?: boolean;
  f?: string;
  include?: string[];
  I?: string[];
  attach?: boolean;
  param?: string[];
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
    .option('--attach', 'every operand is a FILE: attach each once, and say which ones this kernel takes')
    .option('--param <value>', 'with --attach: $1, $2, ... of every file', collect)
    .action(async (operands: string[], options: CheckOptions) => {
      const config = configFromEnvironment(process.env, (text) => process.stderr.write(`WARNING: ${text}\n`));
      if (options.attach === true) {
        process.exitCode = await attachAll(operands, options, { config, positional: options.param ?? [] });
        return;
      }
      const expression = options.e ?? null;
      const format = options.json === true ? 'json' : oneOf(FORMATS, options.f ?? 'text', 'output format');
      const file = expression === null ? (operands[0] ?? null) : null;
      const { include: includes = [], I: includeDirs = [] } = options;
      const source = readSource({ expression, file, includes, includeDirs });
      const positional = expression === null ? operands.slice(1) : operands;
      const result = compile(source.text, hostTarget(), {
        positional,
        pins: true,
        config,
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

async function attachAll(
  files: readonly string[],
  { include: includes = [], I: includeDirs = [] }: CheckOptions,
  options: CompileOptions,
): Promise<number> {
  const problem = environmentProblems()[0];
  if (problem !== undefined) throw new EnvironmentError(problem.text);
  // What it needs for attaching is not read when a query is only checked.
  const { checkByAttaching } = await import('./check-attach.ts');
  const sources = files.map((file) => readSource({ expression: null, file, includes, includeDirs }));
  return checkByAttaching(sources, options);
}
