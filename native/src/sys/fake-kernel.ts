/**
 * A kernel for unit tests: enough of bpf(2), perf_event_open(2) and mmap(2) to run the library without root, and any
 * call can be made to fail. Memory is real: maps that are mapped lie in memfds.
 */
import { Command } from '../uapi/command.ts';
import { BPF_F_MMAPABLE } from '../uapi/flags.ts';
import { MapType } from '../uapi/map-type.ts';
import { addressOf, linuxKernel, memoryAt } from './kernel.ts';
import type { Kernel, SyscallName, Word } from './kernel.ts';

const ENOENT = -2;
const E2BIG = -7;
const EBADF = -9;
const EINVAL = -22;
const ENOSPC = -28;
const FIRST_FD = 1_000_000;
const PERF_EVENT = 'perf event';
const PAGE = 4096;
const MAP_SHARED = 1;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_FIXED = 0x10;
const READ_WRITE = 3;

interface FakeMap {
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly entries: Map<string, Uint8Array>;
  frozen: boolean;
  /** Of the memfd behind a ring buffer or mmapable array; -1 for others. */
  readonly memory: number;
  /** Bytes of the memfd. */
  readonly memorySize: number;
}

const COMMANDS = new Map<number, keyof typeof Command>(
  Object.entries(Command).map(([name, number]) => [number, name as keyof typeof Command]),
);

const bytesAt = (address: number, length: number): Uint8Array => new Uint8Array(memoryAt(address, length));
const textKey = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export class FakeKernel implements Kernel {
  /** `bpf(BPF_MAP_CREATE)`, `close`, ... in order. */
  readonly calls: string[] = [];
  /** Open descriptors and what they are. */
  readonly open = new Map<number, string>();
  /** Bytes mapped and not unmapped. */
  readonly mapped = new Map<number, number>();
  readonly maps = new Map<number, FakeMap>();
  /** Answers instead of success: called with the call's name and its number, from 1. 0: go on. */
  refuse: (call: string, number: number) => number = () => 0;
  /** Says no to programs with this log. */
  verifierLog: string | null = null;
  #nextFd = FIRST_FD;

  syscall(name: SyscallName, args: readonly Word[]): number {
    const word = (index: number): number => Number(args[index] ?? 0);
    const label = name === 'bpf' ? `bpf(${COMMANDS.get(word(0)) ?? word(0)})` : name;
    this.calls.push(label);
    const refusal = this.refuse(label, this.calls.length);
    // close(2) releases the descriptor even when it fails.
    if (refusal < 0 && name !== 'close') return refusal;
    if (name === 'bpf') return this.#bpf(COMMANDS.get(word(0)), bytesAt(word(1), word(2)));
    if (name === 'perf_event_open') return this.#fd(PERF_EVENT);
    if (name === 'ioctl') return this.open.has(word(0)) ? 0 : EBADF;
    if (name === 'close') return this.#close(word(0)) || refusal;
    if (name === 'mmap') return this.#mmap(word(0), word(1), word(2), word(3), word(4), word(5));
    if (name === 'munmap') return this.#munmap(word(0), word(1));
    if (name === 'read' || name === 'prlimit64') return 0;
    return linuxKernel().syscall(name, args);
  }

  /** Puts a record into a ring buffer as bpf_ringbuf_output does. */
  produce(mapFd: number, data: Uint8Array, flags: { busy?: boolean; discard?: boolean } = {}): void {
    const map = this.#map(mapFd);
    const file = this.#mapFile(map, 2 * PAGE + map.maxEntries);
    const view = new DataView(memoryAt(file, 2 * PAGE + map.maxEntries));
    const position = Number(view.getBigUint64(PAGE, true));
    const length = data.length + (flags.busy === true ? 0x8000_0000 : 0) + (flags.discard === true ? 0x4000_0000 : 0);
    const place = (at: number): number => 2 * PAGE + ((position + at) & (map.maxEntries - 1));
    view.setUint32(place(0), length, true);
    view.setUint32(place(4), 0, true);
    data.forEach((byte, index) => view.setUint8(place(8 + index), byte));
    view.setBigUint64(PAGE, BigInt(position + ((data.length + 8 + 7) & ~7)), true);
    linuxKernel().syscall('munmap', [file, 2 * PAGE + map.maxEntries]);
  }

  #fd(what: string): number {
    const fd = this.#nextFd++;
    this.open.set(fd, what);
    return fd;
  }

  #close(fd: number): number {
    if (!this.open.delete(fd)) return EBADF;
    const map = this.maps.get(fd);
    if (map !== undefined && map.memory >= 0) linuxKernel().syscall('close', [map.memory]);
    this.maps.delete(fd);
    return 0;
  }

  #map(fd: number): FakeMap {
    const map = this.maps.get(fd);
    if (map === undefined) throw new Error(`fake kernel: ${fd} is no map`);
    return map;
  }

  #bpf(command: keyof typeof Command | undefined, attr: Uint8Array): number {
    const view = new DataView(attr.buffer, attr.byteOffset, attr.byteLength);
    switch (command) {
      case 'BPF_MAP_CREATE':
        return this.#createMap(view);
      case 'BPF_MAP_LOOKUP_ELEM':
      case 'BPF_MAP_UPDATE_ELEM':
      case 'BPF_MAP_DELETE_ELEM':
      case 'BPF_MAP_GET_NEXT_KEY':
        return this.#element(command, view);
      case 'BPF_MAP_LOOKUP_BATCH':
      case 'BPF_MAP_LOOKUP_AND_DELETE_BATCH':
        return this.#batch(command, view);
      case 'BPF_MAP_FREEZE':
        this.#map(view.getUint32(0, true)).frozen = true;
        return 0;
      case 'BPF_PROG_LOAD':
        return this.#loadProgram(view);
      case 'BPF_LINK_CREATE':
      case 'BPF_RAW_TRACEPOINT_OPEN':
        return this.#fd('link');
      case 'BPF_ITER_CREATE':
        return this.#fd('iterator');
      case 'BPF_ENABLE_STATS':
        return this.#fd('statistics');
      case 'BPF_OBJ_GET_INFO_BY_FD':
      case 'BPF_PROG_TEST_RUN':
        return 0;
      default:
        return EINVAL;
    }
  }

  #createMap(view: DataView): number {
    const type = view.getUint32(0, true);
    const maxEntries = view.getUint32(12, true);
    const sizes = { keySize: view.getUint32(4, true), valueSize: view.getUint32(8, true) };
    const ring = type === MapType.BPF_MAP_TYPE_RINGBUF;
    const mapable = ring || (view.getUint32(16, true) & BPF_F_MMAPABLE) !== 0;
    const elements = Math.ceil(sizes.valueSize / 8) * 8 * maxEntries;
    const memorySize = ring ? 2 * PAGE + maxEntries : Math.ceil(elements / PAGE) * PAGE;
    let memory = -1;
    if (mapable) {
      const name = Buffer.from('fake\0');
      memory = linuxKernel().syscall('memfd_create', [addressOf(name), 1]);
      linuxKernel().syscall('ftruncate', [memory, memorySize]);
    }
    const fd = this.#fd('map');
    this.maps.set(fd, { type, ...sizes, maxEntries, entries: new Map(), frozen: false, memory, memorySize });
    return fd;
  }

  #element(command: string, view: DataView): number {
    const map = this.#map(view.getUint32(0, true));
    const keyAddress = Number(view.getBigUint64(8, true));
    const valueAddress = Number(view.getBigUint64(16, true));
    const key = keyAddress === 0 ? null : textKey(bytesAt(keyAddress, map.keySize));
    if (command === 'BPF_MAP_GET_NEXT_KEY') {
      const keys = [...map.entries.keys()];
      const next = keys[key === null ? 0 : keys.indexOf(key) + 1];
      if (next === undefined) return ENOENT;
      bytesAt(valueAddress, map.keySize).set(Buffer.from(next, 'latin1'));
      return 0;
    }
    const known = map.entries.get(key ?? '');
    if (command === 'BPF_MAP_UPDATE_ELEM') {
      if (map.frozen) return -1;
      if (known === undefined && map.entries.size >= map.maxEntries) return E2BIG;
      map.entries.set(key ?? '', bytesAt(valueAddress, map.valueSize).slice());
      return 0;
    }
    if (known === undefined) return ENOENT;
    if (command === 'BPF_MAP_DELETE_ELEM') map.entries.delete(key ?? '');
    else bytesAt(valueAddress, map.valueSize).set(known);
    return 0;
  }

  /** The position is the number of elements given out. */
  #batch(command: string, view: DataView): number {
    const map = this.#map(view.getUint32(36, true));
    const inBatch = Number(view.getBigUint64(0, true));
    const outBatch = Number(view.getBigUint64(8, true));
    const room = view.getUint32(32, true);
    const from = inBatch === 0 ? 0 : new DataView(memoryAt(inBatch, 4)).getUint32(0, true);
    const remove = command === 'BPF_MAP_LOOKUP_AND_DELETE_BATCH';
    const rest = [...map.entries].slice(remove ? 0 : from);
    const given = rest.slice(0, room);
    given.forEach(([key, value], index) => {
      bytesAt(Number(view.getBigUint64(16, true)) + index * map.keySize, map.keySize).set(Buffer.from(key, 'latin1'));
      bytesAt(Number(view.getBigUint64(24, true)) + index * map.valueSize, map.valueSize).set(value);
      if (remove) map.entries.delete(key);
    });
    view.setUint32(32, given.length, true);
    new DataView(memoryAt(outBatch, 4)).setUint32(0, from + given.length, true);
    return given.length === rest.length ? ENOENT : 0;
  }

  #loadProgram(view: DataView): number {
    if (this.verifierLog === null) return this.#fd('program');
    const size = view.getUint32(28, true);
    if (size === 0) return -13;
    const log = Buffer.from(`${this.verifierLog}\0`);
    bytesAt(Number(view.getBigUint64(32, true)), size).set(log.subarray(0, size));
    return log.length > size ? ENOSPC : -13;
  }

  #mmap(address: number, length: number, protection: number, flags: number, fd: number, offset: number): number {
    const linux = linuxKernel();
    if (fd === -1) {
      const result = linux.syscall('mmap', [address, length, protection, flags, -1, 0]);
      if ((flags & MAP_FIXED) !== 0) this.mapped.delete(address);
      return result;
    }
    const map = this.maps.get(fd);
    // The ring of a perf event is empty.
    if (this.open.get(fd) === PERF_EVENT) {
      return this.#mapped(linux.syscall('mmap', [0, length, READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0]), length);
    }
    return map === undefined || map.memory < 0 ? EBADF : this.#mapped(this.#mapFile(map, length, offset), length);
  }

  #mapped(start: number, length: number): number {
    this.mapped.set(start, length);
    return start;
  }

  /** The file's bytes from `offset`; what lies beyond the ring's data is the data again. */
  #mapFile(map: FakeMap, length: number, offset = 0): number {
    const linux = linuxKernel();
    const start = linux.syscall('mmap', [0, length, READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0]);
    const end = map.memorySize;
    const first = Math.min(length, end - offset);
    linux.syscall('mmap', [start, first, READ_WRITE, MAP_SHARED | MAP_FIXED, map.memory, offset]);
    if (length > first) {
      const again = [start + first, length - first, READ_WRITE, MAP_SHARED | MAP_FIXED, map.memory, 2 * PAGE];
      linux.syscall('mmap', again);
    }
    return start;
  }

  #munmap(address: number, length: number): number {
    this.mapped.delete(address);
    return linuxKernel().syscall('munmap', [address, length]);
  }
}
