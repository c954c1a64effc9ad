/** How a run is written: one implementation a format. Everything but warnings goes to the output file or stdout. */
import type { Benchmark } from '../../engine/benchmark.ts';
import type { Datum } from '../../decode/datum.ts';
import type { MapView } from '../../decode/map-view.ts';

/** Where in the query something happened; lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Printer {
  /** Everything is attached. */
  attached(probes: number): void;
  /** printf. */
  text(text: string, values: readonly Datum[]): void;
  /** errorf, warnf, debugf: `rendered` is the message with its place in the query. */
  message(kind: 'errorf' | 'warnf', text: string, rendered: string, place: Place): void;
  value(value: Datum): void;
  map(view: MapView): void;
  time(text: string): void;
  join(text: string): void;
  cat(text: string): void;
  system(text: string): void;
  runtimeError(message: string, rendered: string, place: Place, detail: RuntimeDetail): void;
  /** What the probes `bench:name` took. */
  benchmarks(found: readonly Benchmark[]): void;
  test(event: TestEvent): void;
  lost(events: number): void;
  /** Something about the numbers that one should know; `samples`: how many it is about. */
  notice(code: string, text: string, samples: number): void;
  /** Between the last event and the maps that are printed at the end. */
  end(): void;
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly milliseconds: number;
}

/** The probes `test:name`; the output of one that failed stands before its result. */
export type TestEvent =
  | { readonly kind: 'all'; readonly count: number }
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'end'; readonly result: TestResult }
  | { readonly kind: 'over'; readonly results: readonly TestResult[] };

export interface RuntimeDetail {
  /** The kernel helper that failed; null for errors of the query itself (division by zero). */
  readonly helper: string | null;
  readonly code: number;
}

export interface Streams {
  out(text: string): void;
  err(text: string): void;
}
