/** A guess at what a query costs before it runs: by how often its probes fire on a busy host. The engine measures the truth. */
import type { ResolvedProbe } from '../language/attach.ts';
import type { CostClass } from '../protocol/index.ts';

/** Cheapest first. */
const CLASSES: readonly CostClass[] = ['negligible', 'measurable', 'significant', 'expensive', 'extreme'];

/** Events that fire for everything a host does. First match decides. */
const FREQUENT: readonly (readonly [pattern: RegExp, rank: number])[] = [
  [/^(tracepoint|rawtracepoint):(?:sched:)?sched_(switch|wakeup|waking|stat_runtime)$/, 2],
  [/^(tracepoint|rawtracepoint):(?:raw_syscalls:)?sys_(enter|exit)$/, 3],
  [/^tracepoint:kmem:/, 3],
  [/^tracepoint:(irq|timer|rcu|lock|preemptirq|irq_vectors|napi|net|skb):/, 2],
  [/^tracepoint:syscalls:sys_(enter|exit)_(read|write|futex|poll|epoll_wait|recvmsg|sendmsg|recvfrom|sendto)$/, 2],
  [/^tracepoint:/, 1],
  [/^rawtracepoint:/, 1],
  [/^(kprobe|kretprobe|fentry|fexit):/, 2],
  [/^(uprobe|uretprobe|usdt):/, 3],
  [/^(watchpoint|hardware|software):/, 2],
];

const MANY_PROBES = 50;

export function costClass(probes: readonly ResolvedProbe[]): CostClass {
  let rank = 0;
  for (const { name } of probes) {
    rank = Math.max(rank, FREQUENT.find(([pattern]) => pattern.test(name))?.[1] ?? 0);
  }
  if (probes.length >= MANY_PROBES) rank++;
  return CLASSES[Math.min(rank, CLASSES.length - 1)] ?? 'extreme';
}
