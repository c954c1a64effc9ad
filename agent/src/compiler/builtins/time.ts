/** Clocks and the machine. */
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { number, type BuiltinTable } from './row.ts';

/** `nsecs` is time since boot, suspended time included. */
const CLOCKS: Readonly<Record<string, string>> = {
  boot: 'ktime_get_boot_ns',
  monotonic: 'ktime_get_ns',
  tai: 'ktime_get_tai_ns',
  // Without the helper for TAI the difference to boot time would be added by the reader.
  sw_tai: 'ktime_get_tai_ns',
};

export const now = (cx: Context, clock: string | null): Value =>
  cx.b.call(CLOCKS[clock ?? 'boot'] ?? 'ktime_get_boot_ns');

export const TIME: BuiltinTable = {
  nsecs: number((cx, e) => now(cx, e.param)),
  elapsed: number((cx) => cx.b.alu('sub', now(cx, null), cx.module.startTime(cx.b))),
  jiffies: number((cx) => cx.b.call('jiffies64')),
  rand: number((cx) => cx.b.call('get_prandom_u32')),
  cpu: number((cx) => cx.b.call('get_smp_processor_id')),
  numaid: number((cx) => cx.b.call('get_numa_node_id')),
  ncpus: number((cx) => BigInt(cx.module.target.onlineCpus.length)),
};
