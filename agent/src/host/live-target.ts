/** The facts of the host this process runs on. Reads lazily: a query pays for what it asks. */
import { readFileSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { lackOf, type Lack } from '@bpfscope/native/features';
import { onlineCpus, possibleCpus } from '@bpfscope/native/procfs';
import { tracefsProblem } from '@bpfscope/native/tracefs';
import type { Target, UserBinary } from '../language/target.ts';
import { bpfFunctions } from './bpf-functions.ts';
import { hiddenSymbols } from './hidden-symbols.ts';
import { readKernelBtf, type KernelBtf } from './kernel-btf.ts';
import { Tracepoints } from './tracepoints.ts';
import { userFields } from './user-functions.ts';

/** Inode of the initial pid namespace (kernel: include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const INITIAL_PID_NAMESPACE = 0xeffffffc;

/** What the target takes from the parts of native that talk to the kernel. */
export interface HostPorts {
  has(feature: string): boolean;
  lack(feature: string): Lack | null;
  /** null: there is none, or its address is hidden. */
  kernelSymbol(name: string): bigint | null;
  hidesKernelSymbols(): boolean;
  binaries(pattern: string, pid: number | null): readonly UserBinary[];
  demangle(name: string): string;
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
    possibleCpus: orRuntime(possibleCpus, (count) => count),
    onlineCpus: orRuntime(onlineCpus, (count) => Array.from({ length: count }, (_, cpu) => cpu)),
    pageSize: 4096,
    pidNamespace: pidNamespace(),
    has: (feature) => ports.has(feature),
    lack: (feature) => ports.lack(feature),
    get btf() {
      return kernelBtf();
    },
    tracepointProblem,
    tracepoints: () => traced().list(),
    tracepoint: (category, event) => traced().get(category, event),
    kernelFunctions: () => (functions ??= kernelFunctions(kernelBtf())),
    bpfFunctions: () => bpfFunctions(kernelBtf()),
    kernelSymbol: (name) => ports.kernelSymbol(name),
    kernelSymbolProblem: () => (ports.hidesKernelSymbols() ? hiddenSymbols() : null),
    processProblem,
    binaries: (pattern, pid) => ports.binaries(pattern, pid),
    demangle: (name) => ports.demangle(name),
    userStructs: { fields: userFields },
    cgroupId,
  };
}

const TRACEFS_PROBLEMS = {
  missing: 'tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)',
  denied: `reading tracefs ${lackOf(['CAP_DAC_READ_SEARCH']).reason}`,
};

function tracepointProblem(): string | null {
  const problem = tracefsProblem();
  return problem === null ? null : TRACEFS_PROBLEMS[problem];
}

function processProblem(pid: number): string | null {
  try {
    statSync(`/proc/${pid}/root/`);
    return null;
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return denied ? lackOf(['CAP_SYS_PTRACE']).reason : null;
  }
}

/** `6.18.44-…` as major * 65536 + minor * 256 + patch, the patch capped at 255 as LINUX_VERSION_CODE does. */
export function kernelVersion(text: string): number {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  return major * 65536 + minor * 256 + Math.min(patch, 255);
}

/** What the kernel says of its CPUs; where sysfs may not be read, the CPUs that the runtime counts. */
function orRuntime<T>(ask: () => T, count: (runtimeCpus: number) => T): T {
  try {
    return ask();
  } catch {
    return count(cpus().length);
  }
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
    const functions: string[] = [];
    // Only those of modules have more than their name.
    for (const line of lines) if (line !== '') functions.push(line.endsWith(']') ? spelling(line) : line.trim());
    return functions;
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
