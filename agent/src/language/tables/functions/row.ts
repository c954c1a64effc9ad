/** One function of the language: what hover, completion and docs/language.md show, and the rules that hold for every call. */
import type { AttachKind } from '../../attach.ts';

export interface FunctionRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly signatures: readonly string[];
  readonly documentation: string;
  /**
   * action: done by user space, in order. value: computed in the kernel. formatted: a value that user space turns into
   * text. constant: computed by the compiler. aggregate: only as the whole right side of a map assignment.
   */
  readonly kind: 'action' | 'value' | 'formatted' | 'constant' | 'aggregate';
  /** Least and most arguments. */
  readonly arity: readonly [number, number];
  /** Changes the system: needs --unsafe. */
  readonly unsafe?: true;
  readonly probes?: readonly AttachKind[];
  /** Any one of these kernel features is enough. */
  readonly requires?: readonly string[];
}
