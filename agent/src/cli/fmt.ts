/** `bpfscope fmt`: a query in the one canonical style. */
import { Command } from 'commander';
import { parse } from '../language/parser/parse.ts';
import { print } from '../language/printer/print.ts';
import { renderDiagnostics } from '../language/render.ts';
import { readSource } from './run/source.ts';

export function fmtCommand(): Command {
  return new Command('fmt')
    .description('Print a query in canonical style')
    .argument('[file]', 'FILE, or - for stdin')
    .option('-e <program>', 'format this program')
    .action((file: string | undefined, options: { e?: string }) => {
      const source = readSource({ expression: options.e ?? null, file: file ?? null, includes: [], includeDirs: [] });
      const { program, diagnostics } = parse(source.text);
      process.stderr.write(renderDiagnostics(diagnostics, source.text, source.name));
      // A text with a syntax error has no whole tree: printing it would lose what could not be read.
      if (diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
      else process.stdout.write(print(program, source.text));
    });
}
