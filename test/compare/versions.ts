/** Why an older bpftrace answers otherwise than the language we follow; the first row that fits gives the reason. */
import type { Case } from '../conformance/case.ts';

export interface Outcome {
  readonly refused: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface Reason {
  readonly why: string;
  /** Found in the program. */
  readonly program?: RegExp;
  /** Found in what the older version wrote. */
  readonly theirs?: RegExp;
}

/** What an older version says to spellings and functions that came after it. */
const TOO_NEW =
  /syntax error|Unknown function|Unknown identifier|Unknown struct\/union|requires no arguments|More than one|Invalid probe type|printf: |should be|type mismatch|Type mismatch|FATAL|ERROR/;

/** What both accept and print differently since 0.17. */
const CHANGED: readonly Reason[] = [
  {
    why: 'truth is printed as true and false',
    program: /[<>!=]=|[<>!]|&&|\|\||true|false|strcontains/,
    theirs: /\b[01]\b/,
  },
  { why: 'constants above the signed range', program: /18446744073709551615/, theirs: /-1/ },
  { why: 'x / 0 is 1', program: /\$z = (\(uint64\))?0/ },
  { why: 'enumerators keep their names', program: /\benum\b/ },
  { why: 'numbers beyond doubles are strings in JSON', program: /9007199254740993/ },
  { why: 'the number of calls differs from run to run', program: /libc:malloc/ },
  { why: 'removed since', program: /sarg\d/ },
  { why: 'the name of the tracer', program: /comm/, theirs: /bpftrace/ },
  { why: 'the begin probe has a new name', program: /probe/, theirs: /BEGIN/ },
  { why: 'arguments of hist() were 32 bits', program: /hist\(1 << 40\)/ },
  { why: 'keys in JSON lose their spaces', program: /"b c"/ },
  { why: 'empty maps without keys print a zero', program: /delete\(@a\); @b|clear\(@h\)/ },
  { why: 'max() of negative numbers', program: /max\(-/ },
  { why: 'stats are printed as a record', theirs: /count \d+, average/ },
  { why: '%% prints one %', theirs: /%%/ },
];

export function reasonOf(one: Case, theirs: Outcome, ours: Outcome): string | undefined {
  if (theirs.refused && !ours.refused)
    return TOO_NEW.test(theirs.stderr)
      ? `came later: ${/ERROR: (.*)/.exec(theirs.stderr)?.[1] ?? 'refused'}`
      : undefined;
  return CHANGED.find(
    ({ program, theirs: text }) =>
      (program === undefined || program.test(one.program)) && (text === undefined || text.test(theirs.stdout)),
  )?.why;
}
