import { table } from '../case.ts';

export const parameters = table([
  ['numbers in all bases', 'BEGIN { printf("%d %d %d\\n", $1, $2, $3); }', ['5 16 8'], { args: ['5', '0x10', '010'] }],
  ['a word is no number', 'BEGIN { printf("%d\\n", $1); }', [], { args: ['abc'], exit: 1, err: /ERROR/ }],
  ['a number is a string too', 'BEGIN { printf("%s %d\\n", str($1), $1); }', ['7 7'], { args: ['7'] }],
  ['missing string is empty', 'BEGIN { printf("[%s]\\n", str($1)); }', ['[]']],
  ['in a predicate', 'BEGIN /$1 == 3/ { print("three"); }', ['three'], { args: ['3'] }],
  ['in an attach point', 'interval:ms:$1 { print("tick"); exit(); }', ['tick'], { args: ['10'] }],
  ['count of an unroll', 'BEGIN { unroll($1) { printf("x"); } printf("\\n"); }', ['xxx'], { args: ['3'] }],
  ['as map keys', 'BEGIN { @[$1, str($2)] = 1; }', ['@[4, a b]: 1'], { args: ['4', 'a b'] }],
  [
    'named',
    'BEGIN { print(getopt("name", "none")); print(getopt("n", 3)); print(getopt("left", 7)); }',
    ['value', '5', '7'],
    { args: ['--', '--name=value', '--n=5'] },
  ],
  [
    'named flags',
    'BEGIN { print(getopt("on")); print(getopt("off")); print(getopt("no", true)); }',
    ['true', 'false', 'false'],
    { args: ['--', '--on', '--no=false'] },
  ],
  [
    'named and positional',
    'BEGIN { printf("%d %s\\n", $1, getopt("a", "")); }',
    ['9 b'],
    { args: ['9', '--', '--a=b'] },
  ],
  [
    'config by the environment',
    'config = { max_strlen = 8 } BEGIN { print(sizeof(str((uint8 *)0))); }',
    ['16'],
    { env: { BPFTRACE_MAX_STRLEN: '16' } },
  ],
  [
    'config keys may have the prefix',
    'config = { BPFTRACE_MAX_MAP_KEYS = 2 } BEGIN { @a[1] = 1; @a[2] = 1; @a[3] = 1; clear(@a); }',
    [],
    { err: /full/ },
  ],
  ['maps are not printed', 'config = { print_maps_on_exit = false } BEGIN { @a = 1; print("x"); }', ['x']],
  [
    'bad value of a config key',
    'config = { missing_probes = maybe } BEGIN { print(1); }',
    [],
    { exit: 1, err: /ERROR/ },
  ],
  ['renamed config keys are told', 'config = { strlen = 8 } BEGIN { print(1); }', [], { exit: 1, err: /max_strlen/ }],
  [
    'missing probes are left out',
    'config = { missing_probes = "ignore" } tracepoint:no:such { print(1); } BEGIN { print(2); exit(); }',
    ['2'],
  ],
  [
    'a text from a character on',
    'BEGIN { print(str($1 + 1)); print(str($1 + 5)); print(str($2 + 0)); print("end"); }',
    ['ello', 'end'],
    { args: ['hello'] },
  ],
  ['a text from behind its end', 'BEGIN { print(str($1 + 6)); }', [], { args: ['hello'], exit: 1, err: /5 bytes/ }],
  [
    'config keys that say nothing any more',
    'config = { unstable_map_decl = enable; BPFTRACE_UNSTABLE_ADDR = warn } let @m = hash(2); BEGIN { @m[1] = 1; $p = &@m[1]; print(*$p); clear(@m); }',
    ['1'],
    { err: /WARNING: unstable_map_decl has no meaning any more[^]*WARNING: BPFTRACE_UNSTABLE_ADDR/ },
  ],
  ['a first line that stands second', '// A comment.\n#!/usr/bin/bpftrace\n#\nBEGIN { print(1); }', ['1']],
]);
