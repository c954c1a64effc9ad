/** The whole compiler: text and the facts of a host in, maps and programs out. Pure. */
import { check } from '../language/check/check.ts';
import type { CheckOptions } from '../language/check/options.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { parse } from '../language/parser/parse.ts';
import { CONSTANTS } from '../language/tables/constants.ts';
import type { Target } from '../language/target.ts';
import { compileHir } from './back-end.ts';
import type { CompiledQuery } from './program.ts';
import { printAssembly, printTree, printTypes, type Stages } from './stages.ts';

export type CompileOptions = CheckOptions;

export interface Compilation {
  /** null when there are errors. */
  readonly query: CompiledQuery | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly stages: Stages;
}

export function compile(source: string, target: Target, options: CompileOptions = {}): Compilation {
  const parsed = parse(source, {
    positional: options.positional ?? [],
    constants: (name) => target.btf?.enumerator(name)?.value ?? CONSTANTS.get(name) ?? null,
  });
  const ast = (): string => printTree(parsed.program);
  const checked = check(parsed.program, source, target, options);
  const found = [...parsed.diagnostics, ...checked.diagnostics];
  if (checked.hir === null || found.some((d) => d.severity === 'error')) {
    return { query: null, diagnostics: found, stages: { ast } };
  }
  const { hir } = checked;
  const types = (): string => printTypes(hir);
  const made = compileHir(hir, source, target, found);
  const { query } = made;
  const stages: Stages = {
    ast,
    types,
    ir: () => made.ir,
    ...(query === null ? {} : { asm: () => printAssembly(query) }),
  };
  return { query, diagnostics: made.diagnostics, stages };
}
