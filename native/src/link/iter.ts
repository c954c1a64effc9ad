import { bpf, bpfFd } from '../sys/bpf.ts';
import { isErrno } from '../sys/error.ts';
import { call } from '../sys/kernel.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { ITER_CREATE, LINK_ITER, OBJ_PIN } from './layouts.ts';
import { cString } from '../sys/text.ts';
import { Scope } from '../sys/handle.ts';
import type { Closeable, FileDescriptor } from '../sys/handle.ts';
import type { BpfMap } from '../map/map.ts';
import type { AttachableProgram } from './link.ts';

const CHUNK = 64 << 10;

/** A BPF iterator (BPF_PROG_TYPE_TRACING, expected attach type BPF_TRACE_ITER). Each `run` walks all objects once. Linux 5.8. */
export class Iterator implements Closeable {
  readonly what: string;
  readonly #link: FileDescriptor;

  private constructor(what: string, link: FileDescriptor) {
    this.what = what;
    this.#link = link;
  }

  /** `map`: what `bpf_map_elem` and the like walk over. Cgroups are walked from the root (Linux 6.1), parents first. */
  static attach(program: AttachableProgram, target: string, options: { readonly map?: BpfMap } = {}): Iterator {
    const what = `iterator over ${target}`;
    const info = infoOf(target, options.map);
    const attr = LINK_ITER.encode({
      prog_fd: program.fd.number,
      attach_type: AttachType.BPF_TRACE_ITER,
      iter_info: info,
      iter_info_len: info?.byteLength ?? 0,
    });
    return new Iterator(what, bpfFd('BPF_LINK_CREATE', attr, `attach ${program.name} to ${what}`, `link of ${what}`));
  }

  /** Runs the program for every object; returns what it wrote with bpf_seq_write and bpf_seq_printf. */
  run(): Uint8Array {
    return Scope.build((scope) => {
      const attr = ITER_CREATE.encode({ link_fd: this.#link.number });
      const fd = scope.add(bpfFd('BPF_ITER_CREATE', attr, `start ${this.what}`, this.what));
      const chunks: Uint8Array[] = [];
      for (;;) {
        const chunk = new Uint8Array(CHUNK);
        const length = readSome(this.what, fd.number, chunk);
        if (length === 0) break;
        chunks.push(chunk.subarray(0, length));
      }
      scope.close();
      return Buffer.concat(chunks);
    });
  }

  /** Puts it into the BPF file system, where it outlives this process: reading the file runs it. */
  pin(path: string): void {
    bpf(
      'BPF_OBJ_PIN',
      OBJ_PIN.encode({ pathname: cString(path), bpf_fd: this.#link.number }),
      `pin ${this.what} to ${path}`,
    );
  }

  close(): void {
    this.#link.close();
  }
}

/** BPF_CGROUP_ITER_DESCENDANTS_PRE of include/uapi/linux/bpf.h. */
const DESCENDANTS_PRE = 2;

/** union bpf_iter_link_info: of a map its descriptor; of cgroups order, descriptor, id: the root when both are 0. */
function infoOf(target: string, map: BpfMap | undefined): Uint32Array | null {
  if (map !== undefined) return Uint32Array.of(map.fd.number);
  return target === 'cgroup' ? Uint32Array.of(DESCENDANTS_PRE, 0, 0, 0) : null;
}

/** Ten billion objects that write nothing: no host has them. */
const MOST_EMPTY = 10_000;

/** EAGAIN: a million objects wrote nothing; the next read goes on behind them (kernel/bpf/bpf_iter.c, MAX_ITER_OBJECTS). */
function readSome(what: string, fd: number, chunk: Uint8Array): number {
  for (let empty = 0; ; empty++) {
    try {
      return call(`read ${what}`, 'read', fd, chunk, chunk.byteLength);
    } catch (error) {
      if (!isErrno(error, 'EAGAIN') || empty === MOST_EMPTY) throw error;
    }
  }
}
