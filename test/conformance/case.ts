/** A program and what `bpfscope run -q` has to print for it. Grouped by subject in cases/. */
export interface Case {
  readonly name: string;
  readonly program: string;
  /** The non-empty lines of stdout, all of them, in order; or patterns that stdout must match. */
  readonly out: readonly string[] | RegExp | readonly RegExp[];
  /** Pattern of stderr (diagnostics). */
  readonly err?: RegExp;
  readonly exit?: number;
  /** More command line: `['-f', 'json']`, positional parameters. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type Row = readonly [name: string, program: string, out: Case['out'], more?: Partial<Case>];

/** Rows keep the tables readable. */
export const table = (rows: readonly Row[]): Case[] =>
  rows.map(([name, program, out, more]) => ({ name, program, out, ...more }));
