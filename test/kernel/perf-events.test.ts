/** Software events of a program that does each a known number of times, and timers in every unit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

const SOURCE = `
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>
volatile long phase;
__attribute__((noinline)) void begin(void) { phase++; }
__attribute__((noinline)) void end(void) { phase++; }
int main(void) {
  enum { PAGES = 1000, SIZE = 4096 };
  /* Once before it counts: what the probes themselves touch is there then. */
  begin(), end();
  char *pages = mmap(0, PAGES * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(pages, PAGES * SIZE, MADV_NOHUGEPAGE);
  begin();
  for (int i = 0; i < PAGES; i++) pages[i * SIZE] = 1;
  end();
  begin();
  for (int i = 0; i < 20; i++) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(i % 2, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
  }
  end();
  begin();
  for (int i = 0; i < 15; i++) usleep(1000);
  end();
  return 0;
}
`;

const usable = process.getuid?.() === 0 && hasTool('gcc');

describe.skipIf(!usable)('software events (need root and gcc)', () => {
  const shop = new Workshop();
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.run('gcc', '-O1', '-o', 'program', 'a.c');
  });
  afterAll(() => shop.close());

  it('are counted to the one', async () => {
    const path = shop.path('program');
    const query = `
      uprobe:${path}:begin { @n++; @on = @n; }
      uprobe:${path}:end { @on = 0; }
      software:page-faults:1 /pid == cpid && @on == 2/ { @faults = count(); }
      software:minor-faults:1 /pid == cpid && @on == 2/ { @minor = count(); }
      software:major-faults:1 /pid == cpid && @on == 2/ { @major = count(); }
      software:cpu-migrations:1 /pid == cpid && @on == 3/ { @moved = count(); }
      tracepoint:sched:sched_migrate_task /args.pid == cpid && @on == 3/ { @told = count(); }
      software:context-switches:1 /pid == cpid && @on == 4/ { @switches = count(); }
      software:alignment-faults:1, software:emulation-faults:1 /pid == cpid/ { @none = count(); }
      software:dummy:1, software:bpf-output:1 /pid == cpid/ { @none = count(); }
      END { clear(@n); clear(@on); }`;
    const { stdout, stderr } = await runCli(['run', '-q', '-c', path, '-e', query]);
    expect(stderr).toBe('');
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^@(\w+): (\d+)$/gm)].map(([, name, n]) => [name, Number(n)]),
    );
    expect(counts).toMatchObject({ faults: 1000, minor: 1000, major: 0, none: 0 });
    expect(counts['moved']).toBe(counts['told']);
    // Others may take its CPU besides.
    expect(counts['switches']).toBeGreaterThanOrEqual(15);
  });

  it('and timers know every unit', async () => {
    const periods = ['hz:50', 'ms:20', 'us:20000', '20ms', '20000us', '20000000'];
    const probes = periods.flatMap((period, at) => [
      `interval:${period} { @i${at} = count(); }`,
      `profile:${period} /cpu == 0/ { @p${at} = count(); }`,
    ]);
    const query = [...probes, 'interval:s:1 { exit(); }'].join('\n');
    const { stdout } = await runCli(['run', '-q', '-e', query]);
    const counts = [...stdout.matchAll(/^@([ip]\d): (\d+)$/gm)].map(([, , n]) => Number(n));
    expect(counts).toHaveLength(2 * periods.length);
    // 50 in a second; what a busy machine merges or adds is far from another unit.
    for (const count of counts) expect(count).toBeGreaterThan(5);
    for (const count of counts) expect(count).toBeLessThan(500);
  });
});
