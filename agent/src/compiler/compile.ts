/** The whole compiler: text and the facts of a host in, maps and programs out. Pure. */
import type { Program } from '../language/ast.ts';
import { check, type CheckResult } from '../language/check/check.ts';
import type { CheckOptions } from '../language/check/options.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import type { HirMap } from '../language/hir.ts';
import { sizeOf } from '../language/layout.ts';
import { link } from '../language/parser/link.ts';
import type { LinkOptions } from '../language/parser/link.ts';
import type { Sources } from '../language/sources.ts';
import { CONSTANTS } from '../language/tables/constants.ts';
import type { Target } from '../language/target.ts';
import { compileHir } from './back-end.ts';
import type { CompiledQuery } from './program.ts';
import { printAssembly, printTree, printTypes, type Stages } from './stages.ts';

export type CompileOptions = CheckOptions & Pick<LinkOptions, 'files' | 'includes'>;

export interface Compilation {
  /** null when there are errors. */
  readonly query: CompiledQuery | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly stages: Stages;
  /** The places of spans that come later, from the verifier or a running program. */
  readonly sources: Sources;
}

export function compile(source: string, target: Target, options: CompileOptions = {}): Compilation {
  const { files, includes } = options;
  const { program, diagnostics, sources } = link(source, {
    positional: options.positional ?? [],
    constants: (name) => constant(name, target),
    ...(files === undefined ? {} : { files }),
    ...(includes === undefined ? {} : { includes }),
  });
  const ast = (): string => printTree(program);
  const checked = checkForKernel(program, source, target, options);
  const found = [...diagnostics, ...checked.diagnostics].map((one) => sources.locate(one));
  if (checked.hir === null || found.some((d) => d.severity === 'error')) {
    return { query: null, diagnostics: found, stages: { ast }, sources };
  }
  const { hir } = checked;
  const types = (): string => printTypes(hir);
  const made = compileHir(hir, sources.text, target, found);
  const query = made.query === null ? null : { ...made.query, sources };
  const stages: Stages = {
    ast,
    types,
    ir: made.ir,
    ...(query === null ? {} : { asm: () => printAssembly(query) }),
  };
  const all = made.diagnostics.map((one) => (found.includes(one) ? one : sources.locate(one)));
  return { query, diagnostics: all, stages, sources };
}

/** What names of the C preamble stand for where the query does not say. */
function constant(name: string, target: Target): bigint | null {
  if (name === 'LINUX_VERSION_CODE') return target.kernel === 0 ? null : BigInt(target.kernel);
  return CONSTANTS.get(name) ?? target.btf?.enumerator(name)?.value ?? null;
}

/** Without `large_keys`, keys may have the size of the stack. */
const KEY_LIMIT = 512;
const SHORTER = [256, 128, 64, 32];

/** On kernels with small keys, strings are read shorter when keys would not fit, and that is said. */
function checkForKernel(program: Program, source: string, target: Target, options: CompileOptions): CheckResult {
  const checked = check(program, source, target, options);
  const tooLarge = (result: CheckResult): HirMap | undefined =>
    result.hir?.maps.find((m) => m.key !== null && sizeOf(m.key) > KEY_LIMIT);
  const map = tooLarge(checked);
  if (map === undefined || target.has('large_keys')) return checked;
  for (const max_strlen of SHORTER) {
    const again = check(program, source, target, { ...options, config: { ...options.config, max_strlen } });
    if (again.hir === null || tooLarge(again) !== undefined) continue;
    const message = `The keys of ${map.name} would be larger than the ${KEY_LIMIT} bytes that this kernel allows: strings are cut at ${max_strlen} bytes.`;
    const warning: Diagnostic = { code: 'key-size', severity: 'warning', span: map.span, message };
    return { ...again, diagnostics: [...again.diagnostics, warning] };
  }
  return checked;
}
