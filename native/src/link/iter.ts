import { bpfFd } from '../sys/bpf.ts';
import { call } from '../sys/kernel.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { ITER_CREATE, LINK_ITER } from './layouts.ts';
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

  /** `map`: what `bpf_map_elem` and the like walk over. */
  static attach(program: AttachableProgram, target: string, options: { readonly map?: BpfMap } = {}): Iterator {
    const what = `iterator over ${target}`;
    const info = options.map === undefined ? null : Uint32Array.of(options.map.fd.number, 0);
    const attr = LINK_ITER.encode({
      prog_fd: program.fd.number,
      attach_type: AttachType.BPF_TRACE_ITER,
      iter_info: info,
      iter_info_len: info === null ? 0 : 4,
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
        const length = call(`read ${this.what}`, 'read', fd.number, chunk, chunk.byteLength);
        if (length === 0) break;
        chunks.push(chunk.subarray(0, length));
      }
      scope.close();
      return Buffer.concat(chunks);
    });
  }

  close(): void {
    this.#link.close();
  }
}
