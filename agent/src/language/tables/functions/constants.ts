import type { FunctionRow } from './row.ts';

const row = (
  name: string,
  signatures: readonly string[],
  arity: readonly [number, number],
  documentation: string,
): FunctionRow => ({
  name,
  signatures,
  arity,
  documentation,
  kind: 'constant',
});

const predicate = (name: string, documentation: string) => row(name, [`${name}(expression)`], [1, 1], documentation);

/** Computed by the compiler. */
export const CONSTANT_FUNCTIONS: readonly FunctionRow[] = [
  row('kaddr', ['kaddr(const string symbol)'], [1, 1], 'Address of a kernel symbol.'),
  row('uaddr', ['uaddr(const string symbol)'], [1, 1], 'Address of a symbol of the traced binary.'),
  row('cgroupid', ['cgroupid(const string path)'], [1, 1], 'Id of the cgroup at the path.'),
  row('pton', ['pton(const string address)'], [1, 1], 'IP address as bytes: 4 or 16.'),
  row(
    'getopt',
    [
      'getopt(const string name)',
      'getopt(const string name, default)',
      'getopt(const string name, default, const string description)',
    ],
    [1, 3],
    'A named parameter of the command line.',
  ),
  row(
    'assert',
    ['assert(bool condition, const string message)'],
    [2, 2],
    'Ends the query when the condition does not hold.',
  ),
  row(
    'static_assert',
    ['static_assert(bool condition, const string message)'],
    [1, 2],
    'A compile error when the condition does not hold.',
  ),
  row(
    'fail',
    ['fail(const string format, literals...)'],
    [1, 10],
    'A compile error when it is reached by the compiler.',
  ),
  row('kfunc_exist', ['kfunc_exist(const string name)'], [1, 1], 'Whether the kernel has the kfunc.'),
  row('kfunc_allowed', ['kfunc_allowed(const string name)'], [1, 1], 'Whether the kfunc may be called in this probe.'),
  predicate('is_array', 'Whether the expression is an array.'),
  predicate('is_integer', 'Whether the expression is an integer.'),
  predicate('is_unsigned_integer', 'Whether the expression is an unsigned integer.'),
  predicate('is_literal', 'Whether the expression is a literal.'),
  predicate('is_ptr', 'Whether the expression is a pointer.'),
  predicate('is_str', 'Whether the expression is a string.'),
  predicate('is_map', 'Whether the expression is a map.'),
  predicate('is_tuple', 'Whether the expression is a tuple.'),
];
