/**
 * What bpftrace 0.17 lacks, by what it says when it refuses a program, and by the part of the program that it means where
 * it says little.
 */
interface Refusal {
  readonly lacks: string;
  readonly says: RegExp;
  /** Found in the program. */
  readonly program?: RegExp;
}

const syntax = (unexpected: string): RegExp => new RegExp(`syntax error, unexpected ${unexpected}`);

const REFUSALS: readonly Refusal[] = [
  {
    lacks: 'conversions and lengths',
    says: /Too many arguments for format string/,
    program: /%\S*?[oXcijzthp]|%[+ #]/,
  },
  { lacks: 'for loops', says: syntax('for,'), program: /\bfor\b/ },
  { lacks: 'macros and functions of the query', says: syntax('\\(, expecting \\{'), program: /\b(macro|fn) \w+/ },
  { lacks: 'attributes of structs', says: syntax('\\(, expecting \\{'), program: /__attribute__/ },
  { lacks: 'the config block', says: syntax('=, expecting \\{'), program: /config = \{/ },
  { lacks: 'addresses of variables, maps and members', says: syntax('&'), program: /[=(,)] ?&[$@\w]/ },
  { lacks: 'arguments of raw tracepoints by name', says: /Invalid probe type/, program: /\brawtracepoint:.*args/ },
  { lacks: 'let', says: syntax('(variable|map), expecting [}{]'), program: /\blet\b/ },
  { lacks: 'casts to arrays', says: syntax('(\\S+, expecting [)}]|\\])'), program: /\(u?int\d+\[\d*\]\)/ },
  { lacks: 'records', says: syntax('=, expecting \\)'), program: /\(\w+ = / },
  { lacks: 'the short ternary', says: syntax(':'), program: /\?:/ },
  { lacks: 'durations', says: syntax('identifier, expecting \\)'), program: /\d(ns|us|ms|s|m|h|d)\b/ },
  { lacks: 'durations of timers', says: /probe type requires 2 arguments/, program: /(profile|interval):\d+[a-z]+\b/ },
  { lacks: 'typeof, and more types in sizeof', says: syntax('\\)'), program: /typeof|sizeof\(/ },
  { lacks: 'conditions without parentheses', says: syntax('\\w+, expecting \\('), program: /\bif [^(]/ },
  { lacks: 'if and blocks as values', says: syntax('(if|\\{)'), program: /= (if|\{)/ },
  { lacks: 'discarding a value', says: syntax('=, expecting \\}'), program: /_ = / },
  { lacks: 'typedef', says: syntax('(struct definition|;), expecting \\{'), program: /\btypedef\b/ },
  { lacks: 'bool', says: /Unknown struct\/union: 'bool'|%s specifier expects .*\(integer supplied\)/ },
  { lacks: 'casts to enums', says: /Unknown struct\/union: 'enum \w+'/ },
  { lacks: 'constants in parentheses', says: /Unknown struct\/union: 'E[A-Z]+'/ },
  { lacks: 'several begin or end probes', says: /More than one (BEGIN|END) probe/ },
  { lacks: 'begin and end in small letters', says: /Invalid probe type/, program: /\b(begin|end)\b/ },
  { lacks: 'variables of a block', says: /Type mismatch for \$\w+/, program: /\{ \$(\w+) = 1;.*\{ \$\1 = "/ },
  { lacks: 'aggregates as numbers', says: /comparing '(count|sum)' with|not supported for type: "count"/ },
  { lacks: 'results and other forms of delete()', says: /delete\(\) requires one argument/ },
  { lacks: 'negative bounds of lhist()', says: /lhist\(\) min must be non-negative/ },
  { lacks: 'bits of hist()', says: /hist\(\) requires one argument \(2 provided\)/ },
  { lacks: 'tuples as keys', says: /tuple cannot be used as a map key/ },
  { lacks: 'printing of elements', says: /The map passed to print\(\) should not be indexed by a key/ },
  { lacks: 'str() of strings', says: /str\(\) expects an integer or a pointer type/ },
  { lacks: 'printing of pointers and args', says: /type passed to print\(\) is not printable/ },
  { lacks: 'args as a value', says: /context cannot be used as a map key|Can not access field 'args'/ },
  { lacks: 'cpid that is 0, and has_cpid', says: /cpid cannot be used without child command/ },
  { lacks: 'kernel headers by BTF', says: /Include headers with missing type definitions/ },
  { lacks: 'arrays at the end of structs', says: /the index 0 is out of bounds for array of size 0/ },
  { lacks: 'error texts as keys', says: /invalid mapkey argument type/, program: /strerror/ },
  { lacks: 'buffers as text', says: /%s specifier expects a value of type string \(buffer supplied\)/ },
  { lacks: 'aggregates as numbers', says: /specifier expects a value of type integer \((count|sum) supplied\)/ },
  { lacks: 'parameters that are texts without str()', says: /\$\d used numerically but given/ },
  { lacks: 'long texts', says: /String is too long \(over 64 bytes\)/ },
  { lacks: 'constants of headers', says: /Unknown identifier: '(AF_|E)\w+'/ },
];

/** What only the older version takes, on purpose, by what we say. */
const TAKEN: readonly (readonly [why: string, says: RegExp])[] = [
  ['sarg0 was removed', /Unknown identifier: 'sarg\d'/],
  ['literals whose sum or product is no int64 are an error', /does not fit in an int64/],
  ['probes that are missing are an error', /The kernel has no (tracepoint|function)/],
];

export const refusedOnPurpose = (stderr: string): string | undefined =>
  TAKEN.find(([, says]) => says.test(stderr))?.[0];

/** What the older version lacks; undefined: no reason is known. */
export function lackOf(program: string, stderr: string): string | undefined {
  const [, called, named] = /Unknown function: (\w+)|Unknown identifier: '([a-z]\w+)'/.exec(stderr) ?? [];
  if (called !== undefined && program.includes(called)) return `${called}()`;
  if (named !== undefined) return named;
  return REFUSALS.find((one) => one.says.test(stderr) && (one.program?.test(program) ?? true))?.lacks;
}
