/** Boots a kernel with an initramfs under QEMU's own emulation and reads what it writes to the serial console. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { KernelFiles } from './kernels.ts';

export interface Boot {
  /** The console's text, carriage returns removed. */
  readonly console: string;
  readonly seconds: number;
  /** The guest powered itself off before the deadline. */
  readonly finished: boolean;
}

export interface BootOptions {
  readonly initramfs: string;
  readonly archive: Buffer;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly timeoutSeconds: number;
}

export async function boot(files: KernelFiles, options: BootOptions): Promise<Boot> {
  writeFileSync(options.initramfs, options.archive);
  const started = Date.now();
  const guest = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-cpu', files.kernel.cpu, '-smp', String(options.cpus), '-m', String(options.memoryMb)],
      ...['-nographic', '-no-reboot', '-nic', 'none'],
      ...['-kernel', files.vmlinuz, '-initrd', options.initramfs],
      ...['-append', 'console=ttyS0 quiet panic=-1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  guest.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  guest.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  let finished = true;
  const deadline = setTimeout(() => {
    finished = false;
    guest.kill('SIGKILL');
  }, options.timeoutSeconds * 1000);
  await new Promise<void>((resolve, reject) => {
    guest.on('error', reject);
    guest.on('close', () => resolve());
  });
  clearTimeout(deadline);
  return { console: text.replaceAll('\r', ''), seconds: (Date.now() - started) / 1000, finished };
}
