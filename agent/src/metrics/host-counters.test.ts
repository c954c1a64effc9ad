import { describe, expect, it } from 'vitest';
import { HostCounters, type CounterMetric } from './host-counters.ts';

const SWITCHES: CounterMetric = {
  name: 'cpu.context-switches',
  unit: 'short',
  labels: [],
  counter: { file: '/proc/stat', pattern: '^ctxt (?<value>\\d+)', as: 'counter' },
};
const RUNNABLE: CounterMetric = {
  ...SWITCHES,
  name: 'runq.length',
  counter: { file: '/proc/stat', pattern: '^procs_running (?<value>\\d+)', as: 'gauge' },
};
const BYTES: CounterMetric = {
  name: 'net.bytes',
  unit: 'decbytes',
  labels: ['device'],
  counter: { file: '/proc/net/dev', pattern: '^ *(?<device>\\w+): *(?<value>\\d+)', as: 'counter', scale: 1 },
};

/** A /proc whose texts and clock the test sets. */
function host(): { counters: HostCounters; files: Record<string, string>; at: (ms: number) => void } {
  const files: Record<string, string> = {};
  let now = 0;
  const counters = new HostCounters({
    stepMs: 1000,
    historySeconds: 10,
    now: () => now,
    read: (path) => files[path] ?? '',
  });
  return { counters, files, at: (ms) => void (now = ms) };
}

const valuesOf = (counters: HostCounters, id: string, from: number, to: number, step?: number): unknown => {
  const output = counters.answer(id, { from, to, ...(step === undefined ? {} : { step }) })?.outputs[0];
  if (output === undefined || output.kind === 'histogram' || output.kind === 'events') throw new Error('no numbers');
  return output.series.map(({ key, values }) => [...key, ...values]);
};

describe('HostCounters', () => {
  it('gives the increase of each step, null where no sample was taken, and sums for coarser steps', () => {
    const { counters, files, at } = host();
    at(100_500);
    files['/proc/stat'] = 'cpu 1 2\nctxt 1000\nprocs_running 2\n';
    const { run, fresh } = counters.start(SWITCHES, null);
    expect(fresh).toBe(true);
    for (const [second, count] of [
      [101, 1010],
      [102, 1030],
      [104, 1100],
    ] as const) {
      at(second * 1000 + 2);
      files['/proc/stat'] = `ctxt ${count}\n`;
      counters.tick();
    }
    expect(valuesOf(counters, run.id, 100_000, 104_000)).toEqual([[10, 20, null, 70]]);
    expect(valuesOf(counters, run.id, 100_000, 104_000, 2000)).toEqual([[30, 70]]);
    expect(valuesOf(counters, run.id, 98_000, 104_000, 1500)).toEqual([[null, 30, 70]]);
    expect(counters.start(SWITCHES, null).fresh).toBe(false);
    counters.close();
  });

  it('keeps gauges as read, labels apart, and takes a counter that began anew as its increase', () => {
    const { counters, files, at } = host();
    at(200_000);
    files['/proc/stat'] = 'procs_running 3\n';
    files['/proc/net/dev'] = 'Inter-| x\n  lo: 10 1\neth0: 500 2\n';
    const gauge = counters.start(RUNNABLE, null).run;
    const bytes = counters.start(BYTES, null).run;
    at(201_000);
    files['/proc/stat'] = 'procs_running 5\n';
    files['/proc/net/dev'] = '  lo: 15 1\neth0: 7 2\n';
    counters.tick();
    expect(valuesOf(counters, gauge.id, 199_000, 201_000)).toEqual([[3, 5]]);
    expect(valuesOf(counters, bytes.id, 200_000, 201_000)).toEqual([
      ['lo', 5],
      ['eth0', 7],
    ]);
    expect([...(counters.totals(bytes.id) ?? [])]).toEqual([
      [['lo'], 15],
      [['eth0'], 7],
    ]);
    counters.close();
  });

  it('forgets a metric whose lease ended, and the oldest steps', () => {
    const { counters, files, at } = host();
    at(0);
    files['/proc/stat'] = 'ctxt 0\n';
    const leased = counters.start(SWITCHES, 5).run;
    for (let second = 1; second <= 5; second++) {
      at(second * 1000);
      files['/proc/stat'] = `ctxt ${second}\n`;
      counters.tick();
    }
    expect(counters.get(leased.id)).not.toBeNull();
    at(6000);
    counters.tick();
    expect(counters.get(leased.id)).toBeNull();

    const kept = counters.start(SWITCHES, null).run;
    for (let second = 7; second <= 30; second++) {
      at(second * 1000);
      counters.tick();
    }
    expect(valuesOf(counters, kept.id, 17_000, 21_000)).toEqual([[null, null, 0, 0]]);
    counters.close();
  });
});
