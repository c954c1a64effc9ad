import type { FunctionRow } from './row.ts';

const row = (
  name: string,
  signatures: readonly string[],
  arity: readonly [number, number],
  documentation: string,
  more: Partial<FunctionRow> = {},
): FunctionRow => ({ name, signatures, arity, documentation, kind: 'action', ...more });

const FORMAT = (name: string): string[] => [`${name}(const string format, args...)`];

/** Asynchronous: the kernel sends an event, user space acts. */
export const ACTIONS: readonly FunctionRow[] = [
  row('printf', FORMAT('printf'), [1, 40], 'Prints formatted text: `%d %u %x %s %p %r` with flags, width and length.'),
  row('errorf', FORMAT('errorf'), [1, 40], 'Prints formatted text as an error with its place in the script.'),
  row('warnf', FORMAT('warnf'), [1, 40], 'Prints formatted text as a warning with its place in the script.'),
  row(
    'debugf',
    FORMAT('debugf'),
    [1, 40],
    'Prints formatted text to the kernel’s trace pipe in bpftrace; here as an event.',
  ),
  row('cat', FORMAT('cat'), [1, 40], 'Prints a file, whose name is formatted text.'),
  row('system', FORMAT('system'), [1, 40], 'Runs a shell command.', { unsafe: true }),
  row(
    'print',
    ['print(value)', 'print(@map)', 'print(@map, top)', 'print(@map, top, div)'],
    [1, 3],
    'Prints a value, or a map with its `top` largest entries and values divided by `div`.',
  ),
  row('clear', ['clear(@map)'], [1, 1], 'Removes all entries of a map.'),
  row('zero', ['zero(@map)'], [1, 1], 'Sets all values of a map to zero.'),
  row('time', ['time()', 'time(const string format)'], [0, 1], 'Prints the wall clock time, by default as `%H:%M:%S`.'),
  row('exit', ['exit()', 'exit(int code)'], [0, 1], 'Ends the query; end probes run and maps are printed.'),
  row(
    'join',
    ['join(char **strings)', 'join(char **strings, const string delimiter)'],
    [1, 2],
    'Prints an array of strings (such as argv), up to 16.',
  ),
  row(
    'skboutput',
    ['skboutput(const string path, struct sk_buff *skb, uint64 length, uint64 offset)'],
    [4, 4],
    'Writes the part of a packet that is in one piece, at most 4096 bytes, to a pcap file of raw IP; 0.',
  ),
  row('unwatch', ['unwatch(uint64 address)'], [1, 1], 'Accepted for compatibility; does nothing.'),
];
