/** BTF objects that the kernel holds: of itself, of its modules, of programs that were loaded with types. */
import { isErrno } from '../sys/error.ts';
import type { FileDescriptor } from '../sys/handle.ts';
import { addressOf } from '../sys/kernel.ts';
import { Layout } from '../sys/layout.ts';
import { objectIds, openById, readObjectInfo } from '../sys/object-info.ts';
import { PROG_INFO } from './layouts.ts';

/** `struct bpf_btf_info`; from `name` on since Linux 5.11. */
const INFO = new Layout({
  btf: 'pointer',
  btf_size: 'u32',
  id: 'u32',
  name: 'pointer',
  name_len: 'u32',
  kernel_btf: 'u32',
});
const FIRST_INFO = 16;
const LONGEST_NAME = 64;
const FUNCTION_RECORD = 8;

const openBtf = (id: number): FileDescriptor | null =>
  openById('BPF_BTF_GET_FD_BY_ID', id, `the types with the id ${id}`);

/** '' for those that are not the kernel's own or a module's. */
const nameOf = (fd: FileDescriptor): string => {
  const name = new Uint8Array(LONGEST_NAME);
  const info = INFO.encode({ name, name_len: name.byteLength });
  readObjectInfo(fd, info);
  const end = name.indexOf(0);
  return INFO.number(info, 'kernel_btf') === 0 ? '' : new TextDecoder().decode(name.subarray(0, end < 0 ? 0 : end));
};

/**
 * The types of a module, for programs that attach to its functions; whoever asks closes it. null: there is no such module,
 * or it has no types. Linux 5.11; takes CAP_SYS_ADMIN.
 */
export const openModuleBtf = (module: string): FileDescriptor | null => {
  for (const id of objectIds('BPF_BTF_GET_NEXT_ID')) {
    const fd = openBtf(id);
    if (fd === null) continue;
    let found = false;
    try {
      found = nameOf(fd) === module;
    } catch (error) {
      // Before 5.11 no types have a name.
      if (isErrno(error, 'E2BIG')) return null;
      throw error;
    } finally {
      if (!found) fd.close();
    }
    if (found) return fd;
  }
  return null;
};

/** BTF by its id; null when it is gone. */
export const readBtf = (id: number): Uint8Array | null => {
  const fd = openBtf(id);
  if (fd === null) return null;
  try {
    const first = INFO.encode({}).subarray(0, FIRST_INFO);
    readObjectInfo(fd, first);
    const bytes = new Uint8Array(new DataView(first.buffer).getUint32(INFO.offset('btf_size'), true));
    readObjectInfo(fd, INFO.encode({ btf: bytes, btf_size: bytes.byteLength }).subarray(0, FIRST_INFO));
    return bytes;
  } finally {
    fd.close();
  }
};

/** What a program was loaded with: the BTF, and the id there of each of its functions, the program itself first. */
export interface ProgramTypes {
  readonly btfId: number;
  readonly functions: readonly number[];
}

/** null: the program is gone, or has no types. Linux 5.0. */
export const programTypes = (id: number): ProgramTypes | null => {
  const fd = openById('BPF_PROG_GET_FD_BY_ID', id, `program ${id}`);
  if (fd === null) return null;
  try {
    const first = new Uint8Array(PROG_INFO.size);
    readObjectInfo(fd, first);
    const btfId = PROG_INFO.number(first, 'btf_id');
    const count = PROG_INFO.number(first, 'nr_func_info');
    if (btfId === 0 || count === 0) return null;
    const records = new Uint32Array((count * FUNCTION_RECORD) / 4);
    const info = PROG_INFO.encode({
      nr_func_info: count,
      func_info_rec_size: FUNCTION_RECORD,
      func_info: BigInt(addressOf(records)),
    });
    readObjectInfo(fd, info);
    return { btfId, functions: Array.from({ length: count }, (_, n) => records[n * 2 + 1] ?? 0) };
  } finally {
    fd.close();
  }
};

/** For programs that attach to it; whoever asks closes it. null: it is gone. */
export const openProgram = (id: number): FileDescriptor | null =>
  openById('BPF_PROG_GET_FD_BY_ID', id, `program ${id}`);
