/** `bpfscope check --attach`: many scripts into this kernel, one after the other, and which of them it takes. */
import { compile, type CompileOptions } from '../compiler/index.ts';
import { hostTarget } from '../engine/host-target.ts';
import { QueryRefused } from '../engine/load.ts';
import { LiveSymbols } from '../engine/symbols.ts';
import { attachOnce } from '../engine/trial.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { renderDiagnostics } from '../language/render.ts';
import type { Source } from './run/source.ts';

export interface Verdict {
  /** null: refused. */
  readonly probes: number | null;
  /** What was said about it, rendered; '' when nothing. */
  readonly said: string;
}

/** One script: `options` as for the compiler. */
export async function attachScript(source: Source, options: CompileOptions, symbols: LiveSymbols): Promise<Verdict> {
  const { name, text, files, includes } = source;
  const say = (diagnostics: readonly Diagnostic[]): string => renderDiagnostics(diagnostics, text, name);
  const { query, diagnostics } = compile(text, hostTarget(), { ...options, files, includes });
  if (query === null) return { probes: null, said: say(diagnostics) };
  try {
    const { probes, warnings } = await attachOnce(query, symbols);
    return { probes, said: say([...diagnostics, ...warnings]) };
  } catch (error) {
    if (error instanceof QueryRefused) return { probes: null, said: say(error.diagnostics) };
    if (error instanceof Error) return { probes: null, said: `${name}: ERROR: ${error.message}\n` };
    throw error;
  }
}

/** Prints a line a script and the sum; the exit code is 1 when one was refused. */
export async function checkByAttaching(sources: Iterable<Source>, options: CompileOptions): Promise<number> {
  const symbols = new LiveSymbols();
  let taken = 0;
  let all = 0;
  for (const source of sources) {
    all += 1;
    const { probes, said } = await attachScript(source, options, symbols);
    if (probes !== null) taken += 1;
    const verdict = probes === null ? 'refused' : `${probes} probe${probes === 1 ? '' : 's'} attached`;
    process.stdout.write(`${source.name}: ${verdict}\n`);
    process.stderr.write(said);
  }
  process.stdout.write(`${taken} of ${all} scripts attached\n`);
  return taken === all ? 0 : 1;
}
