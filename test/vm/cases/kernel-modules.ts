import type { Case } from '../case.ts';
import { quote, run } from './run.ts';

/** The module makes network devices: its dummy_setup() runs once for each. */
const LOADED = 'lsmod | grep -q ^dummy || insmod /modules/dummy.ko numdummies=0; ';
const DEVICES =
  LOADED +
  'printf "ip link add one type dummy\\nip link add two type dummy\\nip link del one\\nip link del two\\n" > /tmp/devices; ';
const WITH_DEVICES = `-c '/bin/sh /tmp/devices'`;
/** Types of modules came with 5.11; fentry on arm64 with 6.4. */
const NO_TYPES = { '5.10': /has no function 'dummy_\w+' that can be traced by fentry/ };
const REFUSED = { ...NO_TYPES, '6.1-arm64': /needs function entry and exit/ };

export const kernelModules: readonly Case[] = [
  {
    id: 'module/kprobe',
    command: DEVICES + run('kprobe:dummy:dummy_setup { @ = count(); }', WITH_DEVICES),
    expect: ['@: 2\n'],
  },
  {
    id: 'module/kprobe-without-its-name',
    command: DEVICES + run('kprobe:dummy_setup { @[func] = count(); }', WITH_DEVICES),
    expect: ['@[dummy_setup]: 2\n'],
  },
  {
    id: 'module/wildcard',
    command: DEVICES + run('kprobe:dummy:dummy_* { @[func] = count(); }', WITH_DEVICES),
    expect: ['@[dummy_setup]: 2\n', '@[dummy_dev_init]: 2\n'],
  },
  {
    id: 'module/kretprobe',
    command: DEVICES + run('kretprobe:dummy:dummy_dev_init { @[retval] = count(); }', WITH_DEVICES),
    expect: ['@[0]: 2\n'],
  },
  {
    id: 'module/fentry',
    command: DEVICES + run('fentry:dummy:dummy_dev_init { @[args.dev->name] = count(); }', WITH_DEVICES),
    expect: ['@[one]: 1\n', '@[two]: 1\n'],
    refusedOn: REFUSED,
  },
  {
    id: 'module/fexit-wildcard',
    command: DEVICES + run('fexit:dummy:dummy_dev_* { @[probe] = count(); }', WITH_DEVICES),
    expect: ['@[fexit:dummy:dummy_dev_init]: 2\n'],
    refusedOn: { ...REFUSED, '5.10': /No kernel function matches 'dummy:dummy_dev_\*'/ },
  },
  {
    // The kernel lets it go; the probe stays, and sees nothing more.
    id: 'module/unloaded',
    command:
      DEVICES +
      run('kprobe:dummy:dummy_setup { @ = count(); }', `-c ${quote('/bin/sh /tmp/unload')}`).replace(
        /^/,
        'printf "sh /tmp/devices\\nrmmod dummy\\n" > /tmp/unload; ',
      ),
    expect: ['@: 2\n', 'the module dummy was unloaded: kprobe:dummy:dummy_setup sees nothing more'],
  },
  {
    // As long as it is traced, the module is in use.
    id: 'module/kept',
    command: LOADED + run('fentry:dummy:dummy_setup { @ = count(); }', `-c '/bin/rmmod dummy'`) + ' && lsmod',
    expect: [/^dummy /m],
    reject: ['was unloaded'],
    refusedOn: REFUSED,
  },
  {
    id: 'kprobe/functions-of-one-name',
    command: run('kprobe:load_elf_binary { @[comm, func] = count(); }', `-c '/bin/env /bin/busybox true'`),
    expect: [/@\[\w+, load_elf_binary\]: [12]\n/],
  },
  {
    // The kernel finds the function by its name alone.
    id: 'fentry/functions-of-one-name',
    command: run('fentry:load_elf_binary { @ = count(); }', `-c '/bin/env /bin/busybox true'`),
    expect: [
      "The kernel has several functions 'load_elf_binary', of which fentry sees one only",
      'kprobe sees all of them',
    ],
    refusedOn: {
      '6.1-arm64': /needs function entry and exit/,
      // Its types leave such functions out.
      '7.2': /no function 'load_elf_binary' that can be traced by fentry/,
    },
  },
  {
    // A program with types of its own: the kernel wants them where it calls functions back.
    id: 'fentry/bpf-program',
    command: [
      run('tracepoint:syscalls:sys_enter_write /comm == "dd"/ { @k[1] = 1; for ($kv : @k) { @t = count(); } }') +
        ' > /tmp/traced & p=$!',
      'while ! cat /proc/$p/fdinfo/* 2>/dev/null | grep -q "^link_type"; do kill -0 $p || exit 9; sleep 0.2; done',
      run(
        'fentry:bpf:tracepoint_sysc { @ = count(); } fexit:bpf:tracepoint_sysc { @r[retval] = count(); }',
        `-c '/bin/dd if=/dev/zero of=/dev/null bs=1 count=1000'`,
      ),
      'kill -INT $p; wait $p; cat /tmp/traced',
    ].join('\n'),
    expect: [/@r\[1\]: \d{4}\n/, /@t: 100\d\n/],
    refusedOn: { '5.10': /needs the helper bpf_for_each_map_elem/ },
  },
];
