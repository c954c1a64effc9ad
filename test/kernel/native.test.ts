import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ElfFile, ElfSymbols } from '@bpfscope/native/elf';
import { findBtfIds, has, probe, probeAll } from '@bpfscope/native/features';
import * as link from '@bpfscope/native/link';
import { BpfMap, listMaps } from '@bpfscope/native/map';
import type { MapSpec } from '@bpfscope/native/map';
import { onlineCpus, readMemoryMap } from '@bpfscope/native/procfs';
import { enableRunStatistics, listPrograms, patchMaps, Program, VerifierError } from '@bpfscope/native/prog';
import type { LoadOptions, ProgramSpec } from '@bpfscope/native/prog';
import { RingBuffer, RingPoller } from '@bpfscope/native/ringbuf';
import { addressOf, openHandles, Scope } from '@bpfscope/native/sys';
import { AttachType, BPF_F_MMAPABLE, BPF_F_NO_PREALLOC, MapType, ProgType } from '@bpfscope/native/uapi';
import { add, assemble, call, COOKIE, COUNTER, exit, jumpIfBelow, jumpIfEqual, move, SEND } from './native-programs.ts';

const root = process.getuid?.() === 0;
let scope: Scope;

beforeEach(() => {
  scope = new Scope();
});

afterEach(() => {
  scope.close();
  expect(openHandles()).toEqual([]);
});

const createMap = (spec: Partial<MapSpec> & { type: number }): BpfMap =>
  scope.add(BpfMap.create({ name: 'test', keySize: 4, valueSize: 8, maxEntries: 1, flags: 0, ...spec }));

const counterMap = (): BpfMap => createMap({ type: MapType.BPF_MAP_TYPE_ARRAY, valueSize: 16, flags: BPF_F_MMAPABLE });

const loadProgram = (
  type: number,
  code: { instructions: Uint8Array; references: readonly { instruction: number; map: number; use: 'fd' | 'value' }[] },
  maps: readonly BpfMap[],
  more: Partial<ProgramSpec> = {},
): Program =>
  scope.add(
    Program.load({ name: 'test', type, instructions: patchMaps(code.instructions, code.references, maps), ...more }),
  );

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

/** Resolves when the condition holds; the kernel's timers and rings have no event that we could wait for. */
const until = async (condition: () => boolean, ms = 5000): Promise<void> => {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

describe.skipIf(!root)('native on this kernel (needs root)', () => {
  describe('maps', () => {
    it('reads and writes elements', () => {
      const map = createMap({ type: MapType.BPF_MAP_TYPE_HASH, maxEntries: 10 });
      expect(map.lookup(u32(1))).toBeNull();
      map.update(u32(1), u64(5n));
      expect(map.lookup(u32(1))).toEqual(u64(5n));
      expect(map.delete(u32(1))).toBe(true);
      expect(map.delete(u32(1))).toBe(false);
      expect(map.nextKey(null)).toBeNull();
    });

    it.each([
      ['hash', MapType.BPF_MAP_TYPE_HASH, 0],
      ['hash without preallocation', MapType.BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC],
      ['per-CPU hash', MapType.BPF_MAP_TYPE_PERCPU_HASH, 0],
      ['LRU hash', MapType.BPF_MAP_TYPE_LRU_HASH, 0],
    ])('reads and drains a whole %s', (_, type, flags) => {
      const count = 5000;
      const map = createMap({ type, maxEntries: count * 2, flags });
      for (let i = 0; i < count; i++) {
        const value = new Uint8Array(map.readSize);
        new DataView(value.buffer).setBigUint64(map.readSize - 8, BigInt(i) * 3n, true);
        map.update(u32(i), value);
      }
      for (const entries of [map.entries(), map.drain()]) {
        expect(entries.count).toBe(count);
        const keys = new Set<number>();
        const words = new DataView(entries.keys.buffer, entries.keys.byteOffset);
        const values = new DataView(entries.values.buffer, entries.values.byteOffset);
        let wrong = 0;
        for (let i = 0; i < count; i++) {
          const key = words.getUint32(i * 4, true);
          keys.add(key);
          if (values.getBigUint64((i + 1) * map.readSize - 8, true) !== BigInt(key) * 3n) wrong++;
        }
        expect(wrong).toBe(0);
        expect(keys.size).toBe(count);
      }
      expect(map.entries().count).toBe(0);
    });

    it('sees an array as memory', () => {
      const map = createMap({ type: MapType.BPF_MAP_TYPE_ARRAY, valueSize: 12, maxEntries: 3, flags: BPF_F_MMAPABLE });
      map.update(u32(2), new Uint8Array(12).fill(7));
      const memory = new Uint8Array(map.memory());
      expect(memory[2 * 16 + 11]).toBe(7);
      map.clear();
      expect(memory[2 * 16 + 11]).toBe(0);
    });

    it('fills and freezes', () => {
      const contents = new TextEncoder().encode('hello');
      const map = createMap({ type: MapType.BPF_MAP_TYPE_ARRAY, contents, frozen: true });
      expect(Buffer.from(map.lookup(u32(0)) ?? []).toString('latin1', 0, 5)).toBe('hello');
      expect(() => map.update(u32(0), u64(1n))).toThrow(/EPERM/);
    });

    it('walks key by key what has no batches', () => {
      const map = createMap({ type: MapType.BPF_MAP_TYPE_STACK_TRACE, valueSize: 8 * 16, maxEntries: 8 });
      expect(map.entries().count).toBe(0);
    });

    it('is in the list of the kernel while open', () => {
      const map = createMap({ type: MapType.BPF_MAP_TYPE_HASH, name: 'listed_map' });
      const { id } = map;
      expect(listMaps().find((each) => each.id === id)).toMatchObject({ name: 'listed_map', keySize: 4, valueSize: 8 });
      map.close();
      expect(listMaps().some((each) => each.id === id)).toBe(false);
    });
  });

  describe('programs', () => {
    it('keeps the verifier log of a refusal', () => {
      const bad = { name: 'bad', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, instructions: assemble(exit) };
      let error: unknown;
      try {
        Program.load(bad);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(VerifierError);
      expect(error).toMatchObject({ code: 'EACCES', reason: 'R0 !read_ok', instruction: 0 });
    });

    it('says beside the event loop what it says at once', async () => {
      const bad = { name: 'bad', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, instructions: assemble(exit) };
      await expect(Program.loadInBackground(bad)).rejects.toMatchObject({ code: 'EACCES', reason: 'R0 !read_ok' });
      const none = { ...bad, type: 9999 };
      await expect(Program.loadInBackground(none)).rejects.toMatchObject({ code: 'EINVAL', log: '' });
      const good = { ...bad, instructions: assemble(move(0, 0), exit) };
      const loaded = await Promise.all(Array.from({ length: 20 }, () => Program.loadInBackground(good)));
      expect(new Set(loaded.map(({ id }) => id)).size).toBe(20);
      loaded.forEach((program) => program.close());
    });

    const refusalOf = (instructions: Uint8Array, options: LoadOptions = {}): VerifierError => {
      try {
        scope.add(Program.load({ name: 'bad', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, instructions }, options));
      } catch (error) {
        if (error instanceof VerifierError) return error;
        throw error;
      }
      throw new Error('the verifier accepted it');
    };

    it('keeps reason, error number and place of a refusal whose log is larger than any first buffer', () => {
      const moves = Array.from({ length: 20_000 }, (_, index) => move(1, index));
      expect(refusalOf(assemble(...moves, exit))).toMatchObject({
        code: 'EACCES',
        reason: 'R0 !read_ok',
        instruction: 20_000,
      });
    });

    it('asks only for the reason where every step would take the verifier too long', () => {
      // A loop in which each round doubles the number of states: r6 counts the rounds that took a branch.
      const random = 7;
      const loop = [call(random), jumpIfEqual(0, 0, 1), add(6, 1), add(8, 1), jumpIfBelow(8, 100_000, -5)];
      const error = refusalOf(assemble(move(6, 0), move(8, 0), ...loop, move(0, 0), exit), { stepsWithinMs: 0 });
      expect(error.reason).toMatch(/too complex|too large/);
      expect(error.code).not.toBe('ENOSPC');
      expect(error.log).not.toMatch(/^\d+: \(/m);
    });

    it('gives the log of an accepted program when asked', () => {
      const spec = { name: 'good', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, instructions: assemble(move(0, 0), exit) };
      const program = scope.add(Program.load(spec, { logLevel: 2 }));
      expect(program.log).toContain('exit');
      expect(program.info()).toMatchObject({ name: 'good', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, id: program.id });
      expect(listPrograms().some(({ id }) => id === program.id)).toBe(true);
    });

    it('runs once, and measures runs', () => {
      const map = counterMap();
      scope.add(enableRunStatistics());
      const program = loadProgram(ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, COUNTER, [map]);
      for (let i = 0; i < 10; i++) program.testRun();
      expect(new BigUint64Array(map.memory(), 0, 1)[0]).toBe(10n);
      const xdp = loadProgram(ProgType.BPF_PROG_TYPE_XDP, COUNTER, [map]);
      xdp.testRun({ data: new Uint8Array(64), repeat: 1000 });
      expect(new BigUint64Array(map.memory(), 0, 1)[0]).toBe(1010n);
    });
  });

  describe('links', () => {
    const count = (map: BpfMap): bigint => new BigUint64Array(map.memory(), 0, 1)[0] ?? 0n;
    const cookie = (map: BpfMap): bigint => new BigUint64Array(map.memory(), 8, 1)[0] ?? 0n;

    it('tracepoint, with cookie', () => {
      const map = counterMap();
      const id = Number(readFileSync('/sys/kernel/tracing/events/sched/sched_process_exec/id', 'utf8'));
      const program = loadProgram(ProgType.BPF_PROG_TYPE_TRACEPOINT, has('perf_link') ? COOKIE : COUNTER, [map]);
      const site = { category: 'sched', event: 'sched_process_exec', id };
      const attached = scope.add(
        link.attachTracepoint(program, site, has('perf_link') ? { cookie: 0x1234_5678_9abc_def0n } : {}),
      );
      execFileSync('/bin/true');
      expect(count(map)).toBeGreaterThanOrEqual(1n);
      if (has('perf_link')) expect(cookie(map)).toBe(0x1234_5678_9abc_def0n);
      attached.close();
      attached.close();
      const before = count(map);
      execFileSync('/bin/true');
      expect(count(map)).toBe(before);
    });

    it('detaches in the background', async () => {
      const map = counterMap();
      const id = Number(readFileSync('/sys/kernel/tracing/events/sched/sched_process_exec/id', 'utf8'));
      const program = loadProgram(ProgType.BPF_PROG_TYPE_TRACEPOINT, COUNTER, [map]);
      const attached = link.attachTracepoint(program, { category: 'sched', event: 'sched_process_exec', id });
      const done = attached.closeInBackground();
      expect(openHandles().some((what) => what.includes('sched_process_exec'))).toBe(true);
      await done;
      const before = count(map);
      execFileSync('/bin/true');
      expect(count(map)).toBe(before);
    });

    it('raw tracepoint', () => {
      const map = counterMap();
      const program = loadProgram(ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, COUNTER, [map]);
      scope.add(link.attachRawTracepoint(program, 'sched_process_exec'));
      execFileSync('/bin/true');
      expect(count(map)).toBeGreaterThanOrEqual(1n);
    });

    it('raw tracepoint by BTF', ({ skip }) => {
      const { available, reason } = probe('raw_tracepoint_btf');
      if (!available) skip(reason);
      const map = counterMap();
      const attachBtfId = findBtfIds(['btf_trace_sched_process_exec']).get('btf_trace_sched_process_exec') ?? null;
      const program = loadProgram(ProgType.BPF_PROG_TYPE_TRACING, COUNTER, [map], {
        expectedAttachType: AttachType.BPF_TRACE_RAW_TP,
        attachBtfId,
      });
      scope.add(link.attachByBtf(program, 'sched_process_exec'));
      execFileSync('/bin/true');
      expect(count(map)).toBeGreaterThanOrEqual(1n);
    });

    it('profile on every CPU at a frequency, interval on one by period', async () => {
      const map = counterMap();
      const program = loadProgram(ProgType.BPF_PROG_TYPE_PERF_EVENT, COUNTER, [map]);
      const profile = scope.add(link.attachProfile(program, { hz: 500 }, onlineCpus()));
      await until(() => count(map) >= 10n);
      profile.close();
      const before = count(map);
      scope.add(link.attachInterval(program, { periodNs: 1_000_000n }, 0));
      await until(() => count(map) >= before + 10n);
    });

    it('software event', async () => {
      const map = counterMap();
      const program = loadProgram(ProgType.BPF_PROG_TYPE_PERF_EVENT, COUNTER, [map]);
      const event = { kind: 'software' as const, config: 2, count: 1n, name: 'page-faults' };
      scope.add(link.attachCounter(program, event, onlineCpus()));
      execFileSync('/bin/true');
      expect(count(map)).toBeGreaterThan(10n);
    });

    describe('user functions', () => {
      /** Called exactly once by each os.hostname() and os.uptime(). */
      const offsets = ((): { gethostname: number; uptime: number } => {
        const file = ElfFile.open(process.execPath);
        const symbols = new ElfSymbols(file);
        const offset = (name: string): number => file.offsetOf(symbols.find(name)[0]?.address ?? 0) ?? 0;
        const found = { gethostname: offset('uv_os_gethostname'), uptime: offset('uv_uptime') };
        file.close();
        return found;
      })();
      const path = process.execPath;

      it.each([
        ['uprobe', false, process.pid],
        ['uprobe of all processes', false, null],
        ['uretprobe', true, process.pid],
      ])('%s', (_, onReturn, pid) => {
        const map = counterMap();
        const program = loadProgram(ProgType.BPF_PROG_TYPE_KPROBE, COOKIE, [map]);
        const site = { path, offset: offsets.gethostname, return: onReturn, pid };
        scope.add(link.attachUprobe(program, site, { cookie: 99n }));
        for (let i = 0; i < 10; i++) hostname();
        expect(count(map)).toBe(10n);
        expect(cookie(map)).toBe(99n);
      });

      it.each([false, true])('many at once, return: %s', (onReturn) => {
        const { available, reason } = probe('uprobe_multi');
        if (!available) return expect(reason).not.toBe('');
        const map = counterMap();
        const program = loadProgram(ProgType.BPF_PROG_TYPE_KPROBE, COOKIE, [map], {
          expectedAttachType: AttachType.BPF_TRACE_UPROBE_MULTI,
        });
        const sites = { path, offsets: [offsets.gethostname, offsets.uptime], cookies: [5n, 6n], return: onReturn };
        scope.add(link.attachUprobeMulti(program, { ...sites, pid: process.pid }));
        hostname();
        expect([count(map), cookie(map)]).toEqual([1n, 5n]);
        uptime();
        expect([count(map), cookie(map)]).toEqual([2n, 6n]);
      });

      it('raises a semaphore while attached', () => {
        // Any two bytes of a writable file mapping will do for the kernel: the end of our own .data.
        const file = ElfFile.open(path);
        const data = file.sections.find(({ name }) => name === '.data');
        file.close();
        const semaphoreOffset = (data?.offset ?? 0) + (data?.size ?? 0) - 2;
        const range = readMemoryMap(process.pid)?.find(
          (each) =>
            each.path === path &&
            each.offset <= semaphoreOffset &&
            semaphoreOffset < each.offset + each.end - each.start &&
            each.writable,
        );
        expect(range).toBeDefined();
        const read = (): number => {
          const fd = openSync('/proc/self/mem', 'r');
          const bytes = Buffer.alloc(2);
          readSync(fd, bytes, 0, 2, (range?.start ?? 0) + semaphoreOffset - (range?.offset ?? 0));
          closeSync(fd);
          return bytes.readUInt16LE();
        };
        const before = read();
        const program = loadProgram(ProgType.BPF_PROG_TYPE_KPROBE, COUNTER, [counterMap()]);
        const site = { path, offset: offsets.gethostname, return: false, pid: process.pid, semaphoreOffset };
        const attached = scope.add(link.attachUprobe(program, site));
        expect(read()).toBe(before + 1);
        attached.close();
        expect(read()).toBe(before);
      });

      it('refuses a file that is not there, in words', () => {
        const program = loadProgram(ProgType.BPF_PROG_TYPE_KPROBE, COUNTER, [counterMap()]);
        const site = { path: '/no/such/file', offset: 16, return: false, pid: null };
        expect(() => link.attachUprobe(program, site)).toThrow(
          /open uprobe \/no\/such\/file:0x10: there is no such file/,
        );
      });
    });

    it('watchpoint', () => {
      const map = counterMap();
      const memory = new BigUint64Array(new SharedArrayBuffer(64));
      const program = loadProgram(ProgType.BPF_PROG_TYPE_PERF_EVENT, COUNTER, [map]);
      const watchpoint = { address: BigInt(addressOf(memory)), length: 8 as const, mode: 'w' };
      const attached = scope.add(link.attachWatchpoint(program, watchpoint, { pid: process.pid }));
      for (let i = 1; i <= 5; i++) Atomics.store(memory, 0, BigInt(i));
      attached.close();
      expect(count(map)).toBe(5n);
    });

    it('iterator', ({ skip }) => {
      const { available, reason } = probe('iter');
      if (!available) skip(reason);
      const map = counterMap();
      const attachBtfId = findBtfIds(['bpf_iter_task']).get('bpf_iter_task') ?? null;
      const program = loadProgram(ProgType.BPF_PROG_TYPE_TRACING, COUNTER, [map], {
        expectedAttachType: AttachType.BPF_TRACE_ITER,
        attachBtfId,
      });
      const iterator = scope.add(link.Iterator.attach(program, 'task'));
      expect(iterator.run().byteLength).toBe(0);
      expect(count(map)).toBeGreaterThan(10n);
    });
  });

  describe('ring buffer', () => {
    const send = (program: Program, value: number): number =>
      program.testRun({ context: u64(BigInt(value)) }).retval | 0;

    it('reads what was sent, in order, around the end of the ring', () => {
      const ring = createMap({ type: MapType.BPF_MAP_TYPE_RINGBUF, keySize: 0, valueSize: 0, maxEntries: 4096 });
      const program = loadProgram(ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, SEND, [ring]);
      const reader = scope.add(RingBuffer.open(ring));
      const seen: number[] = [];
      for (let round = 0; round < 7; round++) {
        for (let i = 0; i < 100; i++) expect(send(program, round * 100 + i)).toBe(0);
        expect(reader.pending).toBe(1600);
        const read = reader.drain((view, offset, length) => {
          expect(length).toBe(8);
          seen.push(view.getUint32(offset, true));
        });
        expect(read).toBe(100);
        expect(reader.pending).toBe(0);
      }
      expect(seen).toEqual(Array.from({ length: 700 }, (_, i) => i));
    });

    it('gives room back, and refuses records when full', () => {
      const ring = createMap({ type: MapType.BPF_MAP_TYPE_RINGBUF, keySize: 0, valueSize: 0, maxEntries: 4096 });
      const program = loadProgram(ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, SEND, [ring]);
      const reader = scope.add(RingBuffer.open(ring));
      let sent = 0;
      while (send(program, sent) === 0) sent++;
      expect(sent).toBe(255);
      expect(reader.drain(() => {}, 10)).toBe(10);
      expect(reader.drain(() => {})).toBe(245);
      expect(send(program, 0)).toBe(0);
    });

    it('wakes up by itself', async () => {
      const ring = createMap({ type: MapType.BPF_MAP_TYPE_RINGBUF, keySize: 0, valueSize: 0, maxEntries: 4096 });
      const program = loadProgram(ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, SEND, [ring]);
      const reader = scope.add(RingBuffer.open(ring));
      const poller = new RingPoller();
      const received = new Promise<number>((resolve) => {
        scope.defer(poller.add(reader, (view, offset) => resolve(view.getUint32(offset, true))));
      });
      send(program, 42);
      expect(await received).toBe(42);
    });
  });

  it('probes every feature without leaving anything behind', async () => {
    const left = (): number => listPrograms().filter(({ name }) => name === 'probe').length;
    const before = left();
    const features = probeAll();
    expect(features.filter(({ available, reason }) => !available && (reason ?? '') === '')).toEqual([]);
    for (const name of ['hash', 'ringbuf', 'raw_tracepoint', 'profile', 'helper:bpf_ktime_get_ns']) {
      expect(probe(name), name).toMatchObject({ available: true });
    }
    expect(probe('helper:bpf_sk_lookup_tcp').available).toBe(false);
    // The kernel frees a program some time after its last user is gone.
    await until(() => left() <= before);
    if (process.env['SHOW'] !== undefined) console.table(features);
  });
});
