/** What a provider's resolver works with, for one attach point. */
import type * as ast from '../../ast.ts';
import type { AttachSite, ResolvedProbe } from '../../attach.ts';
import type { Hint } from '../../diagnostic.ts';
import type { Target } from '../../target.ts';
import type { ProviderRow } from '../../tables/probes/index.ts';
import type { CheckOptions } from '../options.ts';

export interface AttachContext {
  readonly target: Target;
  readonly options: CheckOptions;
  readonly row: ProviderRow;
  readonly point: ast.AttachPoint;
  /** What is written after the provider. */
  readonly parts: readonly string[];
  /** A mistake in the text. */
  error(code: string, message: string, hint?: string): void;
  /** Something that one should know. */
  warning(code: string, message: string, hint?: string): void;
  /** Probes that a query may have: of more only their number is wanted. */
  readonly most: number;
  tooMany(count: number): void;
  /** The host has no such probe: what this means is up to the missing_probes setting. */
  missing(message: string, hint?: Hint): void;
}

export type Resolver = (cx: AttachContext) => readonly ResolvedProbe[];

export function found(name: string, site: AttachSite): ResolvedProbe {
  return { name, site };
}

/** Reports how the provider's attach points are written. */
export function malformed(cx: AttachContext): readonly ResolvedProbe[] {
  cx.error('bad-attach-point', `Invalid ${cx.row.name} probe.`, `Write ${cx.row.forms.join(' or ')}.`);
  return [];
}
