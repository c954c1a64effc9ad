/** Where decoding gets names from: the host's symbols, users, cgroups and clocks. The engine gives the live one. */
import type { StackMode } from '../language/types.ts';

/** Why a user stack ends too early. */
export interface BrokenStack {
  readonly cause: 'no-frame-pointers' | 'stripped' | 'jit';
  /** The binary of its only frame; null for code made at run time. */
  readonly module: string | null;
}

/** Why a stack was not stored: another has its place, no memory, removed since, any other error. */
export type LostStack = 'taken' | 'memory' | 'gone' | 'refused';

export interface StackNames {
  /** Innermost first, one entry a frame (inlined frames too), as shown: `vfs_read+25`. */
  readonly frames: readonly string[];
  /** What bpftrace prints: starts with a new line, one indented line a frame. */
  readonly text: string;
  readonly broken?: BrokenStack;
  readonly lost?: LostStack;
}

export interface Names {
  kernelSymbol(address: bigint): string;
  userSymbol(address: bigint, pid: number, probe: number): string;
  /** id: as stored by the program; negative: the stack was lost. */
  kernelStack(id: bigint, mode: StackMode, depth: number): StackNames;
  userStack(id: bigint, pid: number, probe: number, mode: StackMode, depth: number): StackNames;
  userName(uid: bigint): string;
  cgroupPath(id: bigint, filter: string): string;
  /** Nanoseconds since 1970 of a time on one of the kernel's clocks. */
  realTime(nanoseconds: bigint, clock: 'boot' | 'monotonic' | 'tai' | 'sw_tai' | 'real'): bigint;
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;
const NO_STACK: StackNames = { frames: [], text: '' };

/** Knows no names: addresses and numbers stay as they are. For tests and for hosts where symbols cannot be read. */
export const NO_NAMES: Names = {
  kernelSymbol: hex,
  userSymbol: hex,
  kernelStack: () => NO_STACK,
  userStack: () => NO_STACK,
  userName: (uid) => uid.toString(),
  cgroupPath: (id) => `unknown cgroup ${id}`,
  realTime: (nanoseconds) => nanoseconds,
};
