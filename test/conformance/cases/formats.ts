import { table } from '../case.ts';

const printf = (format: string, ...args: string[]) => `BEGIN { printf(${[`"${format}\\n"`, ...args].join(', ')}); }`;

export const formats = table([
  ['a width counts bytes', 'BEGIN { printf("%4s|%-4s|%3s|%2s|\\n", "é", "é", "é", "é"); }', ['  é|é  | é|é|']],
  [
    'all conversions',
    printf('%i %u %o %x %X %c %p %s', '-5', '5', '8', '255', '255', '65', '0x1234', '"s"'),
    ['-5 5 10 ff FF A 0x1234 s'],
  ],
  [
    'flags',
    printf('%+d|% d|%-6d|%06d|%#x|%#o|%5.3d', '5', '5', '5', '5', '255', '8', '7'),
    ['+5| 5|5     |000005|0xff|010|  007'],
  ],
  ['lengths', printf('%hhd %hd %ld %lld %jd %zd %td', '300', '70000', '1', '2', '7', '8', '9'), ['44 4464 1 2 7 8 9']],
  [
    'unsigned lengths',
    printf('%lu %llu %lx %llx %hhx %hx', '3', '4', '5', '6', '0x1ff', '0x1ffff'),
    ['3 4 5 6 ff ffff'],
  ],
  ['32 bits', printf('%x %u %lx', '-1', '-1', '-1'), ['ffffffff 4294967295 ffffffffffffffff']],
  [
    'widths of strings',
    printf('%10s|%-10s|%.2s|%10.2s|%-10.2s|', '"abc"', '"abc"', '"abc"', '"abc"', '"abc"'),
    ['       abc|abc       |ab|        ab|ab        |'],
  ],
  ['widths of characters', printf('%c%c|%5c|%-5c|', '72', '105', '72', '72'), ['Hi|    H|H    |']],
  ['widths of pointers', printf('%20p|%-20p|', '0x10', '0x10'), ['                0x10|0x10                |']],
  ['precision of numbers', printf('%05.1d|%.3x', '3', '10'), ['    3|00a']],
  ['buffers', printf('%r %rx %rh', 'buf("abc\\n", 4)', 'buf("ab", 2)', 'buf("ab", 2)'), ['abc\\x0a \\x61\\x62 61 62']],
  ['tuples and records', printf('%s %s', '(1, "a")', '(x = 1, y = "b")'), ['(1, a) { .x = 1, .y = b }']],
  ['bool', printf('%d %s', 'true && false', '1 < 2'), ['0 true']],
  ['enum', `enum e { A, B } ${printf('%s %d', 'B', 'B')}`, ['B 1']],
  ['addresses', printf('%s %s', 'ntop(0x0100007f)', 'ntop(pton("fe80::1"))'), ['127.0.0.1 fe80::1']],
  ['symbols', printf('%s', 'ksym(kaddr("vfs_read"))'), ['vfs_read']],
  ['no newline', 'BEGIN { printf("a"); printf("b"); print("c"); }', ['abc']],
  ['octal and hexadecimal escapes', 'BEGIN { printf("\\101\\x42\\tC\\\\\\n"); }', ['AB\tC\\']],
  [
    'strftime',
    'BEGIN { printf("%s\\n", strftime("%Y-%m-%d %H:%M:%S.%f", nsecs)); }',
    /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/m,
  ],
  ['time', 'BEGIN { time(); time("%H:%M:%S\\n"); time("x%%y\\n"); }', [/^(\d\d:\d\d:\d\d\n){2}x%y$/m]],
  ['too many arguments', printf('%d', '1', '2'), [], { exit: 1, err: /ERROR/ }],
  ['number for %s', printf('%s', '5'), [], { exit: 1, err: /ERROR: printf: %s/ }],
  ['unknown conversion', printf('%z', '5'), [], { exit: 1, err: /ERROR: printf/ }],
  ['format must be a literal', 'BEGIN { printf(comm); }', [], { exit: 1, err: /literal/ }],
  ['unicode', printf('%s', '"Zürich"'), ['Zürich']],
  [
    'a percent sign that begins no conversion is text',
    'BEGIN { printf("100%\\n"); printf("%d%y\\n", 5); }',
    ['100%', '5%y'],
    { err: /WARNING: printf: "%\\n" is no conversion[^]*"%y" is no conversion/ },
  ],
  [
    'bytes of texts and arrays',
    'BEGIN { printf("%rh %rx %r %.3s\\n", "abc", (uint8[3])0x010203, "a\\x01b", "é漢"); }',
    // The precision ends inside of a character, whose first byte alone is no text to who reads this.
    ['61 62 63 \\x03\\x02\\x01 a\\x01b é\ufffd'],
  ],
]);
