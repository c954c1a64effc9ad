import { describe, expect, it } from 'vitest';
import { typeName } from '../type-name.ts';
import { checked } from '../testing/checked.ts';

/** The types of the query's maps: `@x int64, @y[uint32] count_t`. */
function maps(source: string): string {
  const { hir, diagnostics } = checked(source);
  if (hir === null) return diagnostics.map((one) => `${one.code}: ${one.message}`).join('\n');
  return hir.maps
    .map((map) => `${map.name}${map.key === null ? '' : `[${typeName(map.key)}]`} ${typeName(map.value)}`)
    .join(', ');
}

const begin = (body: string) => `BEGIN { ${body} }`;

describe('types of maps', () => {
  describe('integers', () => {
    it.each([
      ['@x = 1', '@x int64'],
      ['@x = -1', '@x int64'],
      ['@x = 0xffffffffffffffff', '@x uint64'],
      ['@x = pid', '@x uint32'],
      ['@x = 1; @x = pid', '@x uint32'],
      ['@x = pid; @x = 1', '@x uint32'],
      ['@x = nsecs; @x = 0', '@x uint64'],
      ['@x = pid; @x = -1', '@x int64'],
      ['@x++', '@x int64'],
      ['@x += 5', '@x int64'],
      ['@x += nsecs', '@x uint64'],
      ['@x -= nsecs', '@x int64'],
      ['@x = nsecs - 5', '@x int64'],
      ['@x = nsecs + 5', '@x uint64'],
      ['@x = pid * 2', '@x uint64'],
      ['@x = 1 << 3', '@x int64'],
      ['@x = ~0', '@x uint64'],
      ['@x = -pid', '@x int64'],
      ['@x = pid == 3', '@x bool'],
      ['@x = !pid', '@x bool'],
      ['@x = (uint8)pid', '@x uint8'],
      ['@x = (uint8)5', '@x uint8'],
      ['@x = pid ? 1 : 300', '@x int64'],
      ['@x = sizeof(uint16)', '@x uint64'],
    ])('%s', (body, types) => {
      expect(maps(begin(body))).toBe(types);
    });
  });

  describe('over the whole program, whatever the order', () => {
    it.each([
      ['@b = @a; @a = pid', '@a uint32, @b uint32'],
      ['@c = @b; @b = @a; @a = comm', '@a string[16], @b string[16], @c string[16]'],
      ['$x = @a + 1; @b = $x; @a = nsecs', '@a uint64, @b uint64'],
      ['@k[1] = 1; @k[pid] = 1', '@k[uint32] int64'],
      ['@k[1] = 1; @k[300] = 1', '@k[int16] int64'],
      ['@k[1, "ab"] = 1; @k[pid, comm] = 1', '@k[(uint32,string[16])] int64'],
      ['@k[(1, 2)] = 1; @k[3, 4] = 2', '@k[(int8,int8)] int64'],
      ['@s = "a"; @s = "abc"', '@s string[4]'],
      ['print(@late); @late = 5', '@late int64'],
    ])('%s', (body, types) => {
      expect(maps(begin(body))).toBe(types);
    });

    it('follows a long chain of maps that are assigned after they are read', () => {
      const chain = Array.from({ length: 30 }, (_, i) => `@a${String(i)} = @a${String(i + 1)};`).join(' ');
      expect(maps(begin(`${chain} @a30 = pid;`))).toMatch(/^@a0 uint32, @a1 uint32/);
    });
  });

  describe('aggregates', () => {
    it.each([
      ['@ = count()', '@ count_t'],
      ['@[pid] = sum(1)', '@[uint32] sum_t'],
      ['@ = avg(pid)', '@ avg_t'],
      ['@ = hist(5); @b = lhist(5, 0, 100, 10)', '@ hist_t, @b lhist_t'],
      ['@ = min(1); @b = max(2); @c = stats(3)', '@ min_t, @b max_t, @c stats_t'],
      ['@ = count(); @b = @ + 1', '@ count_t, @b int64'],
      ['@ = count(); if (@ > 5) { @b = 1 }', '@ count_t, @b int64'],
    ])('%s', (body, types) => {
      expect(maps(begin(body))).toBe(types);
    });

    it('keeps the sign of what is aggregated', () => {
      const { hir } = checked('tracepoint:raw_syscalls:sys_exit { @a = sum(args.ret); @b = sum(pid); }');
      expect(hir?.maps.map((map) => map.value)).toEqual([
        { kind: 'aggregate', of: { kind: 'sum', signed: true } },
        { kind: 'aggregate', of: { kind: 'sum', signed: false } },
      ]);
    });
  });

  describe('tuples, records, strings, special values', () => {
    it.each([
      ['@ = (1, "abc", (pid, 2))', '@ (int8,string[4],(uint32,int8))'],
      ['@ = (a=1, name=comm); @n = @.name', '@ (a=int8,name=string[16]), @n string[16]'],
      ['@ = (1, comm).1', '@ string[16]'],
      ['@ = str(0)', '@ string[1024]'],
      ['@ = str(0, 5)', '@ string[6]'],
      ['@ = buf(0, 7)', '@ buffer[7]'],
      ['@ = ntop(0x0100007f)', '@ inet'],
      ['@ = kstack; @u = ustack(5)', '@ kstack, @u ustack(5)'],
      ['@ = ksym(5); @u = usym(6)', '@ ksym_t, @u usym_t'],
      ['@ = strftime("%H", nsecs)', '@ timestamp'],
      ['@ = username', '@ username_t'],
      ['@ = curtask', '@ struct task_struct *'],
      ['@ = cgroup_path(5)', '@ cgroup_path_t'],
    ])('%s', (body, types) => {
      expect(maps(begin(body))).toBe(types);
    });
  });

  describe('fields', () => {
    it.each([
      ['tracepoint:sched:sched_switch { @ = args.next_comm; }', '@ string[16]'],
      ['tracepoint:sched:sched_switch { @ = args->next_pid; }', '@ int32'],
      ['tracepoint:raw_syscalls:sys_enter { @ = args.args[1]; }', '@ uint64'],
      ['tracepoint:sched:sched_process_exec { @ = args.filename; }', '@ string[1024]'],
      ['tracepoint:sched:sched_process_exec { @ = str(args.filename, 9); }', '@ string[10]'],
      ['tracepoint:sched:sched_process_exec { @ = (uint64)args.filename; }', '@ uint64'],
      ['tracepoint:sched:sched_process_exec { @ = buf(args.filename, 8); }', '@ buffer[8]'],
      ['fexit:vfs_read { @ = retval; @c = args.count; }', '@ int64, @c uint64'],
      ['fentry:tcp_connect { @ = args.sk.__sk_common.skc_daddr; }', '@ uint32'],
      ['fentry:tcp_connect { @ = ntop(args.sk.__sk_common.skc_v6_daddr.u6_addr8); }', '@ inet'],
      ['kprobe:vfs_read { @ = ((struct file *)arg0)->f_path.dentry->d_name.len; }', '@ uint32'],
      ['rawtracepoint:sched_switch { @[args.prev.comm] = count(); }', '@[string[16]] count_t'],
      ['kretprobe:vfs_read { @ = retval; }', '@ uint64'],
      ['BEGIN { @ = curtask.real_parent.tgid; }', '@ int32'],
    ])('%s', (source, types) => {
      expect(maps(source)).toBe(types);
    });
  });

  describe('C types of the script', () => {
    const preamble = `struct my { int a; char name[8]; union { int b; long c; }; unsigned f:3; unsigned g:5; struct my *next; };
enum color { RED, GREEN = 5 };
struct sock { int mine; };
struct outer { struct qstr name; int x; };
`;
    it.each([
      ['@ = ((struct my *)0)->next->b', '@ int32'],
      ['@ = ((struct my *)0)->name', '@ string[8]'],
      ['@ = ((struct my *)0)->g', '@ uint32'],
      ['@ = GREEN', '@ enum color'],
      ['@ = ((struct sock *)0)->mine', '@ int32'],
      ['@ = ((struct outer *)0)->name.len', '@ uint32'],
      ['@ = (enum color)5', '@ enum color'],
      ['@ = TCP_ESTABLISHED', '@ enum tcp_state'],
      ['@ = AF_INET6', '@ int64'],
    ])('%s', (body, types) => {
      expect(maps(preamble + begin(body))).toBe(types);
    });
  });
});
