import { objectIds, openById, readObjectInfo } from '../sys/object-info.ts';
import type { FileDescriptor } from '../sys/handle.ts';
import { PROG_INFO } from './layouts.ts';

/** What the kernel knows of a loaded program. */
export interface ProgramInfo {
  readonly id: number;
  readonly name: string;
  /** BPF_PROG_TYPE_* */
  readonly type: number;
  /** Runs and nanoseconds in them, counted while BPF_ENABLE_STATS is on. Linux 5.1. */
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
  /** Runs that the kernel skipped because the program was already running on that CPU. Linux 5.12. */
  readonly recursionMisses: bigint;
  /** Instructions that the verifier looked at. Linux 5.16; 0 before. */
  readonly verifiedInstructions: number;
  /** Bytes of machine code. */
  readonly jitedSize: number;
  /** Bytes of bytecode after the kernel's rewriting. */
  readonly translatedSize: number;
  readonly btfId: number;
}

export const readProgramInfo = (fd: FileDescriptor): ProgramInfo => {
  const info = new Uint8Array(PROG_INFO.size);
  readObjectInfo(fd, info);
  return {
    id: PROG_INFO.number(info, 'id'),
    name: PROG_INFO.text(info, 'name'),
    type: PROG_INFO.number(info, 'type'),
    runCount: PROG_INFO.bigint(info, 'run_cnt'),
    runTimeNs: PROG_INFO.bigint(info, 'run_time_ns'),
    recursionMisses: PROG_INFO.bigint(info, 'recursion_misses'),
    verifiedInstructions: PROG_INFO.number(info, 'verified_insns'),
    jitedSize: PROG_INFO.number(info, 'jited_prog_len'),
    translatedSize: PROG_INFO.number(info, 'xlated_prog_len'),
    btfId: PROG_INFO.number(info, 'btf_id'),
  };
};

/** Every program on this host, whoever loaded it: the kernel's own list. Linux 4.13. */
export const listPrograms = (): ProgramInfo[] => {
  const programs: ProgramInfo[] = [];
  for (const id of objectIds('BPF_PROG_GET_NEXT_ID')) {
    const fd = openById('BPF_PROG_GET_FD_BY_ID', id, `program ${id}`);
    if (fd === null) continue;
    try {
      programs.push(readProgramInfo(fd));
    } finally {
      fd.close();
    }
  }
  return programs;
};
