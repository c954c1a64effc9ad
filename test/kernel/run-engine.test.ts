/** The engine against this kernel: one program for many askers, steps that add up, nothing left behind. */
import { afterEach, describe, expect, it } from 'vitest';
import { Engine, hostTarget } from '@bpfscope/agent/engine';
import { possibleCpus } from '@bpfscope/native/procfs';
import { listPrograms } from '@bpfscope/native/prog';
import { backgroundCloses, openHandles } from '@bpfscope/native/sys';
import type { Answer, EventOutput, HistogramOutput, NumberOutput, Output } from '@bpfscope/agent/protocol';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { DD, DD_PATH, run } from './cli.ts';

const root = process.getuid?.() === 0;
const BLOCKS = 512_000;
const dd = (count: number): Promise<number | null> =>
  run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${count}`, 'status=none']);

let engine: Engine;
const open = (stepMs = 100): Engine => (engine = new Engine({ target: hostTarget, stepMs }));

async function start(query: string, stepMs = 100): Promise<string> {
  const result = await open(stepMs).start({ query });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.run.id;
}

/** Waits for the sample that comes after now. */
function nextSample(id: string): Promise<void> {
  return new Promise((resolve) => {
    const leave = engine.watch(id, () => {
      leave();
      resolve();
    });
  });
}

const whole = (id: string, step?: number): Answer => {
  const to = Date.now() + 60_000;
  return engine.answer(id, { from: to - 120_000, to, ...(step === undefined ? {} : { step }) });
};

const sum = (values: readonly unknown[]): number =>
  values.reduce<number>((total, value) => total + Number(value ?? 0), 0);

type OfKind<K extends Output['kind']> = K extends 'histogram'
  ? HistogramOutput
  : K extends 'events'
    ? EventOutput
    : NumberOutput;

function output<K extends Output['kind']>(
  answer: { readonly outputs: readonly Output[] },
  name: string,
  kind: K,
): OfKind<K> {
  const found = answer.outputs.find((candidate) => candidate.name === name && candidate.kind === kind);
  if (found === undefined)
    throw new Error(`no ${kind} ${name} in ${JSON.stringify(answer.outputs.map((o) => [o.name, o.kind]))}`);
  return found as OfKind<K>;
}

describe.skipIf(!root)('the engine (needs root)', () => {
  afterEach(async () => {
    engine.close();
    await backgroundCloses();
    expect(openHandles()).toEqual([]);
  });

  it.skipIf(!hasTool('gcc') || process.arch !== 'x64')('counts stacks that end too early, and says why', async () => {
    const shop = new Workshop();
    try {
      // Puts something else where the frame pointer would be, as compilers do.
      shop.write(
        'a.c',
        `int main(void) {
          for (int i = 0; i < 50; i++) {
            long answer = 110; // getppid
            __asm__ volatile("push %%rbp; xor %%ebp, %%ebp; syscall; pop %%rbp" : "+a"(answer) :: "rcx", "r11", "memory");
          }
        }`,
      );
      shop.run('gcc', '-O1', '-o', 'early', 'a.c');
      const id = await start('tracepoint:syscalls:sys_enter_getppid /comm == "early"/ { @[ustack] = count(); }');
      await run(shop.path('early'), []);
      await nextSample(id);
      const notice = whole(id).notices.find(({ code }) => code === 'stacks-broken');
      expect(notice?.text).toMatch(
        /^50 samples with a user stack that ends after one frame: \S+\/early keeps no frame/,
      );
    } finally {
      shop.close();
    }
  });

  it('gives every write of dd in the sum of its steps, fine and coarse', async () => {
    const id = await start(
      `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @n[comm] = count(); @h = hist(args.count); @s = stats(args.count); }`,
    );
    await dd(BLOCKS);
    await nextSample(id);
    for (const step of [100, 300, 5000]) {
      const answer = whole(id, step);
      expect(answer.lost).toEqual({ events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 });
      const counter = output(answer, '@n', 'counter');
      expect(counter.keys).toEqual([{ name: 'comm', type: 'string' }]);
      expect(counter.series.map(({ key, values }) => [key, sum(values)])).toEqual([[[DD], BLOCKS]]);
      const histogram = output(answer, '@h', 'histogram');
      expect(histogram.buckets).toEqual([{ lower: 1, upper: 2 }]);
      expect(sum(histogram.series[0]?.counts[0] ?? [])).toBe(BLOCKS);
      const average = output(answer, '@s', 'average');
      expect([sum(average.series[0]?.values ?? []), sum(average.series[0]?.counts ?? [])]).toEqual([BLOCKS, BLOCKS]);
      expect(counter.times.every((time) => time % step === 0)).toBe(true);
    }
    expect(sum(totalOf(id, '@n'))).toBe(BLOCKS);
  });

  const totalOf = (id: string, name: string): unknown[] => {
    const found = engine.totals(id).find((candidate) => candidate.name === name);
    return found?.kind === 'counter' ? found.series.flatMap(({ values }) => values) : [];
  };

  // A program that has just found an element when clear() removes it still adds to it: one update for each CPU and clear
  // can go missing, in bpftrace too. Nothing may count twice.
  it('counts across the clears of the program itself', async () => {
    const id = await start(
      `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @n[comm] = count(); } interval:ms:50 { print(@n); clear(@n); @clears++; }`,
    );
    await dd(BLOCKS);
    await nextSample(id);
    const answer = whole(id);
    const counted = sum(output(answer, '@n', 'counter').series.flatMap(({ values }) => values));
    const clears = Number(output(answer, '@clears', 'gauge').series[0]?.values.findLast((value) => value !== null));
    expect(clears).toBeGreaterThan(5);
    expect(counted).toBeLessThanOrEqual(BLOCKS);
    expect(BLOCKS - counted).toBeLessThanOrEqual(clears * possibleCpus());
  });

  it('leaves gaps where nothing was collected and zeros where nothing happened', async () => {
    const id = await start('tracepoint:syscalls:sys_enter_write /comm == "nobody"/ { @ = count(); }');
    await nextSample(id);
    const { times, series } = output(whole(id), '@', 'counter');
    const collected = series[0]?.values.filter((value) => value !== null) ?? [];
    expect(collected.length).toBeGreaterThan(0);
    expect(collected.length).toBeLessThan(times.length);
    expect(collected.every((value) => value === 0)).toBe(true);
  });

  it('loads one program for 50 identical starts', async () => {
    open();
    const before = listPrograms().length;
    const query = 'tracepoint:syscalls:sys_enter_getppid { @ = count(); }';
    const starts = Array.from({ length: 50 }, (_, index) =>
      engine.start({ query: `${' '.repeat(index % 3)}${query} // asker ${index}` }),
    );
    const results = await Promise.all(starts);
    expect(new Set(results.map((result) => (result.ok ? result.run.id : 'refused'))).size).toBe(1);
    expect(results.filter((result) => result.ok && result.fresh).length).toBe(1);
    expect(listPrograms().length - before).toBe(1);
  });

  it('goes on while the kernel verifies for long, and loads what is asked for twice once', async () => {
    open();
    const step = ['$a += 1', '$b += 3', '$c += 1', '$d += 1'].map((change) => `if (rand % 2) { ${change}; }`);
    const slow = `BEGIN { $a = (uint64)0; $b = $a; $c = $a; $d = $a; unroll(18) { ${step.join(' ')} }
      if ($a == 5 && $b == 7 && $c == 9 && $d == 10) { @ = $a; } } interval:s:60 {}`;
    const order: string[] = [];
    const first = engine.start({ query: slow }).finally(() => order.push('slow'));
    const second = engine.start({ query: slow }).finally(() => order.push('slow'));
    const quick = await engine.start({ query: 'interval:s:60 { @ = count(); }' }).finally(() => order.push('quick'));
    const slows = await Promise.all([first, second]);
    expect(order).toEqual(['quick', 'slow', 'slow']);
    const cost = slows.map((result) => (result.ok ? result.run.cost.loadMs : null));
    expect(cost[0]).toBeGreaterThan((quick.ok ? quick.run.cost.loadMs : Infinity) * 10);
    expect(slows.map((result) => result.ok && result.fresh)).toEqual([true, false]);
    expect(engine.list().length).toBe(2);
  });

  it('leaves nothing of what loads while it is closed', async () => {
    open();
    const starting = engine.start({ query: 'interval:s:60 { @ = count(); }' });
    engine.close();
    await expect(starting).rejects.toThrow('stopping');
  });

  it('keeps the extremes of each step', async () => {
    const id = await start(
      `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @lo[comm] = min(args.count); @hi = max(args.count); }`,
    );
    await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=7', 'count=100', 'status=none']);
    await nextSample(id);
    await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=900', 'count=100', 'status=none']);
    await nextSample(id);
    const answer = whole(id);
    // A step may end while dd writes: the next one then has the same extreme of its own.
    const seen = (kind: 'minimum' | 'maximum', name: string): unknown[] =>
      (output(answer, name, kind).series[0]?.values ?? [])
        .filter((value) => value !== null)
        .filter((value, index, all) => value !== all[index - 1]);
    expect(seen('minimum', '@lo')).toEqual([7, 900]);
    expect(seen('maximum', '@hi')).toEqual([7, 900]);
  });

  it('loses no extreme that comes while it is read', async () => {
    const id = await start(
      `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @lo = min(-args.count); @hi = max(args.count); @of[comm] = max(args.count); }`,
    );
    for (let size = 1; size <= 300; size++) {
      let isRunning = true;
      const ended = run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', `bs=${size}`, 'count=1', 'status=none']).then(
        () => (isRunning = false),
      );
      while (isRunning) {
        engine.totals(id);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await ended;
      const totals = { outputs: engine.totals(id) };
      const last = (name: string, kind: 'minimum' | 'maximum') => output(totals, name, kind).series[0]?.values.at(-1);
      expect([last('@lo', 'minimum'), last('@hi', 'maximum'), last('@of', 'maximum')]).toEqual([-size, size, size]);
    }
  });

  it('gives events as rows with typed columns', async () => {
    const id = await start('BEGIN { printf("%s %d\\n", comm, 1 << 40); print((n=5, who="me")); } interval:s:60 {}');
    await nextSample(id);
    const answer = whole(id);
    const events = output(answer, 'printf', 'events');
    expect(events.rows.map(({ values }) => values[1])).toEqual([2 ** 40]);
    expect(events.columns[0]).toEqual({ name: 'comm', type: 'string' });
    const records = output(answer, 'print1', 'events');
    expect(records.columns).toEqual([
      { name: 'n', type: 'number' },
      { name: 'who', type: 'string' },
    ]);
    expect(records.rows.map(({ values }) => values)).toEqual([[5, 'me']]);
  });

  it('answers on after the query ended by itself', async () => {
    const id = await start('BEGIN { @x = 3; exit(); }');
    await engine.sampled(id, 5000);
    expect(engine.get(id)?.state).toBe('ended');
    const { series } = output(whole(id), '@x', 'gauge');
    expect(series[0]?.values.filter((value) => value !== null)).toEqual([3]);
  });

  it('refuses what is wrong as data, and harms nobody', async () => {
    open();
    const wrong = await engine.start({ query: 'tracepoint:no:such { @ = count(); }' });
    expect(wrong.ok).toBe(false);
    expect(wrong.diagnostics.length).toBeGreaterThan(0);
    expect(engine.list()).toEqual([]);
    expect(engine.check('BEGIN { @x = ; }').ok).toBe(false);
    expect(engine.check('tracepoint:sched:sched_switch { @ = hist(pid); }')).toMatchObject({
      ok: true,
      probeCount: 1,
      outputs: [{ name: '@', kind: 'histogram' }],
    });
  });

  it('says what a full map refused and which series it left out', async () => {
    const id = await start('BEGIN { for ($i : 0..10000) { @m[$i] = count(); } } interval:s:60 {}');
    await nextSample(id);
    const answer = whole(id);
    expect(answer.lost.mapUpdates).toBe(10_000 - 4096);
    expect(output(answer, '@m', 'counter').series.length).toBe(1000);
    expect(answer.notices.map(({ code }) => code).sort()).toEqual(['map-full', 'series-cut']);
    expect(engine.get(id)?.lost?.mapUpdates).toBe(10_000 - 4096);
  });

  it('measures what a run costs', async () => {
    const query = `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @ = count(); }`;
    const unmeasured = await start(query);
    expect(engine.get(unmeasured)?.cost.runs).toBe(null);
    engine.close();
    engine = new Engine({ target: hostTarget, stepMs: 100, runStatistics: true });
    const result = await engine.start({ query });
    const id = result.ok ? result.run.id : '';
    await dd(10_000);
    const cost = engine.get(id)?.cost;
    expect(cost?.runs).toBeGreaterThanOrEqual(10_000);
    expect(cost?.nanoseconds).toBeGreaterThan(10_000);
    engine.stop(id);
    expect(engine.get(id)?.cost.runs).toBeGreaterThanOrEqual(cost?.runs ?? Infinity);
  });

  it('forgets the oldest of the largest runs when all together hold too much', async () => {
    engine = new Engine({ target: hostTarget, stepMs: 100, memoryBytes: 100_000 });
    const big = await engine.start({ query: 'interval:ms:20 { for ($i : 0..500) { @m[$i] = count(); } }' });
    const small = await engine.start({ query: 'interval:ms:20 { @ = count(); }' });
    const [bigId, smallId] = [big, small].map((result) => (result.ok ? result.run.id : ''));
    if (bigId === undefined || smallId === undefined) throw new Error('not started');
    const cut = (id: string): boolean => whole(id).notices.some(({ code }) => code === 'history-cut');
    await expect.poll(() => cut(bigId), { timeout: 5000 }).toBe(true);
    expect(cut(smallId)).toBe(false);
    const kept = output(whole(bigId), '@m', 'counter').series[0]?.values.filter((value) => value !== null) ?? [];
    expect(kept.length).toBeLessThan(4);
    expect(kept.length).toBeGreaterThan(0);
  });

  it('lets a run go when its lease ends', async () => {
    open();
    const before = listPrograms().length;
    const result = await engine.start({ query: 'interval:s:100 { @ = count(); }', leaseSeconds: 0.2 });
    expect(result.ok).toBe(true);
    await expect.poll(() => engine.list().length, { timeout: 5000 }).toBe(0);
    await expect.poll(() => listPrograms().length, { timeout: 5000 }).toBe(before);
  });
});
