/** The features that we ask for by name. One row each. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { BpfMap } from '../map/map.ts';
import { PerfEvent } from '../perf/event.ts';
import { pmuType } from '../perf/pmu.ts';
import { Iterator } from '../link/iter.ts';
import { refusalMeaning } from '../link/refusal.ts';
import { attachKprobeMulti } from '../link/kprobe-multi.ts';
import { attachByBtf, attachRawTracepoint } from '../link/raw-tracepoint.ts';
import { attachInterval } from '../link/timer.ts';
import { attachTracing } from '../link/tracing.ts';
import { attachUprobeMulti } from '../link/uprobe-multi.ts';
import { LINK_PERF_EVENT } from '../link/layouts.ts';
import { enableRunStatistics } from '../prog/statistics.ts';
import { tryBpf } from '../sys/bpf.ts';
import { isErrno, SyscallError } from '../sys/error.ts';
import type { Scope } from '../sys/handle.ts';
import { cString } from '../sys/text.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { BPF_F_MMAPABLE, BPF_F_NO_PREALLOC, BPF_F_SLEEPABLE } from '../uapi/flags.ts';
import { MapType } from '../uapi/map-type.ts';
import { HardwareEvent, HW_BREAKPOINT_W, PerfAttrFlag, PerfType } from '../uapi/perf.ts';
import { ProgType } from '../uapi/prog-type.ts';
import { KernelSymbols } from '../kallsyms/index.ts';
import { findBtfIds, VMLINUX_BTF } from './btf-ids.ts';
import type { FeatureRow } from './feature.ts';
import { loadTiny } from './tiny-program.ts';
import { versionNumber } from './version.ts';

/** A kernel function that is always there and seldom runs, so that probing disturbs nobody. */
const QUIET_FUNCTION = 'do_exit';
const NO_BTF = 'the kernel has no BTF (CONFIG_DEBUG_INFO_BTF)';
const EBADF = -9;

const ids = (() => {
  let found: ReadonlyMap<string, number> | null = null;
  return (name: string): number | undefined =>
    (found ??= findBtfIds([QUIET_FUNCTION, 'btf_trace_sched_process_exit', 'bpf_iter_task'])).get(name);
})();

const map = (type: number, keySize: number, valueSize: number, maxEntries: number, flags = 0) => {
  return (scope: Scope): null => {
    scope.add(BpfMap.create({ name: 'probe', type, keySize, valueSize, maxEntries, flags }));
    return null;
  };
};

/** A directory is no binary: EINVAL is the answer to those who may. */
const mayProbeUsers = (scope: Scope, type: number): null => {
  try {
    const attr = { type, config1: cString('/'), flags: PerfAttrFlag.disabled };
    scope.add(PerfEvent.open(attr, { pid: -1, cpu: 0 }, 'uprobe /'));
  } catch (error) {
    if (!isErrno(error, 'EINVAL')) throw error;
  }
  return null;
};

const probeEvent = (pmu: string) => {
  return (scope: Scope): string | null => {
    const type = pmuType(pmu);
    if (type === null) return `the kernel was built without ${pmu} events (no ${pmu} PMU)`;
    if (pmu === 'uprobe') return mayProbeUsers(scope, type);
    if (pmu === 'kprobe') {
      const attr = { type, config1: cString(QUIET_FUNCTION), flags: PerfAttrFlag.disabled };
      scope.add(PerfEvent.open(attr, { pid: -1, cpu: 0 }, `kprobe ${QUIET_FUNCTION}`));
    }
    return null;
  };
};

const tracing = (expectedAttachType: number, target: string, flags = 0) => {
  return (scope: Scope): string | null => {
    if (!existsSync(VMLINUX_BTF)) return NO_BTF;
    const attachBtfId = ids(target);
    if (attachBtfId === undefined) return `no ${target} in the kernel's BTF`;
    const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_TRACING, expectedAttachType, attachBtfId, flags });
    if (expectedAttachType === AttachType.BPF_TRACE_ITER) scope.add(Iterator.attach(program, target));
    else if (expectedAttachType === AttachType.BPF_TRACE_RAW_TP) scope.add(attachByBtf(program, target));
    else scope.add(attachTracing(program, target));
    return null;
  };
};

const kprobeMulti = (session: boolean) => {
  return (scope: Scope): null => {
    const expectedAttachType = session ? AttachType.BPF_TRACE_KPROBE_SESSION : AttachType.BPF_TRACE_KPROBE_MULTI;
    const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_KPROBE, expectedAttachType });
    scope.add(attachKprobeMulti(program, { symbols: [QUIET_FUNCTION], return: false, session }));
    return null;
  };
};

/** A directory is no binary: a kernel that gets so far as to say EBADF has the link. */
const uprobeMulti = (session: boolean) => {
  return (scope: Scope): string | null => {
    const expectedAttachType = session ? AttachType.BPF_TRACE_UPROBE_SESSION : AttachType.BPF_TRACE_UPROBE_MULTI;
    const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_KPROBE, expectedAttachType });
    try {
      scope.add(attachUprobeMulti(program, { path: '/', offsets: [0], return: false, pid: null, session }));
      return null;
    } catch (error) {
      if (isErrno(error, 'EBADF')) return null;
      throw error;
    }
  };
};

const perfLink = (scope: Scope): string | null => {
  const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_TRACEPOINT });
  const attr = LINK_PERF_EVENT.encode({
    prog_fd: program.fd.number,
    target_fd: -1,
    attach_type: AttachType.BPF_PERF_EVENT,
  });
  return tryBpf('BPF_LINK_CREATE', attr) === EBADF ? null : 'the kernel has no perf event links';
};

const batch = (scope: Scope): string | null => {
  const hash = scope.add(
    BpfMap.create({
      name: 'probe',
      type: MapType.BPF_MAP_TYPE_HASH,
      keySize: 4,
      valueSize: 4,
      maxEntries: 2,
      flags: BPF_F_NO_PREALLOC,
    }),
  );
  return hash.hasBatches() ? null : 'the kernel has no batch operations on maps';
};

const attachTimer = (scope: Scope): null => {
  const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_PERF_EVENT });
  scope.add(attachInterval(program, { periodNs: 1_000_000_000n }, 0));
  return null;
};

const hardware = (config: number, what: string) => {
  return (scope: Scope): string | null => {
    const attr = { type: PerfType.PERF_TYPE_HARDWARE, config, flags: PerfAttrFlag.disabled };
    try {
      scope.add(PerfEvent.open(attr, { pid: -1, cpu: 0 }, what));
      return null;
    } catch (error) {
      // As it is said of a probe.
      const meaning = error instanceof SyscallError ? refusalMeaning('hardware', error.code) : null;
      if (meaning === null || isErrno(error, 'EPERM', 'EACCES')) throw error;
      return meaning;
    }
  };
};

const breakpoint = (scope: Scope): null => {
  const attr = {
    type: PerfType.PERF_TYPE_BREAKPOINT,
    bp_type: HW_BREAKPOINT_W,
    config1: 0x1000n,
    config2: 8,
    flags: PerfAttrFlag.disabled,
  };
  scope.add(PerfEvent.open(attr, { pid: process.pid, cpu: -1 }, 'a hardware breakpoint'));
  return null;
};

const rawTracepoint = (scope: Scope): null => {
  const program = loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT });
  scope.add(attachRawTracepoint(program, 'sched_process_exit'));
  return null;
};

const statistics = (scope: Scope): null => {
  scope.add(enableRunStatistics());
  return null;
};

export const FEATURES: readonly FeatureRow[] = [
  {
    name: 'btf',
    since: '5.4',
    config: ['CONFIG_DEBUG_INFO_BTF'],
    title: 'type information of the kernel (BTF)',
    test: () => (existsSync(VMLINUX_BTF) ? null : NO_BTF),
  },
  { name: 'hash', since: '3.19', title: 'hash maps', test: map(MapType.BPF_MAP_TYPE_HASH, 4, 8, 1) },
  {
    name: 'percpu_hash',
    since: '4.6',
    title: 'per-CPU hash maps',
    test: map(MapType.BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 1),
  },
  {
    name: 'lru_hash',
    since: '4.10',
    title: 'maps that drop the oldest entry',
    test: map(MapType.BPF_MAP_TYPE_LRU_HASH, 4, 8, 1),
  },
  {
    name: 'stack_trace',
    since: '4.6',
    title: 'maps of stacks',
    test: map(MapType.BPF_MAP_TYPE_STACK_TRACE, 4, 8 * 127, 1),
  },
  {
    name: 'large_keys',
    since: '6.1',
    title: 'map keys above 512 bytes',
    test: map(MapType.BPF_MAP_TYPE_HASH, 1024, 8, 1),
  },
  {
    name: 'mmapable_array',
    since: '5.5',
    title: 'array maps readable as memory',
    test: map(MapType.BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_MMAPABLE),
  },
  { name: 'ringbuf', since: '5.8', title: 'ring buffers', test: map(MapType.BPF_MAP_TYPE_RINGBUF, 0, 0, 4096) },
  { name: 'map:batch', since: '5.6', title: 'reading maps in batches', test: batch },
  { name: 'run_stats', since: '5.8', title: 'time spent in programs', test: statistics },
  { name: 'perf_link', since: '5.15', title: 'links on perf events, with cookies', test: perfLink },
  { name: 'profile', since: '4.9', title: 'timers (profile, interval)', test: attachTimer },
  {
    name: 'hardware',
    since: '',
    title: 'hardware counters (PMU)',
    test: hardware(HardwareEvent.PERF_COUNT_HW_CPU_CYCLES, 'the CPU cycle counter'),
  },
  {
    name: 'hardware:cache-misses',
    since: '',
    title: 'a hardware counter of cache misses',
    test: hardware(HardwareEvent.PERF_COUNT_HW_CACHE_MISSES, 'the cache miss counter'),
  },
  {
    name: 'watchpoint',
    since: '',
    config: ['CONFIG_HAVE_HW_BREAKPOINT'],
    title: 'hardware breakpoints',
    test: breakpoint,
  },
  { name: 'raw_tracepoint', since: '4.17', title: 'raw tracepoints', test: rawTracepoint },
  {
    name: 'raw_tracepoint_btf',
    since: '5.5',
    config: ['CONFIG_DEBUG_INFO_BTF'],
    title: 'raw tracepoints with typed arguments',
    test: tracing(AttachType.BPF_TRACE_RAW_TP, 'btf_trace_sched_process_exit'),
  },
  {
    name: 'kprobe',
    since: '4.17',
    config: ['CONFIG_KPROBES', 'CONFIG_KPROBE_EVENTS'],
    title: 'kprobes',
    test: probeEvent('kprobe'),
  },
  {
    name: 'kprobe_multi',
    since: '5.18',
    config: ['CONFIG_FPROBE'],
    title: 'many kprobes at once',
    test: kprobeMulti(false),
  },
  {
    name: 'kprobe_session',
    since: '6.10',
    config: ['CONFIG_FPROBE'],
    title: 'entry and return of a function in one program',
    test: kprobeMulti(true),
  },
  {
    name: 'prog:tracing',
    since: '5.5',
    config: ['CONFIG_DEBUG_INFO_BTF', 'CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS'],
    title: 'function entry and exit (fentry, fexit)',
    test: tracing(AttachType.BPF_TRACE_FENTRY, QUIET_FUNCTION),
  },
  {
    name: 'prog:sleepable',
    since: '6.0',
    title: 'programs that may sleep',
    test: (scope) => {
      loadTiny(scope, { type: ProgType.BPF_PROG_TYPE_KPROBE, flags: BPF_F_SLEEPABLE });
      return null;
    },
  },
  {
    name: 'iter',
    since: '5.8',
    config: ['CONFIG_DEBUG_INFO_BTF'],
    title: 'iterators over kernel objects',
    test: tracing(AttachType.BPF_TRACE_ITER, 'bpf_iter_task'),
  },
  {
    name: 'uprobe',
    since: '4.17',
    config: ['CONFIG_UPROBE_EVENTS'],
    title: 'uprobes and USDT',
    test: probeEvent('uprobe'),
  },
  {
    name: 'uprobe_multi',
    since: '6.6',
    config: ['CONFIG_UPROBE_EVENTS'],
    title: 'many uprobes at once',
    test: uprobeMulti(false),
  },
  {
    name: 'uprobe:func_ip',
    since: '6.7',
    title: 'the address of a user function at its return',
    // Programs have the helper before, and it gives them 0.
    test: () => (versionNumber(release()) < versionNumber('6.7') ? 'bpf_get_func_ip knows no uprobes' : null),
  },
  {
    name: 'kallsyms_all',
    since: '',
    config: ['CONFIG_KALLSYMS_ALL'],
    title: 'the variables of the kernel in /proc/kallsyms',
    test: () => {
      const address = KernelSymbols.read().address('__per_cpu_offset');
      return address === null ? 'it lists functions only' : null;
    },
  },
  {
    name: 'uprobe_session',
    since: '6.13',
    title: 'entry and return of a user function in one program',
    test: uprobeMulti(true),
  },
];
