/** Events where the kernel has no ring buffer: perf's rings, by the library and by whole queries. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BpfMap } from '@bpfscope/native/map';
import { onlineCpus, possibleCpuCount } from '@bpfscope/native/procfs';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { PerfBuffer } from '@bpfscope/native/ringbuf';
import { openHandles, Scope } from '@bpfscope/native/sys';
import { instruction } from '@bpfscope/native/testing';
import { MapType, ProgType } from '@bpfscope/native/uapi';
import { DD, DD_PATH, runCli } from './cli.ts';
import { add, call, copy, exit, join, load, loadMap, move, storeRegister } from './native-programs.ts';

const root = process.getuid?.() === 0;
const RING_BYTES = 4 * 4096;
const PERF_EVENT_OUTPUT = 25;
/** r3 = 0xffffffff */
const CURRENT_CPU = instruction(0xb4, 3, 0, -1);

/** Sends the first context argument (u64) to this CPU's ring; returns 0, or a negative error when it is full. */
const SEND = {
  instructions: join(
    load(2, 1, 0),
    storeRegister(10, -8, 2),
    loadMap(2),
    CURRENT_CPU,
    copy(4, 10),
    add(4, -8),
    move(5, 8),
    call(PERF_EVENT_OUTPUT),
    exit,
  ),
  references: [{ instruction: 2, map: 0, use: 'fd' as const }],
};

describe.skipIf(!root)('perf rings (needs root)', () => {
  let scope: Scope;
  let reader: PerfBuffer;
  let program: Program;

  beforeEach(() => {
    scope = new Scope();
    const type = MapType.BPF_MAP_TYPE_PERF_EVENT_ARRAY;
    const maxEntries = possibleCpuCount();
    const map = scope.add(BpfMap.create({ name: 'events', type, keySize: 4, valueSize: 4, maxEntries, flags: 0 }));
    reader = scope.add(PerfBuffer.open(map, RING_BYTES * onlineCpus().length));
    const instructions = patchMaps(SEND.instructions, SEND.references, [map]);
    program = scope.add(Program.load({ name: 'send', type: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, instructions }));
  });

  afterEach(() => {
    scope.close();
    expect(openHandles()).toEqual([]);
  });

  const send = (value: number, cpu?: number): number => {
    const context = new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
    return program.testRun({ context, ...(cpu === undefined ? {} : { cpu }) }).retval | 0;
  };

  const received = (limit?: number): number[] => {
    const values: number[] = [];
    reader.drain((view, offset) => values.push(view.getUint32(offset, true)), limit);
    return values;
  };

  it('reads all CPUs as one, in the order of time, around the ends of the rings', () => {
    const cpus = onlineCpus();
    const seen: number[] = [];
    const rounds = 40;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < 100; i++) expect(send(round * 100 + i, cpus[i % cpus.length])).toBe(0);
      expect(reader.pending).toBeGreaterThan(0);
      const some = received(30);
      expect(some).toHaveLength(30);
      seen.push(...some, ...received());
      expect(reader.pending).toBe(0);
    }
    expect(seen).toEqual(Array.from({ length: rounds * 100 }, (_, i) => i));
    expect(reader.lost).toBe(0);
  });

  it('counts what was lost, to the one', () => {
    const [cpu = 0] = onlineCpus();
    const fill = (made: number): number =>
      Array.from({ length: made }, (_, i) => send(i, cpu)).filter((answer) => answer !== 0).length;
    let made = 0;
    let refused = 0;
    let got = 0;
    for (const count of [700, 1500, 20]) {
      made += count;
      refused += fill(count);
      got += received().length;
      // With the next record, the kernel says how many it had no room for.
      expect(send(0, cpu)).toBe(0);
      made++;
      got += received().length;
      expect(reader.lost).toBe(refused);
      expect(got + reader.lost).toBe(made);
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('goes on after a handler that throws', () => {
    for (let i = 0; i < 3; i++) send(i);
    expect(() =>
      reader.drain(() => {
        throw new Error('mistake');
      }),
    ).toThrow('mistake');
    expect(received()).toEqual([1, 2]);
  });
});

describe.skipIf(!root)('queries without a ring buffer (needs root)', () => {
  const env = { BPFSCOPE_WITHOUT: 'ringbuf' };
  const run = (query: string, ...options: string[]) => runCli(['run', '-q', ...options, '-e', query], { env });
  const dd = (count: number): string => `${DD_PATH} if=/dev/zero of=/dev/null bs=1 count=${count} status=none`;

  it('print every event, in order', async () => {
    const query =
      `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ ` +
      '{ @n++; printf("%d %s %d\\n", @n, comm, args.count); } begin { print(("first", 1)); } end { printf("end\\n"); }';
    const { stdout, stderr, code } = await run(query, '-c', dd(2000));
    expect([stderr, code]).toEqual(['', 0]);
    const lines = stdout.trimEnd().split('\n');
    const events = Array.from({ length: 2000 }, (_, i) => `${i + 1} ${DD} 1`);
    expect(lines.slice(0, 2002)).toEqual(['(first, 1)', ...events, 'end']);
  });

  it('lose nothing without saying so', async () => {
    const query = `config = { perf_rb_pages = 4 } tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @n++; printf("x%d\\n", @n); }`;
    const { stdout, stderr } = await run(query, '-c', dd(100_000));
    const received = stdout.split('\n').filter((line) => line.startsWith('x')).length;
    const lost = [...`${stdout}${stderr}`.matchAll(/Lost (\d+) events/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    expect(stdout).toContain('@n: 100000\n');
    expect(received + lost).toBe(100_000);
  });

  it('take long text, loops and errors at run time', async () => {
    const query =
      'begin { $s = "a text"; for ($i : 0..3) { printf("%d %s\\n", $i, $s); } @a[1] = 2; ' +
      'for ($kv : @a) { printf("%d=%d\\n", $kv.0, $kv.1); } @z = 0; printf("%d\\n", 5 / @z); delete(@a, 7); exit(3); }';
    const { stdout, stderr, code } = await run(query);
    expect(stdout).toContain('0 a text\n1 a text\n2 a text\n1=2\n');
    expect(stderr).toMatch(/WARNING: .*(zero|0)/i);
    expect(code).toBe(3);
  });
});
