// The kernel file systems that BPF tools read; mounted when missing and when we may.
import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const MOUNTS = [
  { type: 'tracefs', at: '/sys/kernel/tracing' },
  { type: 'debugfs', at: '/sys/kernel/debug' },
  { type: 'bpf', at: '/sys/fs/bpf' },
];

export function mountKernelFilesystems() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  // A line is: source, place, type, options.
  const mounted = new Set(
    readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ').slice(1, 3).join(' ')),
  );
  for (const { type, at } of MOUNTS) {
    if (existsSync(at) && !mounted.has(`${at} ${type}`))
      spawnSync('mount', ['-t', type, type, at], { stdio: 'ignore' });
  }
}
