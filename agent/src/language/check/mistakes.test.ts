import { describe, expect, it } from 'vitest';
import { checked } from '../testing/checked.ts';

/** Diagnostics as `code at text`. */
function mistakes(source: string, options = {}): string[] {
  return checked(source, options).diagnostics.map(
    (one) => `${one.code} at ${source.slice(one.span.start, one.span.end)}`,
  );
}

const begin = (body: string) => `BEGIN { ${body} }`;

describe('mistakes', () => {
  describe('names', () => {
    it.each([
      [begin('print($x)'), 'undefined-variable at $x'],
      [begin('@y = @x'), 'undefined-map at @x'],
      [begin('clear(@x)'), 'undefined-map at @x'],
      [begin('print(foo)'), 'undefined-name at foo'],
      [begin('prnt(1)'), 'unknown-function at prnt'],
      [begin('if (pid) { $x = 1 } print($x)'), 'escaping-variable at $x'],
      [begin('print($x); $x = 1'), 'undefined-variable at $x'],
      [begin('if (pid) { print($x) } $x = 1'), 'undefined-variable at $x'],
      [begin('let $x = 1; if (pid) { let $x = 2 }'), 'shadowed-variable at $x'],
      ['tracepoint:sched:sched_switch { print(args.prev_cmm) }', 'unknown-field at prev_cmm'],
      [begin('print(((struct nope *)0)->x)'), 'unknown-type at x'],
      [begin('print(sizeof(struct nope))'), 'unknown-type at struct nope'],
      ['config = { strlen = 5 } BEGIN {}', 'unknown-config at strlen'],
      ['config = { max_strlen = "x" } BEGIN {}', 'bad-config at "x"'],
    ])('%s', (source, expected) => {
      expect(mistakes(source)).toEqual([expected]);
    });

    it.each([
      ['tracepoint:sched:sched_swich {}', 'Did you mean sched:sched_switch?'],
      ['kprobe:vfs_raed {}', 'Did you mean vfs_read?'],
      ['kprob:vfs_read {}', 'Did you mean kprobe?'],
      ['uprobe:bash:readlin {}', 'Did you mean readline?'],
      [begin('prnt(1)'), 'Did you mean print?'],
      [begin('print(conm)'), 'Did you mean comm?'],
      [begin('@start = 1; print(@strat)'), 'Did you mean @start?'],
      ['config = { max_strln = 5 } BEGIN {}', 'Did you mean max_strlen?'],
      ['tracepoint:sched:sched_switch { print(args.prev_cmm) }', 'Did you mean prev_comm?'],
      [begin('@ = TCP_ESTABLISHD'), undefined],
    ])('%s: %s', (source, hint) => {
      expect(checked(source).diagnostics[0]?.hint).toBe(hint);
    });
  });

  describe('types', () => {
    it.each([
      [begin('@ = 1; @ = "s"'), 'type-mismatch at @'],
      [begin('@[1] = 1; @["s"] = 2'), 'type-mismatch at "s"'],
      [begin('@[1] = 1; @ = 2'), 'map-key at @'],
      [begin('@ = count(); @ = 5'), 'type-mismatch at @'],
      [begin('@ = count(); @ = sum(5)'), 'type-mismatch at @'],
      [begin('$x = count()'), 'aggregate-placement at $x = count()'],
      [begin('print(count())'), 'aggregate-placement at count()'],
      [begin('@ = hist(1); @b = @'), 'type-mismatch at @'],
      [begin('$x = 1; $x = "s"'), 'type-mismatch at $x'],
      [begin('$x = "s" + 1'), 'type-mismatch at "s"'],
      [begin('if ("s") {}'), 'type-mismatch at "s"'],
      [begin('if (comm == 5) {}'), 'type-mismatch at comm == 5'],
      [begin('if (comm < "b") {}'), 'type-mismatch at comm < "b"'],
      [begin('let $x: uint8 = 300'), 'type-mismatch at 300'],
      [begin('let $x: uint8 = -1'), 'type-mismatch at -1'],
      [begin('@x = (1, 2).5'), 'bad-index at (1, 2).5'],
      [begin('@x = 5.x'), 'type-mismatch at x'],
      [begin('@x = @x + 1'), 'undefined-map at @x'],
      [begin('@x = (@x, 1)'), 'undefined-map at @x'],
      [begin('@x = printf("a")'), 'type-mismatch at printf("a")'],
      ['tracepoint:raw_syscalls:sys_enter { @ = args.args[6]; }', 'bad-index at 6'],
    ])('%s', (source, expected) => {
      expect(mistakes(source)).toContain(expected);
    });
  });

  describe('formats', () => {
    it.each([
      ['printf("%d")', 'format-arguments at printf("%d")'],
      ['printf("", 1)', 'format-arguments at printf("", 1)'],
      ['printf("%s", 1)', 'format-type at 1'],
      ['printf("%d", "s")', 'format-type at "s"'],
      ['printf("%y")', 'bad-format at "%y"'],
      ['printf("%s", curtask)', 'format-type at curtask'],
      ['printf(comm)', 'not-constant at comm'],
    ])('%s', (body, expected) => {
      expect(mistakes(begin(body))).toEqual([expected]);
    });
  });

  describe('places', () => {
    it.each([
      ['kprobe:vfs_read { print(args) }', 'builtin-place at args'],
      ['kprobe:vfs_read { print(retval) }', 'builtin-place at retval'],
      ['kprobe:vfs_read { print(arg6) }', 'builtin-place at arg6'],
      ['kretprobe:vfs_read { print(arg0) }', 'builtin-place at arg0'],
      ['tracepoint:syscalls:sys_exit_read { print(retval) }', 'builtin-place at retval'],
      [begin('print(arg0)'), 'builtin-place at arg0'],
      ['usdt:bash:bash:start { print(arg2) }', 'builtin-place at arg2'],
      [begin('system("ls")'), 'unsafe at system("ls")'],
      [begin('break'), 'not-in-loop at break'],
      [begin('for ($i : 0..5) { exit() }'), 'exit-in-loop at exit()'],
      [begin('while (1) { @++ }'), 'endless-loop at 1'],
      [begin('unroll (1000) { @++ }'), 'bad-count at 1000'],
      [begin('for ($i : 2..9000000) { @++ }'), 'bad-count at 2'],
      ['kprobe:0x1000 {}', 'unsafe at kprobe:0x1000'],
    ])('%s', (source, expected) => {
      expect(mistakes(source)).toEqual([expected]);
    });

    it('allows what changes the system when told so', () => {
      expect(mistakes(begin('system("ls"); signal("KILL")'), { unsafe: true })).toEqual([]);
    });
  });

  describe('attach points', () => {
    it.each([
      'interval:s:0 {}',
      'profile:hz:99999999 {}',
      'interval:foo:1 {}',
      'profile:99 {}',
      'watchpoint:0x1000:3:rw {}',
      'software {}',
      'tracepoint:sched {}',
    ])('%s', (source) => {
      expect(mistakes(source)).toEqual([`bad-attach-point at ${source.replace(' {}', '')}`]);
    });

    it('stops at max_probes, and says so', () => {
      expect(mistakes('config = { max_probes = 2 } tracepoint:syscalls:* {}')[0]).toMatch(/^too-many-probes/);
    });

    it('leaves out test and bench probes without their option', () => {
      const { diagnostics, hir } = checked('test:a {} bench:b {} BEGIN {}');
      expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(
        Array(2).fill('warning no-effect'),
      );
      expect(hir?.probes).toHaveLength(1);
    });

    it('does what missing_probes says', () => {
      const source = (setting: string) => `config = { missing_probes = ${setting} } BEGIN {} kprobe:nope {}`;
      expect(checked(source('error')).diagnostics.map((one) => one.severity)).toEqual(['error']);
      expect(checked(source('warn')).diagnostics.map((one) => one.severity)).toEqual(['warning']);
      expect(checked(source('ignore')).diagnostics).toEqual([]);
      expect(checked(source('ignore')).hir?.probes).toHaveLength(1);
    });
  });

  describe('constants', () => {
    it.each([
      ['@ = 9223372036854775807 + 9223372036854775807 + 5', 'integer-overflow'],
      ['@ = 1 / 0', 'division-by-zero'],
      ['@ = hist(1, 9)', 'bad-parameter'],
      ['@ = lhist(1, 10, 5, 1)', 'bad-parameter'],
      ['@ = lhist(1, 0, 100000, 1)', 'bad-parameter'],
      ['@ = lhist(1, 0, pid, 1)', 'not-constant'],
      ['@ = kaddr("nope")', 'unknown-symbol'],
      ['@ = pton("1.2.3")', 'bad-parameter'],
      ['@ = kstack(5000)', 'bad-parameter'],
      ['static_assert(1 == 2, "no")', 'static-assert'],
    ])('%s', (body, code) => {
      expect(checked(begin(body)).diagnostics.map((one) => one.code)).toContain(code);
    });
  });

  it.each([
    'macro m(a) { a } BEGIN { print(m(nope)) }',
    'BEGIN { print(if (pid) { nope } else { 5 }) }',
    'BEGIN { print({ nope }) }',
    'BEGIN { @x = (1, nope); @y[nope] = 1; print(nope + 1) }',
    'BEGIN { $x = nope; print($x); @ = hist($x); printf("%d", $x) }',
  ])('says one thing about one mistake: %s', (source) => {
    expect(new Set(mistakes(source))).toEqual(new Set(['undefined-name at nope']));
  });

  it('says several things at once, each once', () => {
    const found = mistakes('kprobe:vfs_read, kprobe:vfs_write { print(probe); print($x); print(foo); }');
    expect(found).toEqual(['undefined-variable at $x', 'undefined-name at foo']);
  });

  it('warns of a question whose answer nobody uses', () => {
    const { diagnostics } = checked(
      'BEGIN { @a[1] = 1; has_key(@a, 1); _ = has_key(@a, 1); delete(@a, 2); $b = has_key(@a, 1); print($b) }',
    );
    expect(diagnostics.map(({ code, span }) => `${code} ${String(span.start)}`)).toEqual(['unused-value 19']);
  });

  it('warns when signs mix', () => {
    const { diagnostics, hir } = checked('tracepoint:raw_syscalls:sys_exit { if (args.ret > nsecs) { @ = 1 } }');
    expect(diagnostics.map((one) => one.code)).toEqual(['sign-mismatch']);
    expect(hir).not.toBeNull();
  });
});
