import { describe, expect, it } from 'vitest';
import { checked } from '../testing/checked.ts';
import { testTarget } from '../testing/target.ts';
import { emptyTarget } from '../empty-target.ts';

/** The places of each program: `a b | c`. */
function places(source: string, options = {}): string {
  const { hir, diagnostics } = checked(source, options);
  if (hir === null) return diagnostics.map((one) => one.message).join('\n');
  return hir.probes.map((probe) => probe.probes.map((one) => one.name).join(' ')).join(' | ');
}

describe('attach points', () => {
  it.each([
    ['BEGIN {} End {} begin {}', 'begin | end | begin'],
    ['k:vfs_read {} kr:vfs_read {}', 'kprobe:vfs_read | kretprobe:vfs_read'],
    ['kfunc:vfs_read {} fr:vfs_read {}', 'fentry:vmlinux:vfs_read | fexit:vmlinux:vfs_read'],
    ['kprobe:vfs_read+8 {}', 'kprobe:vfs_read+8'],
    ['kprobe:nf_conntrack {}', 'kprobe:nf_hook:nf_conntrack'],
    ['t:sched:sched_switch {}', 'tracepoint:sched:sched_switch'],
    ['rt:sched_switch {}', 'rawtracepoint:vmlinux:sched_switch'],
    [
      'u:bash:readline {} ur:/usr/bin/bash:readline {}',
      'uprobe:/usr/bin/bash:readline | uretprobe:/usr/bin/bash:readline',
    ],
    ['uprobe:bash:readline+4 {}', 'uprobe:/usr/bin/bash:readline+4'],
    ['uprobe:bash@bash.c:42 {}', 'uprobe:/usr/bin/bash:bash.c:42'],
    ['usdt:bash:start {} U:bash:bash:stop {}', 'usdt:/usr/bin/bash:bash:start | usdt:/usr/bin/bash:bash:stop'],
    [
      'profile:hz:99 {} p:ms:10 {} i:s:1 {} interval:5ms {}',
      'profile:hz:99 | profile:ms:10 | interval:s:1 | interval:5ms',
    ],
    ['s:faults {} h:cycles:1000 {}', 'software:faults:100 | hardware:cycles:1000'],
    ['w:0x1000:8:wr {} self:signal:SIGUSR1 {}', 'watchpoint:0x1000:8:wr | self:signal:SIGUSR1'],
  ])('%s', (source, expected) => {
    expect(places(source)).toBe(expected);
  });

  it('takes vmlinux as the kernel itself, however the host spells it', () => {
    const { btf } = testTarget;
    if (btf === null) throw new Error('the test target has BTF');
    const named = {
      ...btf,
      functions: (name: string, module: string | null) =>
        btf.functions(name, module).map((fn) => ({ ...fn, module: fn.module === '' ? 'vmlinux' : fn.module })),
    };
    const target = { ...testTarget, btf: named };
    const names = (source: string) =>
      checked(source, {}, target).hir?.probes.flatMap((one) => one.probes.map((probe) => probe.name));
    expect(names('fentry:vfs_* { @ = 1; }')).toEqual(['fentry:vmlinux:vfs_read', 'fentry:vmlinux:vfs_write']);
    expect(names('fentry:vmlinux:vfs_read { @ = 1; }')).toEqual(['fentry:vmlinux:vfs_read']);
  });

  it('gives the engine what it needs', () => {
    const sites = (source: string) =>
      checked(source).hir?.probes.flatMap((probe) => probe.probes.map((one) => one.site));
    expect(sites('interval:ms:5 {}')).toEqual([{ kind: 'interval', periodNs: 5_000_000n, hz: null }]);
    expect(sites('software:cs {}')).toEqual([{ kind: 'software', event: 'context-switches', config: 3, count: 1000n }]);
    expect(sites('uretprobe:bash:main {}')).toEqual([
      { kind: 'uprobe', return: true, path: '/usr/bin/bash', symbol: 'main', offset: 0x2000, pid: null },
    ]);
    expect(sites('t:raw_syscalls:sys_enter {}')).toEqual([
      { kind: 'tracepoint', category: 'raw_syscalls', event: 'sys_enter', id: 4 },
    ]);
  });
});

describe('probes that are not there', () => {
  it('still give their maps a type', () => {
    const source =
      'config = { missing_probes = ignore } kprobe:nope { @start[tid] = nsecs; } END { clear(@start); print(len(@start)); }';
    const { hir, diagnostics } = checked(source);
    expect(diagnostics).toEqual([]);
    expect(hir?.probes.map((probe) => probe.probes[0]?.name)).toEqual(['end']);
    expect(hir?.maps[0]).toMatchObject({ name: '@start', value: { kind: 'int', size: 8 } });
  });

  it('do not hide the mistakes of their bodies', () => {
    const { diagnostics } = checked('kprobe:nope { print($x) } BEGIN { @ = 1 }');
    expect(diagnostics.map((one) => one.code)).toEqual(['unknown-probe', 'undefined-variable']);
  });
});

describe('functions of one name', () => {
  const target = {
    ...testTarget,
    kernelFunctions: () => ['vfs_read', 'vfs_write', 'vfs_read', 'vfs_write', 'vfs_open'],
  };
  const warnings = (source: string) =>
    checked(source, {}, target).diagnostics.map(({ code, message, hint }) => `${code}: ${message} ${hint ?? ''}`);

  it.each([
    ['kprobe:vfs_read { @ = 1; }', []],
    ['fentry:tcp_connect { @ = 1; }', []],
    [
      'fentry:vfs_open { @ = 1; }',
      [
        "unknown-probe: The kernel has no function 'vfs_open' that can be traced by fentry. Its types (BTF) leave this one out: use kprobe.",
      ],
    ],
    [
      'fentry:vfs_read { @ = 1; }',
      [
        "same-name: The kernel has several functions 'vfs_read', of which fentry sees one only. kprobe sees all of them.",
      ],
    ],
    [
      'fexit:vfs_* { @ = 1; }',
      [
        "same-name: The kernel has several functions 'vfs_read', of which fexit sees one only, and the same is true of 1 more. kretprobe sees all of them.",
      ],
    ],
  ])('%s', (source, expected) => {
    expect(warnings(source)).toEqual(expected);
  });
});

describe('sharing of bodies', () => {
  it.each([
    ['several places', 'kprobe:vfs_read, kprobe:vfs_write { @ = count(); }', 'kprobe:vfs_read kprobe:vfs_write'],
    ['a wildcard', 'kprobe:vfs_* { @[func] = count(); }', 'kprobe:vfs_read kprobe:vfs_write kprobe:vfs_open'],
    ['the name of the probe', 'kprobe:vfs_* { @[probe] = 1; }', 'kprobe:vfs_read kprobe:vfs_write kprobe:vfs_open'],
    [
      'a function by text',
      'kprobe:vfs_r*, kprobe:vfs_w* { @[func == "vfs_read"] = 1; }',
      'kprobe:vfs_read | kprobe:vfs_write',
    ],
    [
      'the same fields',
      'tracepoint:syscalls:sys_exit_* { @[args.ret] = count(); }',
      'tracepoint:syscalls:sys_exit_openat tracepoint:syscalls:sys_exit_read',
    ],
    [
      'different kinds',
      'kprobe:vfs_read, kretprobe:vfs_read, profile:hz:9 { @ = count(); }',
      'kprobe:vfs_read | kretprobe:vfs_read | profile:hz:9',
    ],
    ['different records', 'tracepoint:sched:* { print(args.pid); }', 'tracepoint:sched:sched_switch has no field pid.'],
  ])('%s', (_name, source, expected) => {
    expect(places(source)).toContain(expected);
  });

  it('checks a body for a thousand places once', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `fn_${String(i)}`);
    const target = { ...testTarget, kernelFunctions: () => names };
    const source = 'kprobe:fn_* { @[comm, pid] = count(); @h = hist(arg1); }';
    const { hir } = checked(source, {}, target);
    expect(hir?.probes).toHaveLength(1);
    expect(hir?.probes[0]?.probes).toHaveLength(1000);
  });
});

describe('memory of pointers', () => {
  const space = (source: string) => {
    const { hir } = checked(source);
    const type = hir?.maps[0]?.value;
    return type?.kind === 'pointer' ? type.space : type?.kind;
  };

  it.each([
    ['kprobe:vfs_read { @ = (struct file *)arg0; }', 'kernel'],
    ['uprobe:bash:readline { @ = (struct file *)arg0; }', 'user'],
    ['tracepoint:syscalls:sys_enter_openat { @ = (char *)args.filename; }', 'kernel'],
    ['tracepoint:syscalls:sys_enter_openat { @ = (char *)args.dfd; }', 'user'],
    ['tracepoint:sched:sched_switch { @ = (char *)args.next_pid; }', 'kernel'],
    ['uprobe:bash:readline { @ = kptr(arg0); }', 'kernel'],
    ['kprobe:vfs_read { @ = uptr(arg1); }', 'user'],
    ['uprobe:bash:readline { @ = curtask; }', 'kernel'],
    ['uprobe:bash:readline { @ = ((struct dentry *)arg0)->d_parent; }', 'user'],
    ['fentry:vfs_read { @ = args.buf; }', 'user'],
  ])('%s: %s', (source, expected) => {
    expect(space(source)).toBe(expected);
  });
});

describe('filters', () => {
  it('puts the predicate and the process around the body', () => {
    const { hir } = checked('kprobe:vfs_read /comm == "a"/ { @ = 1; }', { pid: 42 });
    const [outer] = hir?.probes[0]?.body.statements ?? [];
    expect(outer).toMatchObject({
      kind: 'if',
      cond: { kind: 'compare', left: { name: 'pid' }, right: { value: 42n } },
    });
    expect(outer).toMatchObject({ then: { statements: [{ kind: 'if', cond: { kind: 'compare-memory' } }] } });
  });

  it('filters timers and perf events too; uprobes have a filter of their own, intervals none', () => {
    const query = 'profile:hz:9 { @ = 1; } uprobe:bash:main { @ = 2; } interval:s:1 { @ = 3; }';
    const { hir } = checked(query, { pid: 42 });
    expect(hir?.probes.map((probe) => probe.body.statements[0]?.kind)).toEqual(['if', 'set', 'set']);
    expect(hir?.probes[1]?.probes[0]?.site).toMatchObject({ pid: 42 });
  });

  it.each([
    ['watchpoint:0x404040:8:w', 'if'],
    ['watchpoint:0xffffffff81000000:8:w', 'set'],
    ['profile:hz:9', 'set'],
  ])("watches a command's memory in the command alone: %s", (probe, first) => {
    const { hir } = checked(`${probe} { @ = 1; }`, { cpid: 42 });
    expect(hir?.probes[0]?.body.statements[0]?.kind).toBe(first);
  });
});

describe('arguments in registers', () => {
  it.each([
    ['x64', 5, 6],
    ['arm64', 7, 8],
  ] as const)('are as many as the architecture has: %s', (arch, last, none) => {
    const target = { ...testTarget, arch };
    const said = (index: number) => checked(`kprobe:vfs_read { print(arg${index}) }`, {}, target).diagnostics.length;
    expect([said(last), said(none)]).toEqual([0, 1]);
  });
});

describe('an unknown host', () => {
  it.each([
    'kprobe:any { @[comm] = count(); printf("%d %s", arg0, str(arg1)); }',
    'tracepoint:a:b /args.x == 5/ { @[args.name] = hist(args.size); $x = args.y + 1; print($x); }',
    'fexit:x { @ = retval; @b = ((struct any *)args.p)->field; if (@b > SOME_ENUM) { @c = @b } }',
    'uprobe:libfoo:bar { @[ustack] = count(); } usdt:x:y { print(arg3) }',
    'BEGIN { @ = kaddr("x"); @b = cgroupid("/x"); print(sizeof(struct unknown)); print($1); }',
  ])('has no complaints about what depends on it: %s', (source) => {
    const { diagnostics, hir } = checked(source, {}, emptyTarget);
    expect(diagnostics).toEqual([]);
    expect(hir).toBeNull();
  });

  it.each([
    ['kprobe:any { print($x) }', 'undefined-variable'],
    ['tracepoint:a:b { @ = 1; @ = "s"; }', 'type-mismatch'],
    ['tracepoint:a:b { printf("%d", args.x, args.y) }', 'format-arguments'],
    ['kprobe:a { prnt(1) }', 'unknown-function'],
    ['kprobe:a { print(@nothing) }', 'undefined-map'],
  ])('still finds the other mistakes: %s', (source, code) => {
    expect(checked(source, {}, emptyTarget).diagnostics.map((one) => one.code)).toEqual([code]);
  });
});

describe('places inside of functions', () => {
  it.each([
    ['uprobe:bash:readline+3 {}', 'readline+3 is inside of an instruction'],
    ['uprobe:bash:0x2003 {}', '0x2003 is inside of an instruction'],
    ['uprobe:bash:0x10 {}', 'It cannot be told whether an instruction of /usr/bin/bash begins at 0x10'],
  ])('%s', (source, message) => {
    const [first] = checked(source).diagnostics;
    expect(first).toMatchObject({ code: 'unsafe', severity: 'error' });
    expect(first?.message).toContain(message);
    expect(checked(source, { unsafe: true }).diagnostics).toEqual([]);
  });
});
