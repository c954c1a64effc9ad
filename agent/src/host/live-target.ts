/** The facts of the host this process runs on. Reads lazily: a query pays for what it asks. */
import { readFileSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import type { Target, UserBinary } from '../language/target.ts';
import { readKernelBtf, type KernelBtf } from './kernel-btf.ts';
import { Tracepoints } from './tracepoints.ts';

/** Inode of the initial pid namespace (kernel: include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const INITIAL_PID_NAMESPACE = 0xeffffffc;

/** What the target takes from the parts of native that talk to the kernel. */
export interface HostPorts {
  has(feature: string): boolean;
  kernelSymbol(name: string): bigint | null;
  binaries(pattern: string, pid: number | null): readonly UserBinary[];
}

export function liveTarget(ports: HostPorts): Target {
  let btf: KernelBtf | null | undefined;
  let tracepoints: Tracepoints | undefined;
  let functions: readonly string[] | undefined;
  const kernelBtf = (): KernelBtf | null => (btf === undefined ? (btf = readKernelBtf()) : btf);
  const traced = (): Tracepoints => (tracepoints ??= new Tracepoints(kernelBtf));
  return {
    arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    kernel: kernelVersion(release()),
    possibleCpus: cpuCount('possible'),
    onlineCpus: cpuList('online'),
    pageSize: 4096,
    pidNamespace: pidNamespace(),
    has: (feature) => ports.has(feature),
    get btf() {
      return kernelBtf();
    },
    tracepoints: () => traced().list(),
    tracepoint: (category, event) => traced().get(category, event),
    kernelFunctions: () => (functions ??= kernelFunctions(kernelBtf())),
    kernelSymbol: (name) => ports.kernelSymbol(name),
    binaries: (pattern, pid) => ports.binaries(pattern, pid),
    cgroupId,
  };
}

/** `6.18.44-…` as major * 65536 + minor * 256 + patch, the patch capped at 255 as LINUX_VERSION_CODE does. */
export function kernelVersion(text: string): number {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  return major * 65536 + minor * 256 + Math.min(patch, 255);
}

/** A list as in /sys/devices/system/cpu: `0-3,8`. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

function cpuList(which: 'online' | 'possible'): number[] {
  try {
    return parseCpuList(readFileSync(`/sys/devices/system/cpu/${which}`, 'latin1'));
  } catch {
    return cpus().map((_, i) => i);
  }
}

/** Per-CPU values have one slot for every possible CPU id up to the highest. */
function cpuCount(which: 'possible'): number {
  return Math.max(...cpuList(which)) + 1;
}

function pidNamespace(): Target['pidNamespace'] {
  try {
    const { dev, ino } = statSync('/proc/self/ns/pid', { bigint: true });
    return ino === BigInt(INITIAL_PID_NAMESPACE) ? null : { dev, ino };
  } catch {
    return null;
  }
}

/** Traceable functions; where the list may not be read (lockdown), the functions that BTF knows. */
function kernelFunctions(btf: KernelBtf | null): readonly string[] {
  try {
    const lines = readFileSync('/sys/kernel/tracing/available_filter_functions', 'latin1').split('\n');
    return lines.filter((line) => line !== '').map(spelling);
  } catch {
    return btf?.functionNames() ?? [];
  }
}

/** `name [module]` becomes `module:name`. */
function spelling(line: string): string {
  const match = /^(\S+)\s+\[([^\]]+)\]/.exec(line);
  return match === null ? line.trim() : `${match[2]}:${match[1]}`;
}

/** The id of a cgroup is the inode of its folder (cgroup v2). */
function cgroupId(path: string): bigint | null {
  try {
    return statSync(path, { bigint: true }).ino;
  } catch {
    return null;
  }
}
