import { describe, expect, it } from 'vitest';
import { requiredRole } from './rights.ts';

describe('requiredRole', () => {
  it.each([
    ['tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'],
    ['kprobe:vfs_read { @ = hist(arg2); } interval:s:1 { print(@); clear(@); }'],
    ['t:a:b { @x = 1; /* str(arg0) */ } // printf("x")'],
    ['t:a:b /comm == "str(arg0)"/ { @ = count(); }'],
    ['t:a:b { $u = 1; @ = $u ? 2 : 3; }'],
  ])('lets an editor run %s', (query) => expect(requiredRole(query).role).toBe('editor'));

  it.each([
    ['t:a:b { @[str(args.filename)] = count(); }', 'str()'],
    ['t:a:b { @[str (args.filename)] = count(); }', 'str()'],
    ['t:a:b { printf("%d", pid); }', 'printf()'],
    ['t:a:b { print((pid, comm)); }', 'print()'],
    ['uprobe:/bin/bash:readline { @ = count(); }', 'programs'],
    ['BEGIN { @ = 1 } u:libc:malloc { @ = count(); }', 'programs'],
    ['import "x.bt"; t:a:b { @ = count(); }', 'files'],
    ['macro f($x) { buf($x, 8) } t:a:b { @[f(1)] = count(); }', 'buf()'],
    ['t:a:b { system("id"); }', 'commands'],
  ])('asks an admin for %s', (query, reason) => {
    expect(requiredRole(query).role).toBe('admin');
    expect(requiredRole(query).reason).toContain(reason);
  });
});
