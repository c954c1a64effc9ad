import type { FunctionRow } from './row.ts';

const row = (
  name: string,
  signatures: readonly string[],
  arity: readonly [number, number],
  documentation: string,
  more: Partial<FunctionRow> = {},
): FunctionRow => ({ name, signatures, arity, documentation, kind: 'value', ...more });

/** Computed in the kernel, at the moment of the event. */
export const VALUES: readonly FunctionRow[] = [
  row('str', ['str(pointer)', 'str(pointer, length)'], [1, 2], 'Reads a string from memory, at most max_strlen bytes.'),
  row('buf', ['buf(pointer, length)', 'buf(array)'], [1, 2], 'Reads bytes from memory; print them with `%r`.'),
  row('path', ['path(struct path *p)', 'path(struct path *p, size)'], [1, 2], 'Full path of a file.', {
    probes: ['fentry', 'iter'],
  }),
  row('reg', ['reg(const string name)'], [1, 1], 'A CPU register: `reg("ip")`.', {
    probes: ['kprobe', 'uprobe', 'usdt', 'profile', 'software', 'hardware', 'watchpoint'],
  }),
  row('delete', ['delete(@map, key)', 'delete(@map[key])'], [1, 2], 'Removes an entry; true when it was there.'),
  row('has_key', ['has_key(@map, key)', 'has_key(@map[key])'], [1, 2], 'Whether the map has the key.'),
  row('find', ['find(@map, key, $value)'], [3, 3], 'Whether the map has the key; if so the value is stored in $value.'),
  row('len', ['len(@map)', 'len(stack)'], [1, 1], 'Number of entries of a map, or of frames of a stack.'),
  row(
    'strncmp',
    ['strncmp(string a, string b, const int length)'],
    [3, 3],
    '0 when the first `length` bytes are equal.',
  ),
  row('strlen', ['strlen(string)'], [1, 1], 'Length of a string in bytes.'),
  row('strcontains', ['strcontains(string haystack, string needle)'], [2, 2], 'Whether a string occurs in another.'),
  row(
    'strstr',
    ['strstr(string haystack, string needle)'],
    [2, 2],
    'Position of a string in another, -1 when it is not there.',
  ),
  row(
    'globmatch',
    ['globmatch(string text, string pattern)'],
    [2, 2],
    'Whether the whole text matches a pattern: `*` any text, `?` any character, `[a-z]` and `[!abc]` one of these or another.',
  ),
  row('strcap', ['strcap(string)'], [1, 1], 'The capacity of a string: its static size.'),
  row('str_concat', ['str_concat(string a, string b)'], [2, 2], 'Two strings as one.'),
  row('memcmp', ['memcmp(a, b, const int length)'], [3, 3], '0 when the first `length` bytes are equal.'),
  row('bswap', ['bswap(int n)'], [1, 1], 'Reverses the bytes of an integer: network to host order.'),
  row('is_err', ['is_err(pointer)'], [1, 1], 'Whether the kernel pointer is an error code.'),
  row(
    'percpu_kaddr',
    ['percpu_kaddr(const string name)', 'percpu_kaddr(const string name, int cpu)'],
    [1, 2],
    'Address of a per-CPU variable of the kernel.',
    { requires: ['helper:bpf_per_cpu_ptr'] },
  ),
  row('socket_cookie', ['socket_cookie(struct sock *sk)'], [1, 1], 'Stable number of a socket.', {
    probes: ['fentry', 'rawtracepoint'],
  }),
  row('kptr', ['kptr(pointer)'], [1, 1], 'Marks an address as kernel memory.'),
  row('uptr', ['uptr(pointer)'], [1, 1], 'Marks an address as user memory.'),
  row('container_of', ['container_of(pointer, type, member)'], [3, 3], 'The struct that a member is part of.'),
  row('signal', ['signal(const string name)', 'signal(int number)'], [1, 1], 'Sends a signal to the current process.', {
    unsafe: true,
    requires: ['helper:bpf_send_signal'],
  }),
  row(
    'signal_thread',
    ['signal_thread(const string name)', 'signal_thread(int number)'],
    [1, 1],
    'Sends a signal to the current thread.',
    { unsafe: true, requires: ['helper:bpf_send_signal_thread'] },
  ),
  row('override', ['override(uint64 value)'], [1, 1], 'Skips the function and returns the value.', {
    unsafe: true,
    probes: ['kprobe'],
    requires: ['helper:bpf_override_return'],
  }),
  row('write_user', ['write_user(pointer, value)'], [2, 2], 'Writes to user memory.', {
    unsafe: true,
    requires: ['helper:bpf_probe_write_user'],
  }),
];

const formatted = (
  name: string,
  signatures: readonly string[],
  arity: readonly [number, number],
  documentation: string,
): FunctionRow => ({ name, signatures, arity, documentation, kind: 'formatted' });

/** The number is kept as it is and turned into text when it is printed. */
export const FORMATTED: readonly FunctionRow[] = [
  formatted('ksym', ['ksym(uint64 address)'], [1, 1], 'Name of the kernel function at the address.'),
  formatted('usym', ['usym(uint64 address)'], [1, 1], 'Name of the function at the address in the current process.'),
  formatted(
    'ntop',
    ['ntop(address)', 'ntop(int family, address)'],
    [1, 2],
    'IP address: 4 bytes are IPv4, 16 bytes are IPv6.',
  ),
  formatted('macaddr', ['macaddr(char[6] address)'], [1, 1], 'MAC address.'),
  formatted(
    'strftime',
    ['strftime(const string format, uint64 nsecs)'],
    [2, 2],
    'Wall clock time of a timestamp: `%f` microseconds, `%k` nanoseconds, `%l` milliseconds.',
  ),
  formatted(
    'cgroup_path',
    ['cgroup_path(uint64 id)', 'cgroup_path(uint64 id, const string filter)'],
    [1, 2],
    'Path of a cgroup by its id.',
  ),
  formatted('strerror', ['strerror(int number)'], [1, 1], 'Text of an error number.'),
  formatted('signal_name', ['signal_name(int number)'], [1, 1], 'Name of a signal.'),
  formatted('syscall_name', ['syscall_name(int number)'], [1, 1], 'Name of a system call.'),
];
