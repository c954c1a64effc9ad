/** What a session tells its owner: the actions of the query, decoded, in the order in which the kernel recorded them. */
import type { Action } from '../language/action.ts';
import type { Datum } from '../decode/datum.ts';
import type { MapEntry, ViewOptions } from '../decode/map-view.ts';

type Member<A, K> = A extends { readonly kind: infer Kinds } ? ([K] extends [Kinds] ? A : never) : never;
export type ActionOf<K extends Action['kind']> = Member<Action, K>;
export type PrintAction = ActionOf<'printf'>;

export interface Sink {
  /** Maps are shown as they are printed: what is added between a print and its clear belongs to the next print. */
  readonly prints?: boolean;
  /** printf and its kin: `text` is formatted, `values` are the arguments. `index` is the action's number in the query. */
  print(action: PrintAction, text: string, values: readonly Datum[], index: number): void;
  /** print(value). */
  value(value: Datum, action: ActionOf<'print-value'>, index: number): void;
  /** print(@m): the map as it is now. */
  map(map: number, entries: readonly MapEntry[], options: ViewOptions): void;
  /** clear(@m) or zero(@m): what was in the map right before. */
  emptied(map: number, entries: readonly MapEntry[]): void;
  time(text: string): void;
  join(text: string): void;
  /** Contents of a file. */
  cat(text: string): void;
  /** A file that cat() could not read, and why. */
  unread(action: ActionOf<'cat'>, problem: string): void;
  /** Output of a command. */
  system(text: string): void;
  runtimeError(action: ActionOf<'runtime-error'>, code: bigint): void;
  /** skboutput: one packet for a capture file. */
  packet(action: ActionOf<'skboutput'>, bytes: Uint8Array): void;
}

/** Hears nothing; owners override what they want to hear. */
export const SILENT: Sink = {
  print: () => undefined,
  value: () => undefined,
  map: () => undefined,
  emptied: () => undefined,
  time: () => undefined,
  join: () => undefined,
  cat: () => undefined,
  unread: () => undefined,
  system: () => undefined,
  runtimeError: () => undefined,
  packet: () => undefined,
};
