/** A decoded value: what the formatters and the engine work with. The type has been applied, names are resolved. */
import type { Int } from './integer.ts';
import type { BrokenStack, LostStack } from './names.ts';

export type Datum =
  | null
  | boolean
  | Int
  | string
  /** Contents of a buffer. */
  | Uint8Array
  /** Enums and pointers: text shows the symbol, JSON the number; of texts that functions give JSON shows the text too. */
  | { readonly kind: 'symbol'; readonly symbol: string; readonly number: Int; readonly isText?: boolean }
  | { readonly kind: 'array' | 'tuple'; readonly values: readonly Datum[] }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [string, Datum])[] }
  /** Innermost frame first. `text` is how bpftrace prints it: a new line, then a line a frame. */
  | {
      readonly kind: 'stack';
      readonly frames: readonly string[];
      readonly text: string;
      readonly broken?: BrokenStack;
      readonly lost?: LostStack;
    };

export function isInt(value: Datum): value is Int {
  return typeof value === 'number' || typeof value === 'bigint';
}
