import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BpfMap } from '../map/map.ts';
import { attachByBtf, attachRawTracepoint } from '../link/raw-tracepoint.ts';
import { attachKprobeMulti } from '../link/kprobe-multi.ts';
import { attachProfile } from '../link/timer.ts';
import { attachTracepoint } from '../link/tracepoint.ts';
import { attachUprobeMulti } from '../link/uprobe-multi.ts';
import { Iterator } from '../link/iter.ts';
import { Program } from '../prog/program.ts';
import { VerifierError } from '../prog/verifier-error.ts';
import { RingBuffer } from '../ringbuf/ring.ts';
import { MapType } from '../uapi/map-type.ts';
import { ProgType } from '../uapi/prog-type.ts';
import { isErrno, SyscallError } from './error.ts';
import { FakeKernel } from './fake-kernel.ts';
import { FileDescriptor, openHandles, Scope } from './handle.ts';
import { installKernel } from './kernel.ts';
import type { SyscallName, Word } from './kernel.ts';
import { Layout } from './layout.ts';
import { forgetMemoryLock } from './memory-lock.ts';

let kernel: FakeKernel;
let restore: () => void;

beforeEach(() => {
  kernel = new FakeKernel();
  restore = installKernel(kernel);
});

afterEach(() => {
  restore();
  expect(openHandles()).toEqual([]);
});

const hash = (maxEntries: number): BpfMap =>
  BpfMap.create({ name: 'h', type: MapType.BPF_MAP_TYPE_HASH, keySize: 4, valueSize: 8, maxEntries, flags: 0 });
const ringMap = (size: number): BpfMap =>
  BpfMap.create({
    name: 'r',
    type: MapType.BPF_MAP_TYPE_RINGBUF,
    keySize: 0,
    valueSize: 0,
    maxEntries: size,
    flags: 0,
  });
const program = (): Program =>
  Program.load({ name: 'p', type: ProgType.BPF_PROG_TYPE_KPROBE, instructions: new Uint8Array(16) });
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

/** Everything that makes handles, once. */
const useEverything = (scope: Scope): void => {
  const map = scope.add(hash(8));
  map.update(u32(1), u64(1));
  map.entries();
  map.drain();
  map.clear();
  const ring = scope.add(ringMap(4096));
  scope.add(RingBuffer.open(ring));
  const p = scope.add(program());
  scope.add(attachTracepoint(p, { category: 'a', event: 'b', id: 1 }, { cookie: 7n }));
  scope.add(attachTracepoint(p, { category: 'a', event: 'b', id: 1 }));
  scope.add(attachProfile(p, { hz: 99 }, [0, 1, 2]));
  scope.add(attachRawTracepoint(p, 'x'));
  scope.add(attachByBtf(p, 'x'));
  scope.add(attachKprobeMulti(p, { symbols: ['a', 'b'], cookies: [1n, 2n], return: true }));
  scope.add(attachUprobeMulti(p, { path: '/x', offsets: [1, 2], return: false, pid: null }));
  const iterator = scope.add(Iterator.attach(p, 'task'));
  iterator.run();
};

describe('ownership', () => {
  it('leaves nothing open, whichever call fails and however', () => {
    const rehearsal = new Scope();
    useEverything(rehearsal);
    const calls = kernel.calls.length;
    rehearsal.close();
    expect(kernel.open.size).toBe(0);
    expect(calls).toBeGreaterThan(20);
    const errors = [-1, -4, -7, -11, -12, -16, -22, -28];
    for (let failing = 1; failing <= calls; failing++) {
      for (const error of errors) {
        restore();
        kernel = new FakeKernel();
        restore = installKernel(kernel);
        kernel.refuse = (_, number) => (number === failing ? error : 0);
        const scope = new Scope();
        try {
          useEverything(scope);
        } catch (thrown) {
          expect(thrown instanceof SyscallError || thrown instanceof VerifierError, String(thrown)).toBe(true);
        }
        scope.close();
        scope.close();
        const where = `call ${failing} (${kernel.calls[failing - 1]}) failed with ${error}`;
        expect([...kernel.open.values()], where).toEqual([]);
        expect([...kernel.mapped.keys()], where).toEqual([]);
        expect(openHandles(), where).toEqual([]);
      }
    }
  });

  it('closes in the background what it closes at once, in the same order', async () => {
    const order = async (close: (scope: Scope) => void | Promise<void>): Promise<number[]> => {
      restore();
      const closed: number[] = [];
      kernel = new FakeKernel();
      const base = 1_000_000;
      const counted = Object.assign(kernel, {
        syscallInBackground: async (name: SyscallName, args: readonly Word[]): Promise<number> => {
          expect([name, openHandles().length > 0]).toEqual(['close', true]);
          closed.push(Number(args[0]) - base);
          return kernel.syscall(name, args);
        },
      });
      const syscall = kernel.syscall.bind(kernel);
      kernel.syscall = (name, args) => {
        if (name === 'close' && !closed.includes(Number(args[0]) - base)) closed.push(Number(args[0]) - base);
        return syscall(name, args);
      };
      restore = installKernel(counted);
      const scope = new Scope();
      useEverything(scope);
      closed.length = 0;
      await close(scope);
      expect([kernel.open.size, kernel.mapped.size, openHandles()]).toEqual([0, 0, []]);
      return closed;
    };
    const atOnce = await order((scope) => scope.close());
    expect(await order((scope) => scope.closeInBackground())).toEqual(atOnce);
    expect(atOnce.length).toBeGreaterThan(10);
  });

  it('leaves nothing to close once the background has it', async () => {
    let closed = 0;
    let release = (): void => {};
    const wait = new Promise<void>((resolve) => (release = resolve));
    const member = { close: () => closed++, closeInBackground: () => wait };
    const scope = new Scope();
    for (let i = 0; i < 3; i++) scope.add(member);
    const done = scope.closeInBackground();
    scope.close();
    release();
    await done;
    expect(closed).toBe(0);
  });

  it('closes in reverse order, and all of it when one throws', () => {
    const closed: string[] = [];
    const scope = new Scope();
    scope.add({ close: () => closed.push('a') });
    scope.defer(() => {
      throw new Error('b');
    });
    scope.add({ close: () => closed.push('c') });
    expect(() => scope.close()).toThrow('b');
    expect(closed).toEqual(['c', 'a']);
  });

  it('does not give out a closed descriptor', () => {
    const fd = new FileDescriptor(kernel.syscall('perf_event_open', []), 'thing');
    expect(openHandles()).toEqual([`fd ${fd.number}: thing`]);
    fd.close();
    fd.close();
    expect(() => fd.number).toThrow('thing is closed');
    expect(kernel.calls.filter((call) => call === 'close')).toHaveLength(1);
  });
});

it('says what was attempted, and the kernel’s answer', () => {
  kernel.refuse = (call) => (call === 'bpf(BPF_MAP_CREATE)' ? -1 : 0);
  let error: unknown;
  try {
    hash(1);
  } catch (caught) {
    error = caught;
  }
  expect(isErrno(error, 'EPERM')).toBe(true);
  expect(String(error)).toBe('SyscallError: create map h: Operation not permitted (EPERM from bpf(BPF_MAP_CREATE))');
});

it('lifts the limit of locked memory that old kernels have, once', () => {
  forgetMemoryLock();
  let lifted = false;
  kernel.refuse = (call) => {
    if (call === 'prlimit64') lifted = true;
    return call === 'bpf(BPF_MAP_CREATE)' && !lifted ? -1 : 0;
  };
  hash(1).close();
  kernel.refuse = (call) => (call === 'bpf(BPF_MAP_CREATE)' ? -1 : 0);
  expect(() => hash(1)).toThrow('EPERM');
  expect(kernel.calls.filter((call) => call === 'prlimit64')).toHaveLength(1);
});

it('retries what a signal interrupted', () => {
  let times = 3;
  kernel.refuse = (call) => (call === 'bpf(BPF_PROG_LOAD)' && times-- > 0 ? -11 : 0);
  program().close();
  expect(kernel.calls.filter((call) => call === 'bpf(BPF_PROG_LOAD)')).toHaveLength(4);
});

it('keeps a verifier log of any size whole', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i}: (b7) r0 = ${i}`);
  kernel.verifierLog = `${lines.join('\n')}\nR0 leaks addr as return value\nprocessed 9 insns (limit 1000000)\n`;
  let error: unknown;
  try {
    program();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(VerifierError);
  expect(error).toMatchObject({
    code: 'EACCES',
    log: kernel.verifierLog,
    reason: 'R0 leaks addr as return value',
    instruction: 19_999,
  });
});

describe('maps', () => {
  it.each([['in batches', 0] as const, ['key by key', -22] as const])(
    'reads and drains all elements %s',
    (_, answer) => {
      kernel.refuse = (call) => (call.includes('BATCH') ? answer : 0);
      fc.assert(
        fc.property(fc.uniqueArray(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 3000 }), (keys) => {
          const map = hash(4096);
          for (const key of keys) map.update(u32(key), u64(key * 2));
          for (const entries of [map.entries(), map.drain()]) {
            const read = Array.from({ length: entries.count }, (__, i) => [
              Buffer.from(entries.keys).readUInt32LE(i * 4),
              Number(Buffer.from(entries.values).readBigUInt64LE(i * 8)),
            ]);
            expect(new Map(read as [number, number][])).toEqual(new Map(keys.map((key) => [key, key * 2])));
            expect(read).toHaveLength(keys.length);
          }
          expect(map.entries().count).toBe(0);
          map.close();
        }),
        { numRuns: 15 },
      );
    },
  );

  it('refuses keys and values that are too short for the kernel to read', () => {
    const map = hash(1);
    expect(() => map.lookup(new Uint8Array(3))).toThrow(RangeError);
    expect(() => map.update(u32(1), new Uint8Array(7))).toThrow(RangeError);
    map.close();
  });
});

describe('ring buffer', () => {
  it('reads any sequence of records, whatever is discarded and however it wraps', () => {
    const record = fc.record({ length: fc.nat(300), discard: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 10 }), { maxLength: 20 }), (rounds) => {
        const map = ringMap(4096);
        const ring = RingBuffer.open(map);
        let serial = 0;
        for (const round of rounds) {
          const expected: string[] = [];
          for (const { length, discard } of round) {
            const data = new Uint8Array(length).fill(++serial);
            kernel.produce(map.fd.number, data, { discard });
            if (!discard) expected.push(Buffer.from(data).toString('hex'));
          }
          const read: string[] = [];
          ring.drain((view, offset, length) =>
            read.push(Buffer.from(view.buffer, view.byteOffset + offset, length).toString('hex')),
          );
          expect(read).toEqual(expected);
          expect(ring.pending).toBe(0);
        }
        ring.close();
        map.close();
      }),
      { numRuns: 50 },
    );
  });

  it('stops at a record that is still being written', () => {
    const map = ringMap(4096);
    const ring = RingBuffer.open(map);
    kernel.produce(map.fd.number, u32(1));
    kernel.produce(map.fd.number, u32(2), { busy: true });
    kernel.produce(map.fd.number, u32(3));
    expect(ring.drain(() => {})).toBe(1);
    expect(ring.drain(() => {})).toBe(0);
    expect(ring.pending).toBe(32);
    ring.close();
    map.close();
  });

  it('counts a record as read when its handler throws, and is safe to close in a handler', () => {
    const map = ringMap(4096);
    const ring = RingBuffer.open(map);
    for (let i = 0; i < 3; i++) kernel.produce(map.fd.number, u32(i));
    expect(() =>
      ring.drain(() => {
        throw new Error('bad');
      }),
    ).toThrow('bad');
    expect(ring.pending).toBe(32);
    expect(ring.drain(() => ring.close())).toBe(1);
    expect(ring.drain(() => {})).toBe(0);
    map.close();
  });
});

it('lays structs out as C does', () => {
  const layout = new Layout({ a: 'u8', b: 'u32', c: 'u16', d: 'u64', e: 'bytes16', f: 'i32' });
  expect((['a', 'b', 'c', 'd', 'e', 'f'] as const).map((name) => layout.offset(name))).toEqual([0, 4, 8, 16, 24, 40]);
  expect(layout.size).toBe(48);
  const bytes = layout.encode({ a: 1, b: 0xffff_ffff, c: 2, d: -1n, e: Buffer.from('name'), f: -5 });
  expect(layout.number(bytes, 'b')).toBe(0xffff_ffff);
  expect(layout.bigint(bytes, 'd')).toBe(0xffff_ffff_ffff_ffffn);
  expect(layout.number(bytes, 'f')).toBe(-5);
  expect(layout.text(bytes, 'e')).toBe('name');
});
