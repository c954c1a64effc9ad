/**
 * What bpftrace 0.17 prints otherwise. Each says how our output becomes its output; a difference has a reason only when
 * the two are equal then, to the byte.
 */
export type Kind = 'lacks' | 'purpose';

export interface Change {
  /** It came later, or later versions and we do it otherwise on purpose. */
  readonly kind: Kind;
  readonly why: string;
  /** Found in the program. */
  readonly program?: RegExp;
  /** Our output as the older version would print it. */
  readonly older?: (text: string, program: string) => string;
  /** What neither defines, made equal in both. */
  readonly both?: (text: string) => string;
  /** What it prints is wrong, just so: found in its output. */
  readonly wrong?: RegExp;
}

const withoutLines =
  (pattern: RegExp) =>
  (text: string): string =>
    text
      .split('\n')
      .filter((line) => !pattern.test(line))
      .join('\n');

/** A map without keys whose value is made of zeros and empty texts. */
const ZERO =
  /^@\w*: ?(0|\(0, \)|\{( \.\w+ = 0,?)+ \}|)$|^\{"type": "(map|hist|stats)", "data": \{"@\w*": (0|""|\[\]|\[0,""\]|\{("\w+": 0(, )?)+\})\}\}$/;

/** Numbers above the signed range as signed ones. */
const signed = (text: string): string =>
  text.replace(/(?<![\d.-])\d{19,20}(?!\d)/g, (digits) => BigInt.asIntN(64, BigInt(digits)).toString());

/** Enumerators of the program by name. */
function numbered(text: string, program: string): string {
  let next = 0;
  const members = /enum \w+ \{([^}]*)\}/.exec(program)?.[1]?.split(',') ?? [];
  return members.reduce((changed, member) => {
    const [name = '', value] = member.split('=').map((word) => word.trim());
    const number = value === undefined ? next : Number(value);
    next = number + 1;
    return changed.replace(new RegExp(`\\b${name}\\b`, 'g'), String(number));
  }, text);
}

/** Elements with equal values follow each other in the order of their names, in text and JSON. */
function tiesSorted(text: string): string {
  const sorted: string[] = [];
  const value = (line: string): string | undefined => /^@\w*\[.*\](: \d+)$/.exec(line)?.[1];
  let from = 0;
  const lines = text.split('\n');
  for (let n = 1; n <= lines.length; n++) {
    const before = value(lines[from] ?? '');
    if (before !== undefined && n < lines.length && value(lines[n] ?? '') === before) continue;
    sorted.push(...lines.slice(from, n).sort());
    from = n;
  }
  return sorted
    .join('\n')
    .replace(/("[^"]*": (\d+))(, "[^"]*": \2(?!\d))+/g, (members) => members.split(', ').sort().join(', '));
}

const kilo = (bound: string): string =>
  Number(bound) > 0 && Number(bound) % 1024 === 0 ? `${String(Number(bound) / 1024)}K` : bound;

export const CHANGES: readonly Change[] = [
  {
    kind: 'purpose',
    why: 'frames of BPF programs that were loaded since have their names',
    program: /kstack/,
    both: (text) => text.replace(/bpf_(dispatcher_xdp|prog_[0-9a-f]+_\w+)\+\d+/g, 'bpf_program'),
  },
  {
    kind: 'purpose',
    why: 'the complement of few bits has 64, the negation of a truth is signed',
    program: /~\(uint8\)1.*\b|-true/,
    older: (text) => text.replace('-1', '18446744073709551615').replace(/"?18446744073709551614"?/, '254'),
  },
  {
    kind: 'purpose',
    why: 'comparisons of different signs are exact',
    program: /\(int64\)-1 < \(uint64\)1/,
    older: (text) => text.replace('true', 'false'),
  },
  {
    kind: 'lacks',
    why: 'bool: truth is 1 and 0',
    older: (text) => text.replace(/(?<![\w.])(true|false)(?![\w.])/g, (word) => (word === 'true' ? '1' : '0')),
  },
  {
    kind: 'lacks',
    why: 'records: stats have no braces',
    older: (text) =>
      text.replace(
        /\{ \.count = (-?\d+), \.average = (-?\d+), \.total = (-?\d+) \}/g,
        'count $1, average $2, total $3',
      ),
  },
  { kind: 'lacks', why: 'the zero of an empty map without keys', both: withoutLines(ZERO) },
  { kind: 'lacks', why: 'max() of negative numbers', program: /max\(-/, older: withoutLines(/-\d+\}*$/) },
  {
    kind: 'lacks',
    why: 'strings in JSON for numbers beyond doubles',
    older: (text) => text.replace(/"(-?\d{16,20})"(?!:)/g, '$1'),
  },
  {
    kind: 'lacks',
    why: 'literals and complements of 64 bits without a sign',
    program: /~|\d{19}/,
    both: signed,
  },
  { kind: 'lacks', why: 'run-time errors in JSON', older: withoutLines(/^\{"type": "runtime_error"/) },
  { kind: 'lacks', why: 'division by zero: no number is sure', program: /\$z = (\(uint64\))?0/, wrong: /\d{10}/ },
  {
    kind: 'lacks',
    why: 'values of hist() of more than 32 bits',
    program: /hist\((1 << 40|\(uint64\)1 << 6\d)\)|\$i \* 2/,
    wrong: /2G|2147483648/,
  },
  { kind: 'lacks', why: 'width of %r', program: /%-?\d+r/, wrong: /%-?\d+r/ },
  {
    kind: 'lacks',
    why: 'differences and high bits without a sign',
    program: /\(uint(32|64)\)\d+\)? - |\(uint64\)0; print\(\$x - 1\)|<< 63/,
    both: signed,
  },
  {
    kind: 'purpose',
    why: 'a cast to a wider type keeps the value',
    program: /\(uint16\)\(int8\)-1/,
    older: (text) => text.replace(/(?<!\d)255(?!\d)/, '-1').replace('65535', '255'),
  },
  { kind: 'lacks', why: 'names of enumerators', program: /\benum\b/, older: numbered },
  {
    kind: 'purpose',
    why: 'blanks in the keys of JSON are left out',
    both: (text) => text.replace(/"[^"]*"(?=: )/g, (key) => key.replaceAll(' ', '')),
  },
  { kind: 'purpose', why: '%% prints one %', program: /%%/, older: (text) => text.replace(/(?<=\d)%/g, '%%') },
  {
    kind: 'purpose',
    why: 'the begin probe is called begin',
    program: /\bprobe\b/,
    older: (text) => text.replace(/\bbegin\b/g, 'BEGIN'),
  },
  {
    kind: 'purpose',
    why: 'the name of the tracer',
    program: /\bcomm\b/,
    older: (text) => text.replace(/\bbpfscope\b/g, 'bpftrace'),
  },
  {
    kind: 'purpose',
    why: 'no blanks inside of the braces of JSON',
    older: (text) => text.replace(/(?<="data": )\{("[^@][^{}]*)\}(?=\}$)/gm, '{ $1 }'),
  },
  {
    kind: 'lacks',
    why: 'UTF-8 in JSON: it writes bytes as numbers',
    older: (text) =>
      text.replace(/[\u{80}-\u{10ffff}]/gu, (character) =>
        [...Buffer.from(character)].map((byte) => `\\uffffff${byte.toString(16)}`).join(''),
      ),
  },
  {
    kind: 'lacks',
    why: 'quotes around error texts in JSON',
    program: /strerror/,
    older: (text) =>
      text.replace(/(?<=: )"(No such file or directory|Operation not permitted|Success|Unknown error \d+)"/g, '$1'),
  },
  { kind: 'lacks', why: 'an order of keys with equal values', both: tiesSorted },
  {
    kind: 'purpose',
    why: 'K in bounds of lhist() only where the step is so many',
    program: /lhist\(/,
    older: (text) =>
      text.replace(/^(\(\.\.\.|\[\d+), (\d+|\.\.\.)\) +(?=\d+ \|)/gm, (row, from: string, to: string) =>
        `${from.replace(/\d+/, kilo)}, ${kilo(to)})`.padEnd(row.length),
      ),
  },
  { kind: 'purpose', why: 'structs of the program win over the kernel’s', program: /struct pt \{/, wrong: /192/ },
  { kind: 'lacks', why: 'error texts as keys in JSON', program: /\[strerror/, wrong: /\{$/ },
  { kind: 'lacks', why: 'comparing of tuples: it compares addresses', program: /\$t == \(1/, wrong: /(^|: )0\b/m },
  { kind: 'purpose', why: 'a file that cannot be read is an error', program: /cat\(/, wrong: /"cat", "data": ""/ },
  { kind: 'lacks', why: 'uaddr() of what is loaded anywhere', program: /uaddr\(/, wrong: /(^|: )0\b/m },
  { kind: 'purpose', why: 'texts of records are texts, not addresses', program: /parent_comm/, wrong: /-\d{10}/ },
];

function applied(
  changes: readonly Change[],
  program: string,
  theirs: string,
  ours: string,
): { readonly a: string; readonly b: string; readonly used: readonly Change[] } {
  let [a, b] = [theirs, ours];
  const used = changes.filter((change) => {
    const before = [a, b];
    b = change.older?.(b, program) ?? change.both?.(b) ?? b;
    a = change.both?.(a) ?? a;
    return a !== before[0] || b !== before[1];
  });
  return { a, b, used };
}

/** Both outputs without what is known to differ. */
export function alike(program: string, theirs: string, ours: string): readonly [theirs: string, ours: string] {
  const possible = CHANGES.filter((one) => one.program?.test(program) ?? true);
  const { a, b } = applied(possible, program, theirs, ours);
  return [a, b];
}

/** The reasons for a difference, one or several together; undefined: no reason is known. */
export function reasonsOf(program: string, theirs: string, ours: string): readonly Change[] | undefined {
  const possible = CHANGES.filter((one) => one.program?.test(program) ?? true);
  const wrong = possible.find((one) => one.wrong?.test(theirs) ?? false);
  if (wrong !== undefined) return [wrong];
  const apply = (changes: readonly Change[]): readonly Change[] | undefined => {
    const { a, b, used } = applied(changes, program, theirs, ours);
    return a === b ? used : undefined;
  };
  for (const change of possible) {
    const alone = apply([change]);
    if (alone !== undefined) return alone;
  }
  return apply(possible);
}
