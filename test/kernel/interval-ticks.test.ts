/** Ticks of an interval on a CPU that runs other programs nearly all the time: the kernel leaves some out. */
import { expect, it } from 'vitest';
import { DD, DD_PATH, run, runCli } from './cli.ts';

const PERIOD_MS = 20;
const TICKS = 150;

const QUERY = `
  config = { print_maps_on_exit = false }
  tracepoint:syscalls:sys_enter_write,tracepoint:syscalls:sys_exit_write,
  tracepoint:syscalls:sys_enter_read,tracepoint:syscalls:sys_exit_read
  /comm == "${DD}"/ { @calls[comm] = hist(nsecs); @random[comm] = hist(rand); }
  interval:ms:${PERIOD_MS} {
    if (@ticks == 0) { @first = nsecs(monotonic); }
    @ticks++;
    $since = nsecs(monotonic) - @first;
    if ($since >= ${PERIOD_MS * TICKS}000000) { printf("%ld ticks, %ld ns\\n", @ticks, $since); exit(); }
  }`;

it.skipIf(process.getuid?.() !== 0)('misses few ticks of an interval, and counts them', async () => {
  const busy = run('taskset', ['-c', '0', DD_PATH, 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=6M', 'status=none']);
  const { stdout, stderr } = await runCli(['run', '-q', '-e', QUERY]);
  await busy;
  const [, ticks = NaN, ns = NaN] = (/(\d+) ticks, (\d+) ns/.exec(stdout) ?? []).map(Number);
  const missed = Number(/(\d+) runs? of probes/.exec(stderr)?.[1] ?? 0);
  // The first has none before it; a busy host may move the last.
  expect(Math.abs(Math.round(ns / 1e6 / PERIOD_MS) - (ticks - 1 + missed)), stdout + stderr).toBeLessThan(2);
  expect(missed, stderr).toBeLessThan(TICKS / 5);
});
