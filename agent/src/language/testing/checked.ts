/** Checks a query text against a target; for tests. */
import { check } from '../check/index.ts';
import type { CheckOptions, CheckResult } from '../check/index.ts';
import { printHir } from '../hir-print.ts';
import { parse } from '../parser/parse.ts';
import type { Target } from '../target.ts';
import { testTarget } from './target.ts';

export function checked(source: string, options: CheckOptions = {}, target: Target = testTarget): CheckResult {
  const { program, diagnostics } = parse(source, { positional: options.positional ?? [] });
  const result = check(program, source, target, options);
  return { hir: result.hir, diagnostics: [...diagnostics, ...result.diagnostics] };
}

/** The checked program as text, or its diagnostics. */
export function checkedText(source: string, options: CheckOptions = {}, target: Target = testTarget): string {
  const { hir, diagnostics } = checked(source, options, target);
  const messages = diagnostics.map(
    (one) =>
      `${one.severity} ${one.code} '${source.slice(one.span.start, one.span.end)}': ${one.message}${one.hint === undefined ? '' : ` [${one.hint}]`}`,
  );
  return [...messages, ...(hir === null ? [] : [printHir(hir)])].join('\n');
}
