/** Settings of the host that limit what queries can do, each with what it means here and the command that changes it. */
import { readFileSync } from 'node:fs';

export interface HostSetting {
  /** `kernel.kptr_restrict`, `lockdown` */
  readonly name: string;
  readonly value: string;
  /** Nothing is wrong with it. */
  readonly good: boolean;
  /** What it does to queries, in a sentence; '' when good. */
  readonly effect: string;
  /** A command, or what to change; '' when good or nothing helps. */
  readonly mend: string;
}

interface Row {
  readonly name: string;
  readonly path: string;
  readonly judge: (value: string) => { readonly effect: string; readonly mend: string } | null;
}

/** `none [integrity] confidentiality` */
const chosen = (value: string): string => /\[(\w+)\]/.exec(value)?.[1] ?? value;

const sysctl = (name: string, judge: (value: number) => { effect: string; mend: string } | null): Row => ({
  name,
  path: `/proc/sys/${name.replaceAll('.', '/')}`,
  judge: (value) => judge(Number(value)),
});

const ROWS: readonly Row[] = [
  {
    name: 'lockdown',
    path: '/sys/kernel/security/lockdown',
    judge: (value) =>
      chosen(value) === 'confidentiality'
        ? {
            effect: 'programs cannot read kernel memory: kernel structs, stacks and strings are refused',
            mend: 'boot with lockdown=integrity, or without Secure Boot',
          }
        : null,
  },
  sysctl('kernel.kptr_restrict', (value) =>
    value >= 2
      ? { effect: 'kernel functions in stacks have no names', mend: 'sysctl -w kernel.kptr_restrict=1' }
      : null,
  ),
  sysctl('net.core.bpf_jit_enable', (value) =>
    value === 0
      ? { effect: 'programs are interpreted and cost several times more', mend: 'sysctl -w net.core.bpf_jit_enable=1' }
      : null,
  ),
  sysctl('kernel.perf_event_max_sample_rate', (value) =>
    value < 1000
      ? {
          effect: `profile probes faster than ${value} Hz are refused`,
          mend: 'sysctl -w kernel.perf_event_max_sample_rate=100000',
        }
      : null,
  ),
  sysctl('kernel.perf_event_max_stack', (value) =>
    value < 127
      ? { effect: `stacks end after ${value} frames`, mend: 'sysctl -w kernel.perf_event_max_stack=127' }
      : null,
  ),
  sysctl('kernel.ftrace_enabled', (value) =>
    value === 0 ? { effect: 'fentry and kprobe_multi do not attach', mend: 'sysctl -w kernel.ftrace_enabled=1' } : null,
  ),
];

/** Those that this kernel has. */
export const hostSettings = (): HostSetting[] => {
  const settings: HostSetting[] = [];
  for (const { name, path, judge } of ROWS) {
    let value: string;
    try {
      value = readFileSync(path, 'latin1').trim();
    } catch {
      continue;
    }
    const verdict = judge(value);
    settings.push({
      name,
      value: chosen(value),
      good: verdict === null,
      effect: verdict?.effect ?? '',
      mend: verdict?.mend ?? '',
    });
  }
  return settings;
};
