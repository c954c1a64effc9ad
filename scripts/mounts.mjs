// The kernel file systems that BPF tools read; mounted when missing and when we may.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const MOUNTS = [
  { type: 'tracefs', at: '/sys/kernel/tracing', holds: 'events' },
  { type: 'debugfs', at: '/sys/kernel/debug', holds: 'tracing' },
  { type: 'bpf', at: '/sys/fs/bpf', holds: null },
];

export function mountKernelFilesystems() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  for (const { type, at, holds } of MOUNTS) {
    if (!existsSync(at) || (holds !== null && existsSync(`${at}/${holds}`))) continue;
    spawnSync('mount', ['-t', type, type, at], { stdio: 'ignore' });
  }
}
