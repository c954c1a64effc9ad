/**
 * Whether this machine can run BPF queries at all: for each thing that is missing one clear sentence and the way out.
 * Mounts tracefs when it may, because a host without it is common and the remedy harmless.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { lackOf, missingPrivileges } from '@bpfscope/native/features';
import { pathExists } from '@bpfscope/native/sys';

export interface Problem {
  readonly code: 'not-linux' | 'no-privileges' | 'no-btf' | 'no-tracefs' | 'arch';
  /** What is wrong, then what to do. */
  readonly text: string;
}

/** What the checks look at; tests give their own. */
export interface Surroundings {
  readonly platform: string;
  readonly arch: string;
  /** Capabilities that this process has not. */
  readonly lacks: () => readonly string[];
  readonly exists: (path: string) => boolean;
  /** Whether a folder can be listed and is not empty. */
  readonly filled: (path: string) => boolean;
  /** Tries to mount tracefs; false when that failed. */
  readonly mountTracefs: () => boolean;
}

const TRACEFS = '/sys/kernel/tracing';
const EVENTS = [`${TRACEFS}/events`, '/sys/kernel/debug/tracing/events'];

/** Without these no query runs. */
const BASIC: readonly string[] = ['CAP_BPF', 'CAP_PERFMON'];

const LIVE: Surroundings = {
  platform: process.platform,
  arch: process.arch,
  lacks: missingPrivileges,
  exists: pathExists,
  filled: (path) => {
    try {
      return readdirSync(path).length > 0;
    } catch {
      return false;
    }
  },
  mountTracefs: () => spawnSync('mount', ['-t', 'tracefs', 'tracefs', TRACEFS], { stdio: 'ignore' }).status === 0,
};

/** All that keeps queries from running here; empty when nothing does. */
export function environmentProblems(host: Surroundings = LIVE): readonly Problem[] {
  if (host.platform !== 'linux')
    return [
      {
        code: 'not-linux',
        text: `BPF is a part of Linux and this is ${host.platform}: run bpfscope on the Linux host that you want to look at, or in a Linux VM.`,
      },
    ];
  if (host.arch !== 'x64' && host.arch !== 'arm64')
    return [{ code: 'arch', text: `bpfscope runs on x86-64 and arm64, and this machine is ${host.arch}.` }];
  const problems: Problem[] = [];
  const lacks = host.lacks();
  const basic = lacks.filter((name) => BASIC.includes(name));
  if (basic.length > 0) {
    const { reason, mend } = lackOf(basic);
    problems.push({ code: 'no-privileges', text: `Loading BPF programs ${reason}: ${mend}.` });
  }
  if (!host.exists('/sys/kernel/btf/vmlinux'))
    problems.push({
      code: 'no-btf',
      text: 'This kernel has no type information (/sys/kernel/btf/vmlinux is not there): use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all current distributions ship.',
    });
  // Without the privilege to look, the probes that need it say so.
  if (
    !lacks.includes('CAP_DAC_READ_SEARCH') &&
    !EVENTS.some(host.filled) &&
    !(host.mountTracefs() && EVENTS.some(host.filled))
  )
    problems.push({
      code: 'no-tracefs',
      text: `tracefs is not mounted and could not be: mount -t tracefs tracefs ${TRACEFS} (in a container: run it with --privileged, or mount the host's ${TRACEFS} into it).`,
    });
  return problems;
}
