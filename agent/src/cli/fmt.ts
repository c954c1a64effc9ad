/** `bpfscope fmt`: a query in the one canonical style. */
import { Command } from 'commander';
import { parse } from '../language/parser/parse.ts';
import { renderDiagnostics } from '../language/render.ts';
import { readSource } from './run/source.ts';

export function fmtCommand(): Command {
  return new Command('fmt')
    .description('Print a query in canonical style')
    .argument('[file]', 'FILE, or - for stdin')
    .option('-e <program>', 'format this program')
    .action((file: string | undefined, options: { e?: string }) => {
      const source = readSource({ expression: options.e ?? null, file: file ?? null, includes: [] });
      const { diagnostics } = parse(source.text);
      process.stderr.write(renderDiagnostics(diagnostics, source.text, source.name));
      process.exitCode = diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
    });
}
