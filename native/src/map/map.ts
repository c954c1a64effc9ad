import { isErrno, SyscallError } from '../sys/error.ts';
import { bpf, bpfFd, tryBpf } from '../sys/bpf.ts';
import type { Closeable, FileDescriptor } from '../sys/handle.ts';
import { Mapping } from '../sys/mapping.ts';
import { readObjectInfo } from '../sys/object-info.ts';
import { objectName } from '../sys/text.ts';
import { BPF_ANY, BPF_F_MMAPABLE } from '../uapi/flags.ts';
import { possibleCpuCount } from '../procfs/cpus.ts';
import { CREATE, ELEMENT, MAP_INFO } from './layouts.ts';
import { drainEntries, readBatches, readEntries } from './entries.ts';
import type { MapEntries } from './entries.ts';
import { isArray, isPerCpu, readSize } from './spec.ts';
import type { MapSpec } from './spec.ts';

const ENOENT = -2;
const PAGE = 4096;

/** What to make a map with, beside its spec. */
export interface MapOptions {
  /** For maps of maps: a map like those that it will hold. */
  readonly inner?: BpfMap;
}

/** A map in the kernel. Linux 4.x by type; hash and array since 3.19. */
export class BpfMap implements Closeable {
  readonly spec: MapSpec;
  readonly fd: FileDescriptor;
  /** Values in an element of a per-CPU map. */
  readonly cpus: number;
  /** Bytes of one element's value as read: per-CPU values of all CPUs, each padded to 8. */
  readonly readSize: number;
  #memory: Mapping | null = null;

  private constructor(spec: MapSpec, fd: FileDescriptor, cpus: number) {
    this.spec = spec;
    this.fd = fd;
    this.cpus = cpus;
    this.readSize = readSize(spec, cpus);
  }

  /** Creates, fills and freezes. */
  static create(spec: MapSpec, options: MapOptions = {}): BpfMap {
    const attr = CREATE.encode({
      map_type: spec.type,
      key_size: spec.keySize,
      value_size: spec.valueSize,
      max_entries: spec.maxEntries,
      map_flags: spec.flags,
      inner_map_fd: options.inner?.fd.number,
      map_name: objectName(spec.name),
    });
    const fd = bpfFd('BPF_MAP_CREATE', attr, `create map ${spec.name}`, `map ${spec.name}`);
    try {
      const map = new BpfMap(spec, fd, possibleCpuCount());
      if (spec.contents && spec.contents.byteLength > 0) map.#fill(spec.contents);
      if (spec.frozen === true) map.freeze();
      return map;
    } catch (error) {
      fd.close();
      throw error;
    }
  }

  /** The value's bytes (all CPUs' for per-CPU maps), null when the key is not there. `into` saves an allocation. */
  lookup(key: Uint8Array, into: Uint8Array = new Uint8Array(this.readSize)): Uint8Array | null {
    const result = this.#run('BPF_MAP_LOOKUP_ELEM', key, into, 0);
    if (result === ENOENT) return null;
    if (result < 0) throw new SyscallError('bpf(BPF_MAP_LOOKUP_ELEM)', `read ${this.fd.what}`, -result);
    return into;
  }

  /** `flags`: BPF_ANY, BPF_NOEXIST or BPF_EXIST. Per-CPU maps take the values of all CPUs. */
  update(key: Uint8Array, value: Uint8Array, flags: number = BPF_ANY): void {
    if (value.byteLength < this.readSize) {
      throw new RangeError(`value of ${value.byteLength} bytes for ${this.fd.what}, which needs ${this.readSize}`);
    }
    const result = this.#run('BPF_MAP_UPDATE_ELEM', key, value, flags);
    if (result < 0) throw new SyscallError('bpf(BPF_MAP_UPDATE_ELEM)', `write ${this.fd.what}`, -result);
  }

  /** Whether the key was there. */
  delete(key: Uint8Array): boolean {
    const result = this.#run('BPF_MAP_DELETE_ELEM', key, null, 0);
    if (result === ENOENT) return false;
    if (result < 0) throw new SyscallError('bpf(BPF_MAP_DELETE_ELEM)', `delete from ${this.fd.what}`, -result);
    return true;
  }

  /** The key after this one (the first for null); null at the end. A key that is gone leads back to the first. */
  nextKey(key: Uint8Array | null, into: Uint8Array = new Uint8Array(this.spec.keySize)): Uint8Array | null {
    const result = this.#run('BPF_MAP_GET_NEXT_KEY', key, into, 0);
    if (result === ENOENT) return null;
    if (result < 0) throw new SyscallError('bpf(BPF_MAP_GET_NEXT_KEY)', `walk ${this.fd.what}`, -result);
    return into;
  }

  /** All elements in as few system calls as the kernel allows. Elements that change meanwhile are seen before or after. */
  entries(): MapEntries {
    return readEntries(this);
  }

  /** All elements, removed as they are read: no update is counted twice, one may be lost (see drainEntries). Not for arrays. */
  drain(): MapEntries {
    return drainEntries(this);
  }

  /** Whether this kernel reads this map in batches. Linux 5.6, by map type. */
  hasBatches(): boolean {
    return readBatches(this, 'BPF_MAP_LOOKUP_BATCH') !== null;
  }

  /** Removes all elements; fills an array with zeros. */
  clear(): void {
    if (!isArray(this.spec.type)) {
      drainEntries(this);
      return;
    }
    if ((this.spec.flags & BPF_F_MMAPABLE) !== 0) {
      new Uint8Array(this.memory()).fill(0);
      return;
    }
    const zeros = new Uint8Array(this.readSize);
    const key = new Uint8Array(4);
    for (let index = 0; index < this.spec.maxEntries; index++) {
      new DataView(key.buffer).setUint32(0, index, true);
      this.update(key, zeros);
    }
  }

  /** No more writes by system call or mapping; programs may still write. Linux 5.2. */
  freeze(): void {
    bpf('BPF_MAP_FREEZE', ELEMENT.encode({ map_fd: this.fd.number }), `freeze ${this.fd.what}`);
  }

  /**
   * The elements of a BPF_F_MMAPABLE array map as memory, each `valueSize` rounded up to 8 bytes; mapped once, unmapped
   * with the map. Linux 5.5. Read-only when the map is frozen.
   */
  memory(): ArrayBuffer {
    const stride = Math.ceil(this.spec.valueSize / 8) * 8;
    const length = Math.ceil((stride * this.spec.maxEntries) / PAGE) * PAGE;
    this.#memory ??= Mapping.map(this.fd, length, { writable: this.spec.frozen !== true });
    return this.#memory.buffer;
  }

  get id(): number {
    const info = new Uint8Array(MAP_INFO.size);
    readObjectInfo(this.fd, info);
    return MAP_INFO.number(info, 'id');
  }

  close(): void {
    this.#memory?.close();
    this.#memory = null;
    this.fd.close();
  }

  #fill(contents: Uint8Array): void {
    const key = new Uint8Array(this.spec.keySize);
    const value = new Uint8Array(this.readSize);
    const copies = isPerCpu(this.spec.type) ? this.cpus : 1;
    const stride = this.readSize / copies;
    for (let copy = 0; copy < copies; copy++) value.set(contents.subarray(0, this.spec.valueSize), copy * stride);
    this.update(key, value);
  }

  #run(
    command: 'BPF_MAP_LOOKUP_ELEM' | 'BPF_MAP_UPDATE_ELEM' | 'BPF_MAP_DELETE_ELEM' | 'BPF_MAP_GET_NEXT_KEY',
    key: Uint8Array | null,
    value: Uint8Array | null,
    flags: number,
  ): number {
    if (key !== null && key.byteLength < this.spec.keySize) {
      throw new RangeError(`key of ${key.byteLength} bytes for ${this.fd.what}, which needs ${this.spec.keySize}`);
    }
    const attr = ELEMENT.encode({ map_fd: this.fd.number, key, value, flags });
    return tryBpf(command, attr);
  }
}

/** Whether an error says that the map is full. */
export const isMapFull = (error: unknown): boolean => isErrno(error, 'E2BIG', 'ENOSPC', 'ENOMEM');
