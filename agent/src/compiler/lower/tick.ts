/**
 * The start of an interval's program. The kernel leaves a tick out, without counting it, that comes while another of its
 * programs runs on that CPU (bpf_overflow_handler in kernel/events/core.c): under many events one in ten. Several timers
 * of one CPU run the program therefore, one a moment after the other, and it goes on for the first that comes in a
 * period; what all of them missed is counted.
 */
import type { SiteOf } from '../../language/attach.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';

const NS_PER_SECOND = 1_000_000_000n;
const TIMERS = 3;
/** Shorter periods have one timer: more would cost what they are worth. */
const SHORTEST_NS = 10_000_000n;
const LAST = 0;
const MISSED = 8;

const periodOf = ({ hz, periodNs }: SiteOf<'interval'>): bigint =>
  hz === null ? (periodNs ?? NS_PER_SECOND) : NS_PER_SECOND / BigInt(hz);

/** Returns how many timers the program is for. */
export function lowerTick(cx: Context, site: SiteOf<'interval'>): number {
  const { b } = cx;
  const period = periodOf(site);
  const timers = period < SHORTEST_NS ? 1 : TIMERS;
  const at = b.mov(cx.module.tick());
  const now = b.call('ktime_get_ns');
  const last = b.load(8, at, LAST);
  const since = b.alu('sub', now, last);
  if (timers > 1) {
    const other = b.newBlock(true);
    const first = b.newBlock();
    // All timers have the same period: what comes before three quarters of one is another timer's.
    b.branch('jlt', since, (period * 3n) / 4n, other, first);
    b.place(other);
    b.ret(cx.exitValue);
    b.place(first);
  }
  b.store(8, at, LAST, now);
  countMissed(cx, at, last, since, period);
  return timers;
}

function countMissed(cx: Context, at: Reg, last: Value, since: Value, period: bigint): void {
  const { b } = cx;
  const late = b.newBlock(true);
  const known = b.newBlock(true);
  const go = b.newBlock();
  const half = period / 2n;
  b.branch('jlt', since, period + half, go, late);
  b.place(late);
  // The first has none before it.
  b.branch('jeq', last, 0n, go, known);
  b.place(known);
  b.unlikely(() => {
    const periods = b.alu('div', b.alu('add', since, half), period);
    b.store(8, at, MISSED, b.alu('add', b.load(8, at, MISSED), b.alu('sub', periods, 1n)));
  });
  b.jump(go);
  b.place(go);
}
