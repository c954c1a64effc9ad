/**
 * Asynchronous actions: what a program asks user space to do. The record in the ring buffer is a u32 action index, a
 * u32 of flags (0), then the arguments at the offsets of the compiled program's ActionLayout.
 */
import type { Span } from './diagnostic.ts';
import type { Type } from './types.ts';

/** printf-style format, already parsed and checked against the arguments. */
export interface FormatPart {
  readonly literal: string;
  /** null for the last, literal-only part. */
  readonly spec: FormatSpec | null;
}

export interface FormatSpec {
  readonly flags: string;
  readonly width: number | null;
  readonly precision: number | null;
  readonly length: '' | 'hh' | 'h' | 'l' | 'll' | 'j' | 'z' | 't';
  /** d i u o x X c s p r rx rh gr */
  readonly conversion: string;
}

export type Action =
  | {
      readonly kind: 'printf' | 'errorf' | 'warnf' | 'debugf' | 'cat' | 'system';
      readonly format: readonly FormatPart[];
      readonly args: readonly Type[];
      readonly span: Span;
    }
  /** print(@m), print(@m, top, div): read when handled. */
  | {
      readonly kind: 'print-map';
      readonly map: number;
      readonly top: number | null;
      readonly div: number | null;
      readonly span: Span;
    }
  /** print(value), also of one map element `print(@m[k])`; for the latter args are [key, value] and map is set ([key] only when the value is an aggregate that the kernel cannot copy: read it when handled). */
  | { readonly kind: 'print-value'; readonly args: readonly Type[]; readonly map: number | null; readonly span: Span }
  | { readonly kind: 'clear' | 'zero'; readonly map: number; readonly span: Span }
  /** strftime format. */
  | { readonly kind: 'time'; readonly format: string; readonly span: Span }
  /** args [int32] when a code is given. */
  | { readonly kind: 'exit'; readonly args: readonly Type[]; readonly span: Span }
  /** args [array of strings]. */
  | { readonly kind: 'join'; readonly delimiter: string; readonly args: readonly Type[]; readonly span: Span }
  /** args [uint64 nanoseconds since boot, uint64 length of the packet, buffer]. */
  | { readonly kind: 'skboutput'; readonly path: string; readonly args: readonly Type[]; readonly span: Span }
  /** Division by zero, map full, key missing, bad index, failed helper; args [int64 code]. */
  | {
      readonly kind: 'runtime-error';
      /** '' when the code, an error number, says all. */
      readonly message: string;
      /** The kernel helper that failed. */
      readonly helper?: string;
      readonly span: Span;
    };
