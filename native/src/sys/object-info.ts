/** Questions about BPF objects by file descriptor or id. */
import { bpf, bpfFd, tryBpf } from './bpf.ts';
import type { CommandName } from './bpf.ts';
import { SyscallError } from './error.ts';
import type { FileDescriptor } from './handle.ts';
import { Layout } from './layout.ts';

const INFO = new Layout({ bpf_fd: 'u32', info_len: 'u32', info: 'pointer' });
const BY_ID = new Layout({ id: 'u32', next_id: 'u32', open_flags: 'u32', fd_by_id_token_fd: 'i32' });

/** Fills `info` (a zeroed `struct bpf_*_info`, as long as we know it) and returns how much of it the kernel knows. Linux 4.13. */
export const readObjectInfo = (fd: FileDescriptor, info: Uint8Array): number => {
  const attr = INFO.encode({ bpf_fd: fd.number, info_len: info.byteLength, info });
  bpf('BPF_OBJ_GET_INFO_BY_FD', attr, `ask about ${fd.what}`);
  return INFO.number(attr, 'info_len');
};

/** Ids of all objects of a kind on the host, ascending. Linux 4.13; needs CAP_SYS_ADMIN (CAP_BPF for programs since 5.8). */
export const objectIds = (command: CommandName & `BPF_${string}_GET_NEXT_ID`): number[] => {
  const ids: number[] = [];
  for (let id = 0; ;) {
    const attr = BY_ID.encode({ id });
    const result = tryBpf(command, attr);
    if (result === -2) return ids;
    if (result < 0) throw new SyscallError(`bpf(${command})`, 'list BPF objects', -result);
    id = BY_ID.number(attr, 'next_id');
    ids.push(id);
  }
};

/** Opens an object by id; null when it is gone. */
export const openById = (
  command: CommandName & `BPF_${string}_GET_FD_BY_ID`,
  id: number,
  what: string,
): FileDescriptor | null => {
  try {
    return bpfFd(command, BY_ID.encode({ id }), `open ${what}`, what);
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'ENOENT') return null;
    throw error;
  }
};
