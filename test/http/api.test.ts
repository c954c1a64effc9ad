/** The whole way over HTTP: a query in, the kernel's numbers out. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckAnswer } from '@bpfscope/agent/protocol';
import { Answer, Catalog, Health, ProbeSearch, TypeSearch, type NumberOutput } from '@bpfscope/agent/protocol';
import { Value } from 'typebox/value';
import { startAgent, type TestAgent } from './agent.ts';

const root = process.getuid?.() === 0;
const WRITES = 512_000;
const DD = ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${WRITES}`, 'status=none'];

/** Programs that this process holds: nothing is pinned, so that the kernel keeps no other. */
const programsHeld = (): string[] =>
  readdirSync('/proc/self/fdinfo').filter((fd) => {
    try {
      return /^prog_id:/m.test(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    } catch {
      return false;
    }
  });

const numbers = (answer: Answer, name = '@'): NumberOutput['series'] => {
  const output = answer.outputs.find((candidate) => candidate.name === name);
  if (output === undefined || output.kind === 'histogram' || output.kind === 'events')
    throw new Error(`no numbers in ${JSON.stringify(answer.outputs)}`);
  return output.series;
};

/** Time of the last step that was collected. */
const lastCollected = (answer: Answer): number => {
  const output = answer.outputs[0];
  if (output === undefined || output.kind === 'histogram' || output.kind === 'events') return 0;
  const at = output.series[0]?.values.findLastIndex((value) => value !== null) ?? -1;
  return output.times[at] ?? 0;
};

const total = (values: readonly unknown[]): number =>
  values.reduce((sum: number, value) => sum + Number(value ?? 0), 0);

describe.skipIf(!root)('the API on a live kernel (needs root)', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startAgent({ alwaysOn: false });
  });
  afterAll(async () => {
    await agent.close();
    expect(programsHeld()).toEqual([]);
  });

  const read = async (subject: object, seconds = 60, more: object = {}): Promise<Answer> => {
    const now = Date.now();
    const { status, json, text } = await agent.call('query', {
      ...subject,
      from: now - seconds * 1000,
      to: now,
      ...more,
    });
    expect(status, text).toBe(200);
    expect([...Value.Errors(Answer, json)].slice(0, 3)).toEqual([]);
    return json as Answer;
  };

  it('counts the writes of dd exactly, summed over steps, at any step', async () => {
    // A name of its own: others may run dd on this machine just now.
    const folder = mkdtempSync(join(tmpdir(), 'bpfscope-dd-'));
    const name = `dd${process.pid}`;
    symlinkSync('/usr/bin/dd', join(folder, name));
    const query = `tracepoint:syscalls:sys_enter_write /comm == "${name}"/ { @[comm] = count(); }`;
    await read({ query }, 1, { wait: 3000 });
    expect(programsHeld().length).toBeGreaterThan(0);
    const dd = spawn(join(folder, name), DD, { stdio: 'ignore' });
    expect(await new Promise((resolve) => dd.once('exit', resolve))).toBe(0);
    rmSync(folder, { recursive: true });

    const end = Date.now();
    let answer = await read({ query });
    while (lastCollected(answer) < end) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      answer = await read({ query });
    }
    const [series] = numbers(answer);
    expect(series?.key).toEqual([name]);
    expect(total(series?.values ?? [])).toBe(WRITES);
    expect(answer.lost).toEqual({ events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 });
    // Only whole steps are answered: this one is under way.
    const coarse = await read({ query }, 60, { step: 10_000, to: Math.ceil(Date.now() / 10_000) * 10_000 });
    expect(coarse.step).toBe(10_000);
    expect(total(numbers(coarse)[0]?.values ?? [])).toBe(WRITES);
  });

  it('attaches the same query once for 50 who ask at once, and lists and stops it', async () => {
    const query = 'tracepoint:sched:sched_process_fork { @fifty = count(); }';
    const answers = await Promise.all(Array.from({ length: 50 }, () => read({ query })));
    const ids = new Set(answers.map(({ run }) => run.id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    const { json } = await agent.call('runs');
    expect(
      (json as { runs: { id: string; query: string }[] }).runs.filter((run) => run.query.includes('@fifty')),
    ).toHaveLength(1);
    expect((await agent.call(`runs/${id}`, undefined, 'DELETE')).status).toBe(204);
    const after = (await agent.call(`runs/${id}`)).json as { state: string };
    expect(after.state).toBe('ended');
  });

  it('gives histograms with contiguous buckets for a metric, named labels decoded', async () => {
    const answer = await read({ metric: 'bcc.runq.latency' }, 5, { wait: 3000 });
    expect(answer.run.metric).toBe('runq.latency');
    const [output, ...others] = answer.outputs;
    expect(others).toEqual([]);
    if (output?.kind !== 'histogram') throw new Error('no histogram');
    expect(output.unit).toBe('µs');
    for (const [index, bucket] of output.buckets.entries())
      if (index > 0) expect(bucket.lower).toBe(output.buckets[index - 1]?.upper);

    const names = await read({ metric: 'syscalls.by-name' }, 5, { wait: 3000 });
    const keys = numbers(names, names.outputs[0]?.name).map(({ key }) => key[0]);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^[a-z_0-9]+$/);
  });

  it('leaves out what a query keeps for itself, and says so', async () => {
    const query = `tracepoint:sched:sched_wakeup { @since[args.pid] = nsecs; }
      tracepoint:sched:sched_switch /@since[args.next_pid]/ {
        @waited = hist(nsecs - @since[args.next_pid]); delete(@since, args.next_pid);
      }`;
    const answer = await read({ query }, 5, { wait: 3000 });
    expect(answer.outputs.map(({ name }) => name)).toEqual(['@waited']);
    expect(answer.notices).toContainEqual(expect.objectContaining({ code: 'working-storage', severity: 'info' }));
  });

  it('says how much a full map refused, and harms no other query', async () => {
    const other = await read({ metric: 'syscalls.by-process' }, 5, { wait: 3000 });
    const query = 'tracepoint:raw_syscalls:sys_enter { @full[nsecs] = count(); }';
    let answer = await read({ query }, 5, { wait: 3000 });
    const end = Date.now() + 20_000;
    while (answer.lost.mapUpdates === 0 && Date.now() < end) answer = await read({ query }, 20);
    expect(answer.lost.mapUpdates).toBeGreaterThan(0);
    expect(answer.notices).toContainEqual(expect.objectContaining({ code: 'map-full', severity: 'warning' }));
    await agent.call(`runs/${answer.run.id}`, undefined, 'DELETE');
    const after = await read({ metric: 'syscalls.by-process' }, 5);
    expect(after.run).toMatchObject({ id: other.run.id, state: 'running' });
    expect(after.lost.mapUpdates).toBe(0);
  });

  it('reads metrics from /proc', async () => {
    await read({ metric: 'cpu.context-switches' });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const [series] = numbers(await read({ metric: 'cpu.context-switches' }, 3));
    expect(total(series?.values ?? [])).toBeGreaterThan(0);
  });

  it.each<[string, RegExp]>([
    ['tracepoint:sched:sched_switch { @ = count( }', /./],
    ['tracepoint:sched:no_such_event { @ = count(); }', /no_such_event/],
    ['tracepoint:sched:sched_switch { @ = sum(args.no_such_field); }', /no_such_field/],
    ['tracepoint:sched:sched_switch { @ = count(); @ = hist(1); }', /@/],
    ['system("id")', /./],
  ])('refuses %s with a place and words', async (query, words) => {
    const now = Date.now();
    const { status, json } = await agent.call('query', { query, from: now - 1000, to: now });
    expect(status).toBe(422);
    const { error } = json as { error: { code: string; message: string; diagnostics: { line: number }[] } };
    expect(error.code).toBe('query-invalid');
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^\d+:\d+: /);
    expect(error.diagnostics[0]?.line).toBeGreaterThan(0);
    const check = (await agent.call('check', { query })).json as CheckAnswer;
    expect(check.ok).toBe(false);
  });

  it('describes the host, its catalog, its probes and its types to the schemas', async () => {
    expect(Value.Check(Health, (await agent.call('health')).json)).toBe(true);
    const { json } = await agent.call('catalog');
    expect(Value.Check(Catalog, json)).toBe(true);
    const { json: probes } = await agent.call('probes?search=tracepoint:sched:sched_swi*');
    expect(Value.Check(ProbeSearch, probes)).toBe(true);
    expect(
      (probes as ProbeSearch).probes.find(({ name }) => name.endsWith(':sched_switch'))?.args.map(({ name }) => name),
    ).toContain('next_pid');
    const { json: types } = await agent.call('types?search=struct+task_struct');
    expect(Value.Check(TypeSearch, types)).toBe(true);
    expect((types as TypeSearch).types[0]?.members).toContainEqual({ name: 'mm', type: 'struct mm_struct *' });
    const { json: named } = await agent.call('types?search=struct+task_str*');
    expect((named as TypeSearch).types.map(({ name }) => name)).toContain('struct task_struct');
  });
});
