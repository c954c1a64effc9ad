import type { Case } from '../case.ts';
import { run, TARGET } from './run.ts';

/** uprobes and USDT on the test program: test/vm/target.c says what it calls. */
export const userPrograms: readonly Case[] = [
  {
    id: 'uprobe/exact-count',
    command: run('uprobe:/bin/target:add { @ = count(); @a = sum(arg0); @b = sum(arg1); }', TARGET),
    expect: ['@: 10\n', '@a: 45\n', '@b: 1000\n'],
  },
  {
    id: 'uretprobe/return-value',
    command: run('uretprobe:/bin/target:add { @ = sum(retval); }', TARGET),
    expect: ['@: 1045\n'],
  },
  {
    id: 'uprobe/string-argument',
    command: run('uprobe:/bin/target:inspect { @[str(arg1)] = count(); }', TARGET),
    expect: ['@[inspected]: 10'],
  },
  {
    id: 'uprobe/script-struct',
    command: run(
      'struct point { int x; char label[8]; uint64_t big; }; ' +
        'uprobe:/bin/target:inspect { $p = (struct point *)arg0; @[$p->x, $p->label, $p->big] = count(); }',
      TARGET,
    ),
    expect: ['@[7, seven, 1099511627776]: 10'],
  },
  {
    id: 'uprobe/wildcard',
    command: run('uprobe:/bin/target:mid*,uprobe:/bin/target:lea* { @[func] = count(); }', TARGET),
    expect: ['@[leaf]: 10', '@[middle]: 10'],
  },
  {
    id: 'usdt/arguments-and-semaphore',
    command: run('usdt:/bin/target:demo:tick { @ = count(); @a = sum(arg0); @b = max(arg1); }', TARGET),
    expect: ['@: 10\n', '@a: 45\n', '@b: 8589934592\n'],
  },
  {
    id: 'uretprobe/wildcard',
    command: run('uretprobe:/bin/target:mid*,uretprobe:/bin/target:outer { @[func] = sum(retval); }', TARGET),
    expect: ['@[middle]: 110', '@[outer]: 140'],
  },
  {
    id: 'uprobe/function-offset',
    command: run('uprobe:/bin/target:leaf+4 { @ = count(); }', '--unsafe', TARGET),
    expect: ['@: 10\n'],
  },
];
