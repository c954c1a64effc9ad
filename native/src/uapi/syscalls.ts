import { lazy } from '../lazy/index.ts';
import { SYSCALLS_ARM64 } from './syscalls-arm64.ts';
import { SYSCALLS_X64 } from './syscalls-x64.ts';

export type Arch = 'x64' | 'arm64';

const TABLES = { x64: SYSCALLS_X64, arm64: SYSCALLS_ARM64 };
const NAMES = { x64: lazy(() => new Map(SYSCALLS_X64)), arm64: lazy(() => new Map(SYSCALLS_ARM64)) };
const NUMBERS = { x64: lazy(() => numbers('x64')), arm64: lazy(() => numbers('arm64')) };

/** All system calls of an architecture, ascending. */
export const syscallTable = (arch: Arch): readonly (readonly [number: number, name: string])[] => TABLES[arch];

const numbers = (arch: Arch): ReadonlyMap<string, number> =>
  new Map(TABLES[arch].map(([number, name]) => [name, number]));

/** `read` for 0 on x64; undefined for a number without a call. */
export const syscallName = (number: number, arch: Arch): string | undefined => NAMES[arch]().get(number);

/** 0 for `read` on x64; undefined for a name that this architecture does not have. */
export const syscallNumber = (name: string, arch: Arch): number | undefined => NUMBERS[arch]().get(name);
