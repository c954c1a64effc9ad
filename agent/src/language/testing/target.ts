/**
 * A small made-up host for tests: a handful of tracepoints, structs and functions shaped like the kernel's (offsets are
 * our own C layout, not those of a real kernel).
 */
import { alignOf, alignUp, sizeOf } from '../layout.ts';
import type { FunctionPrototype, Target, TracepointFormat, UserBinary } from '../target.ts';
import type { Field, IntSize, StructType, Type } from '../types.ts';

export const int = (size: IntSize, signed = true): Type => ({ kind: 'int', size, signed });
export const pointer = (to: Type, space: 'kernel' | 'user' = 'kernel'): Type => ({ kind: 'pointer', to, space });
export const chars = (count: number): Type => ({ kind: 'string', size: count });
const VOID: Type = { kind: 'none' };
const CHAR = int(1);

/** Struct types may point to each other, so they are made first and their members by name afterwards. */
class Structs {
  readonly types = new Map<string, StructType>();
  private readonly members = new Map<string, readonly Field[]>();

  define(name: string, members: readonly (readonly [string, Type])[], union = false): StructType {
    let end = 0;
    let align = 1;
    const fields = members.map(([field, type]): Field => {
      const offset = union ? 0 : alignUp(end, alignOf(type));
      end = union ? Math.max(end, sizeOf(type)) : offset + sizeOf(type);
      align = Math.max(align, alignOf(type));
      return { name: field, type, offset };
    });
    const id = `vmlinux:${name}`;
    const type: StructType = { kind: 'struct', union, name, id, size: alignUp(end, align), align };
    this.types.set(name, type);
    this.members.set(id, fields);
    return type;
  }

  fields(id: string): readonly Field[] | null {
    return this.members.get(id) ?? null;
  }
}

const ref = (name: string, size: number): StructType => ({
  kind: 'struct',
  union: false,
  name,
  id: `vmlinux:${name}`,
  size,
  align: 8,
});

export const structs = new Structs();
const task = ref('task_struct', 64);
structs.define('mm_struct', [
  ['start_code', int(8, false)],
  ['arg_start', int(8, false)],
]);
structs.define('task_struct', [
  ['flags', int(4, false)],
  ['pid', int(4)],
  ['tgid', int(4)],
  ['comm', chars(16)],
  ['real_parent', pointer(task)],
  ['mm', pointer(ref('mm_struct', 16))],
  ['start_time', int(8, false)],
]);
const qstr = structs.define('qstr', [
  ['len', int(4, false)],
  ['name', pointer(int(1, false))],
]);
const dentry = structs.define('dentry', [
  ['d_parent', pointer(ref('dentry', 24))],
  ['d_name', qstr],
]);
const path = structs.define('path', [
  ['mnt', pointer(VOID)],
  ['dentry', pointer(dentry)],
]);
const file = structs.define('file', [
  ['f_mode', int(4, false)],
  ['f_path', path],
]);
const addresses = structs.define('(anon addresses)', [
  ['skc_daddr', int(4, false)],
  ['skc_rcv_saddr', int(4, false)],
]);
const addressPair = structs.define(
  '(anon pair)',
  [
    ['skc_addrpair', int(8, false)],
    ['', addresses],
  ],
  true,
);
const in6 = structs.define('in6_addr', [['u6_addr8', { kind: 'array', of: int(1, false), count: 16 }]]);
const sockCommon = structs.define('sock_common', [
  ['', addressPair],
  ['skc_family', int(2, false)],
  ['skc_dport', int(2, false)],
  ['skc_num', int(2, false)],
  ['skc_v6_daddr', in6],
]);
const sock = structs.define('sock', [
  ['__sk_common', sockCommon],
  ['sk_rcvbuf', int(4)],
]);

const TCP_STATES: Type = {
  kind: 'enum',
  name: 'tcp_state',
  size: 4,
  signed: false,
  members: new Map([
    [1n, 'TCP_ESTABLISHED'],
    [2n, 'TCP_SYN_SENT'],
  ]),
};

const SIZE_T = int(8, false);
const TYPEDEFS: Record<string, Type> = {
  size_t: SIZE_T,
  u8: int(1, false),
  u16: int(2, false),
  u32: int(4, false),
  u64: int(8, false),
  __u32: int(4, false),
  pid_t: int(4),
  char: CHAR,
  int: int(4),
  'unsigned int': int(4, false),
  'unsigned long': int(8, false),
  'enum tcp_state': TCP_STATES,
};

const fn = (
  name: string,
  params: readonly (readonly [string, Type])[],
  returns: Type,
  module = '',
): FunctionPrototype => ({
  name,
  btfId: 1000 + name.length,
  module,
  params: params.map(([param, type]) => ({ name: param, type })),
  returns,
});

const FUNCTIONS: readonly FunctionPrototype[] = [
  fn(
    'vfs_read',
    [
      ['file', pointer(file)],
      ['buf', pointer(CHAR, 'user')],
      ['count', SIZE_T],
      ['pos', pointer(int(8))],
    ],
    int(8),
  ),
  fn(
    'vfs_write',
    [
      ['file', pointer(file)],
      ['buf', pointer(CHAR, 'user')],
      ['count', SIZE_T],
      ['pos', pointer(int(8))],
    ],
    int(8),
  ),
  fn('tcp_connect', [['sk', pointer(sock)]], int(4)),
  fn('wake_up_new_task', [['p', pointer(task)]], VOID),
  fn('shared_name', [['a', int(4)]], int(4), 'one'),
  fn('shared_name', [['a', int(4)]], int(4), 'two'),
];

const RAW_TRACEPOINTS: readonly FunctionPrototype[] = [
  fn(
    'sched_switch',
    [
      ['preempt', { kind: 'bool' }],
      ['prev', pointer(task)],
      ['next', pointer(task)],
      ['prev_state', int(4, false)],
    ],
    VOID,
  ),
];

const format = (name: string, id: number, members: readonly (Omit<Field, 'offset'> & { size?: number })[]) => {
  let end = 8;
  const fields = members.map(({ size, ...field }): Field => {
    const offset = alignUp(end, size ?? alignOf(field.type));
    end = offset + (size ?? sizeOf(field.type));
    return { ...field, offset };
  });
  const [category = '', event = ''] = name.split(':');
  return { category, event, id, fields, size: alignUp(end, 8) } satisfies TracepointFormat;
};

const syscall = (name: string, id: number, members: readonly (readonly [string, Type])[]) =>
  format(`syscalls:${name}`, id, [
    { name: '__syscall_nr', type: int(4) },
    ...members.map(([field, type]) => ({ name: field, type, size: 8 })),
  ]);

const EXIT: readonly (readonly [string, Type])[] = [['ret', int(8)]];
const TRACEPOINTS: readonly TracepointFormat[] = [
  format('sched:sched_switch', 1, [
    { name: 'prev_comm', type: chars(16) },
    { name: 'prev_pid', type: int(4) },
    { name: 'prev_prio', type: int(4) },
    { name: 'prev_state', type: int(8) },
    { name: 'next_comm', type: chars(16) },
    { name: 'next_pid', type: int(4) },
    { name: 'next_prio', type: int(4) },
  ]),
  format('sched:sched_wakeup', 2, [
    { name: 'comm', type: chars(16) },
    { name: 'pid', type: int(4) },
  ]),
  format('sched:sched_process_exec', 3, [
    { name: 'filename', type: pointer(CHAR), dynamic: 'data_loc', size: 4 },
    { name: 'pid', type: int(4) },
  ]),
  format('raw_syscalls:sys_enter', 4, [
    { name: 'id', type: int(8) },
    { name: 'args', type: { kind: 'array', of: int(8, false), count: 6 } },
  ]),
  format('raw_syscalls:sys_exit', 5, [
    { name: 'id', type: int(8) },
    { name: 'ret', type: int(8) },
  ]),
  format('block:block_rq_issue', 6, [
    { name: 'dev', type: int(4, false) },
    { name: 'sector', type: int(8, false) },
    { name: 'bytes', type: int(4, false) },
    { name: 'rwbs', type: chars(10) },
  ]),
  syscall('sys_enter_openat', 10, [
    ['dfd', int(8)],
    ['filename', pointer(CHAR)],
    ['flags', int(8)],
  ]),
  syscall('sys_exit_openat', 11, EXIT),
  syscall('sys_enter_read', 12, [
    ['fd', int(8, false)],
    ['buf', pointer(CHAR)],
    ['count', int(8, false)],
  ]),
  syscall('sys_exit_read', 13, EXIT),
  syscall('sys_enter_execve', 14, [
    ['filename', pointer(CHAR)],
    ['argv', pointer(pointer(CHAR))],
  ]),
];

const BINARIES: readonly UserBinary[] = [
  {
    path: '/usr/bin/bash',
    symbols: () => [
      { name: 'readline', offset: 0x1000, address: 0x1000n, size: 64 },
      { name: 'readline_internal', offset: 0x1100, address: 0x1100n, size: 64 },
      { name: 'main', offset: 0x2000, address: 0x2000n, size: 512 },
    ],
    variable: (name) => (name === 'counter' ? { address: 0x4010n, size: 4 } : null),
    addressOf: (offset) => BigInt(offset) + 0x1000n,
    usdt: () => [
      { provider: 'bash', name: 'start', offset: 0x3000, semaphoreOffset: 0, args: ['-4@%edi', '8@%rsi'] },
      { provider: 'bash', name: 'stop', offset: 0x3010, semaphoreOffset: 0x4000, args: [] },
    ],
    prototype: () => null,
    // Instructions of four bytes.
    startsInstruction: (from, at) => (at - from) % 4 === 0,
    line: (name, line) => (name.endsWith('bash.c') && line === 42 ? [0x2010] : []),
  },
];

/** Everything is present: all features, BTF, four CPUs. */
export const testTarget: Target = {
  arch: 'x64',
  kernel: (6 << 16) | (12 << 8),
  possibleCpus: 4,
  onlineCpus: [0, 1, 2, 3],
  pageSize: 4096,
  pidNamespace: null,
  has: () => true,
  btf: {
    fields: (id) => structs.fields(id),
    type: (name) => TYPEDEFS[name] ?? structs.types.get(name.replace(/^(struct|union) /, '')) ?? null,
    struct: (name, tag) => {
      const found = structs.types.get(name);
      return found !== undefined && found.union === (tag === 'union') ? found : null;
    },
    enumerator: (name) => {
      for (const [value, member] of TCP_STATES.kind === 'enum' ? TCP_STATES.members : []) {
        if (member === name) return { value, type: TCP_STATES };
      }
      return null;
    },
    functions: (name, module) => FUNCTIONS.filter((f) => f.name === name && (module === null || f.module === module)),
    functionNames: () => FUNCTIONS.map((f) => f.name),
    rawTracepoint: (name) => RAW_TRACEPOINTS.find((f) => f.name === name) ?? null,
    rawTracepointNames: () => RAW_TRACEPOINTS.map((f) => f.name),
  },
  tracepoints: () => TRACEPOINTS.map((t) => `${t.category}:${t.event}`),
  tracepoint: (category, event) => TRACEPOINTS.find((t) => t.category === category && t.event === event) ?? null,
  kernelFunctions: () => ['vfs_read', 'vfs_write', 'vfs_open', 'tcp_connect', 'do_nanosleep', 'nf_hook:nf_conntrack'],
  kernelSymbol: (name) => (name === 'avenrun' ? 0xffffffff81234560n : null),
  binaries: (pattern) =>
    BINARIES.filter((b) => b.path === pattern || b.path.endsWith(`/${pattern}`) || pattern === '*'),
  cgroupId: (name) => (name === '/sys/fs/cgroup/unified' ? 42n : null),
};
