import { table } from '../case.ts';

const json = { args: ['-f', 'json'] };

export const jsonOutput = table([
  ['printf', 'BEGIN { printf("a \\"b\\"\\n"); }', /\{"type": "printf", "data": "a \\"b\\"\\n"\}/, json],
  [
    'value',
    'BEGIN { print(5); print("x"); print((1, "y")); }',
    [/\{"type": "value", "data": 5\}/, /\{"type": "value", "data": "x"\}/, /\{"type": "value", "data": \[1, ?"y"\]\}/],
    json,
  ],
  ['scalar map', 'BEGIN { @x = 5; }', /\{"type": "map", "data": \{"@x": 5\}\}/, json],
  ['keyed map', 'BEGIN { @x[1, "b c"] = 5; }', /\{"type": "map", "data": \{"@x": \{"1,bc": 5\}\}\}/, json],
  [
    'stats',
    'BEGIN { @x = stats(4); }',
    /\{"type": "stats", "data": \{"@x": \{"count": 1, "average": 4, "total": 4\}\}\}/,
    json,
  ],
  [
    'hist',
    'BEGIN { @x = hist(5); }',
    /\{"type": "hist", "data": \{"@x": \[\{"min": 4, "max": 7, "count": 1\}\]\}\}/,
    json,
  ],
  [
    'hist by key',
    'BEGIN { @x["k"] = hist(5); }',
    /\{"type": "hist", "data": \{"@x": \{"k": \[\{"min": 4, "max": 7, "count": 1\}\]\}\}\}/,
    json,
  ],
  [
    'lhist',
    'BEGIN { @x = lhist(5, 0, 10, 2); }',
    /\{"type": "hist", "data": \{"@x": \[\{"min": 4, "max": 5, "count": 1\}\]\}\}/,
    json,
  ],
  [
    'kinds of values',
    'BEGIN { @a = "str"; @b = true; @c = (uint8[2])(uint16)5; @d = (void *)16; @e = 18446744073709551615; @f = -1; }',
    [
      '{"type": "map", "data": {"@a": "str"}}',
      '{"type": "map", "data": {"@b": true}}',
      '{"type": "map", "data": {"@c": [5,0]}}',
      '{"type": "map", "data": {"@d": 16}}',
      '{"type": "map", "data": {"@e": "18446744073709551615"}}',
      '{"type": "map", "data": {"@f": -1}}',
    ],
    json,
  ],
  [
    'tuples and records',
    'BEGIN { @a = (1, "z", (2, 3)); @b = (x = 1, y = "s"); print((x = (1, 2))); }',
    [
      '{"type": "value", "data": {"x": [1,2]}}',
      '{"type": "map", "data": {"@a": [1,"z",[2,3]]}}',
      '{"type": "map", "data": {"@b": {"x": 1, "y": "s"}}}',
    ],
    json,
  ],
  [
    'keys',
    'BEGIN { @a["q\\"b\\\\c"] = 1; @b[-1] = 1; @c[true] = 1; @d[1, 2] = 1; }',
    [
      '{"type": "map", "data": {"@a": {"q\\"b\\\\c": 1}}}',
      '{"type": "map", "data": {"@b": {"-1": 1}}}',
      '{"type": "map", "data": {"@c": {"true": 1}}}',
      '{"type": "map", "data": {"@d": {"1,2": 1}}}',
    ],
    json,
  ],
  [
    'aggregates',
    'BEGIN { @a = count(); @b["k"] = avg(3); @c = min(2); @d["x"] = stats(4); @e = sum(-5); }',
    [
      '{"type": "map", "data": {"@a": 1}}',
      '{"type": "stats", "data": {"@b": {"k": 3}}}',
      '{"type": "map", "data": {"@c": 2}}',
      '{"type": "stats", "data": {"@d": {"x": {"count": 1, "average": 4, "total": 4}}}}',
      '{"type": "map", "data": {"@e": -5}}',
    ],
    json,
  ],
  [
    'numbers beyond doubles',
    'BEGIN { print(9007199254740993); print(-9007199254740993); print(9007199254740992); }',
    [
      '{"type": "value", "data": "9007199254740993"}',
      '{"type": "value", "data": "-9007199254740993"}',
      '{"type": "value", "data": 9007199254740992}',
    ],
    json,
  ],
  [
    'first and last buckets',
    'BEGIN { @d = lhist(-5, 0, 10, 5); @e = lhist(50, 0, 10, 5); @h = hist(-3); }',
    [
      '{"type": "hist", "data": {"@d": [{"max": -1, "count": 1}]}}',
      '{"type": "hist", "data": {"@e": [{"min": 10, "count": 1}]}}',
      '{"type": "hist", "data": {"@h": [{"max": -1, "count": 1}]}}',
    ],
    json,
  ],
  [
    'addresses',
    'BEGIN { @a = ntop(1); @b = ksym(kaddr("vfs_read")); @c = macaddr((uint8[6])0); }',
    [
      '{"type": "map", "data": {"@a": "1.0.0.0"}}',
      '{"type": "map", "data": {"@b": "vfs_read"}}',
      '{"type": "map", "data": {"@c": "00:00:00:00:00:00"}}',
    ],
    json,
  ],
  [
    'texts of functions and bytes',
    'BEGIN { print(strerror(2)); print(buf("a\\x01", 2)); @s = signal_name(9); }',
    [
      '{"type": "value", "data": "No such file or directory"}',
      '{"type": "value", "data": "a\\\\x01"}',
      '{"type": "map", "data": {"@s": "SIGKILL"}}',
    ],
    json,
  ],
  [
    'buckets',
    'BEGIN { @ = hist(1); @ = hist(2); }',
    ['{"type": "hist", "data": {"@": [{"min": 1, "max": 1, "count": 1}, {"min": 2, "max": 3, "count": 1}]}}'],
    json,
  ],
  ['cat', 'BEGIN { cat("/proc/sys/kernel/ostype"); }', ['{"type": "cat", "data": "Linux\\n"}'], json],
  [
    'join',
    'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { join(args.argv); }',
    /\{"type": "join", "data": "\/usr\/bin\/echo a b"\}/,
    { args: ['-f', 'json', '-c', '/usr/bin/echo a b'] },
  ],
  ['control characters', 'BEGIN { printf("a\\tb\\x01c"); }', ['{"type": "printf", "data": "a\\tb\\u0001c"}'], json],
  [
    'messages',
    'BEGIN { errorf("e"); warnf("w"); }',
    [/"type": "errorf", "msg": "e"/, /"type": "warnf", "msg": "w"/],
    json,
  ],
  [
    'run-time errors',
    'BEGIN { $z = (uint64)0; print(1 / $z); }',
    [/"type": "runtime_error"/, /"type": "value", "data": 1/],
    json,
  ],
  ['time', 'BEGIN { time("%Y"); }', /\{"type": "time", "data": "20\d\d"\}/, json],
]);
