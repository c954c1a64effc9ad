import { table } from '../case.ts';

export const casts = table([
  ['integer to a shorter array', 'BEGIN { print((uint8[3])0x030201); }', ['[1,2,3]']],
  ['integer to six bytes', 'BEGIN { print(macaddr((uint8[6])0x0102)); }', ['02:01:00:00:00:00']],
  ['integer to seven bytes', 'BEGIN { print((uint8[7])(uint64)0x07060504030201); }', ['[1,2,3,4,5,6,7]']],
  ['variable to array', 'BEGIN { $i = 5; print((uint8[8])$i); }', ['[5,0,0,0,0,0,0,0]']],
  [
    'array to integer',
    'BEGIN { $a = (int8[8])12345; print($a); print((uint64)$a); }',
    ['[57,48,0,0,0,0,0,0]', '12345'],
  ],
  ['to bool', 'BEGIN { print((bool)5); print((bool)0); }', ['true', 'false']],
  ['bool to integer', 'BEGIN { print((int64)true + 1); }', ['2']],
  ['int8 to uint8', 'BEGIN { $x = (int8)-1; print((uint8)$x); print((uint64)(uint8)$x); }', ['255', '255']],
  ['int16 from more', 'BEGIN { print((int16)0x12345); }', ['9029']],
  ['uint32 of -1', 'BEGIN { print((uint32)-1); }', ['4294967295']],
  [
    'variable keeps its width',
    'BEGIN { $u = (uint8)255; $u++; print($u); $i = (int8)127; $i++; print($i); }',
    ['0', '-128'],
  ],
  ['sums are 64 bits', 'BEGIN { $a = (uint8)200; print($a + (uint8)100); }', ['300']],
  [
    'typeof of a variable',
    'BEGIN { $a = (uint8)5; print((typeof($a))300); let $b : typeof($a) = 7; print(sizeof($b)); }',
    ['44', '1'],
  ],
  [
    'sizeof of typeof',
    'BEGIN { $a = (uint8)5; print(sizeof(typeof($a))); print(sizeof(typeof($a) *)); print(sizeof(typeof($a)[3])); }',
    ['1', '8', '3'],
  ],
  ['offsetof of typeof', 'BEGIN { print(offsetof(typeof(*curtask), comm) > 0); }', ['true']],
  ['a constant in parentheses is no type', 'BEGIN { print((EPERM) - 1); print((ENOENT) * 3); }', ['0', '6']],
  [
    'null pointer',
    'BEGIN { $p = (uint64 *)0; print($p); printf("%p %d\\n", $p, $p == 0); print(*$p); }',
    ['0x0', '(nil) 1', '0'],
  ],
  [
    'pointer arithmetic',
    'BEGIN { $p = (uint32 *)4096; $q = $p + 2; print((uint64)$q); $q++; print((uint64)$q); }',
    ['4104', '4108'],
  ],
  ['address of a variable', 'BEGIN { $x = (uint32)9; $y = &$x; print(*$y); }', ['9']],
  ['address of a map', 'BEGIN { @m = 5; $z = &@m; print(*$z); clear(@m); }', ['5', '@m: 0']],
  [
    'address of a map, kept',
    'BEGIN { @m = 5; $z = &@m; @k[comm, "text"] = 1; print(*$z); clear(@m); clear(@k); }',
    ['5', '@m: 0'],
  ],
  [
    'enum of an integer',
    'enum color { RED, GREEN = 5 } BEGIN { $c = (enum color)5; printf("%s %d\\n", $c, $c); print($c); }',
    ['GREEN 5', 'GREEN'],
  ],
  ['enum in maps', 'enum color { RED, GREEN = 5 } BEGIN { @m[GREEN] = RED; }', ['@m[GREEN]: RED']],
  [
    'comptime',
    'BEGIN { $a = comptime (1 + 2); print($a); if (comptime (sizeof(uint64) == 8)) { print("8"); } }',
    ['3', '8'],
  ],
  ['comptime of a run-time value', 'BEGIN { print(comptime nsecs); }', [], { exit: 1, err: /compile time/ }],
  [
    'predicates',
    'BEGIN { print(is_str("x")); print(is_integer("x")); print(is_ptr(curtask)); print(is_array(5)); }',
    ['true', 'false', 'true', 'false'],
  ],
  [
    'sizes',
    'BEGIN { print(sizeof(bool)); print(sizeof(uint16[3])); print(sizeof(void *)); print(sizeof((1, "ab"))); }',
    ['1', '6', '8', '4'],
  ],
  ['unknown type', 'BEGIN { print((uint65)1); }', [], { exit: 1, err: /stdin:1:16-22: ERROR: Unknown type uint65/ }],
  ['unknown struct', 'BEGIN { print(sizeof(struct nosuch)); }', [], { exit: 1, err: /Unknown struct/ }],
]);
