/** The keywords: how they are written and what they do, for hover. */
export interface KeywordRow {
  readonly name: string;
  readonly form: string;
  readonly documentation: string;
}

const row = (name: string, form: string, documentation: string): KeywordRow => ({ name, form, documentation });

export const KEYWORD_ROWS: readonly KeywordRow[] = [
  row('break', 'break;', 'Leaves the loop around it.'),
  row('comptime', 'comptime expression', 'Computes the expression while the query is compiled; it has to be constant.'),
  row('config', 'config = { key = value; ... }', 'Settings of this query, before its first probe.'),
  row('continue', 'continue;', 'Goes on with the next turn of the loop around it.'),
  row('else', 'if (condition) { ... } else { ... }', 'What runs when the condition of `if` is 0.'),
  row('false', 'false', 'The bool that is 0.'),
  row('fn', 'fn name($a : type) : type { ... }', 'A function of the query.'),
  row(
    'for',
    'for ($kv : @map) { ... }\nfor ($i : from..to) { ... }',
    'Runs the block for each element of a map, as the tuple of its key and value, or for each number from `from` up to, and without, `to`.',
  ),
  row(
    'if',
    'if (condition) { ... } else if (condition) { ... } else { ... }',
    'Runs a block when the condition is not 0.',
  ),
  row('import', 'import "file.bt";', 'The macros, functions and types of another file. On the command line only.'),
  row(
    'let',
    'let $name : type = value;\nlet @name = hash(entries);',
    'Declares a variable of this block, which is 0 without a value; or how a map is kept: hash, lruhash, percpuhash or percpulruhash.',
  ),
  row(
    'macro',
    'macro name($variable, @map, expression) { ... }',
    'Code that is put where it is called. Variables and maps are passed by name, other arguments as expressions.',
  ),
  row('offsetof', 'offsetof(struct name, member)', 'Bytes from the start of a struct to its member.'),
  row('return', 'return;\nreturn value;', 'Ends this probe for this event, or the function with its result.'),
  row('sizeof', 'sizeof(type)\nsizeof(expression)', 'Bytes of a type or value.'),
  row('true', 'true', 'The bool that is 1.'),
  row('typeinfo', 'typeinfo(expression)', 'What is known of a type while the query is compiled.'),
  row('typeof', 'typeof(expression)', 'The type of the expression, wherever a type may stand.'),
  row('unroll', 'unroll (count) { ... }', 'Repeats the block so many times in the program itself; 1 to 100.'),
  row(
    'while',
    'while (condition) { ... }',
    'Runs the block as long as the condition is not 0. `for` over a range is the newer way.',
  ),
];

const BY_NAME: ReadonlyMap<string, KeywordRow> = new Map(KEYWORD_ROWS.map((one) => [one.name, one]));

export const keywordRow = (name: string): KeywordRow | null => BY_NAME.get(name) ?? null;
