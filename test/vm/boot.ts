/**
 * Boots a kernel with an initramfs under QEMU's own emulation and reads what it writes to the serial console.
 *
 * One host thread runs all of a guest's CPUs. With a thread each, QEMU before 8.1 translates code that another CPU is
 * just patching (a static key that is switched), and the guest ends with an int3 that nobody set; and the threads mostly
 * wait for each other: a boot took 13 s instead of 7. Two kernels can run at the same time instead.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { KernelFiles } from './kernels.ts';
import { MACHINES } from './machine.ts';

export interface Boot {
  /** The console's text, carriage returns removed. */
  readonly console: string;
  readonly seconds: number;
  /** Of these until the first case; NaN when it never came. */
  readonly startSeconds: number;
  /** The guest powered itself off before the deadline. */
  readonly finished: boolean;
}

export interface BootOptions {
  readonly initramfs: string;
  readonly archive: Buffer;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly timeoutSeconds: number;
  /** Where the console is written to as it comes. */
  readonly log?: string;
}

/** A start takes 5 s on a quiet machine. One that does not get to user space is not about the cases: it is repeated. */
const START_SECONDS = 120;
const STARTS = 3;

/** Longer than any case may run: a guest that says nothing for so long does not come back. */
const SILENCE_SECONDS = 180;

export async function boot(files: KernelFiles, options: BootOptions): Promise<Boot> {
  writeFileSync(options.initramfs, options.archive);
  for (let start = 1; ; start++) {
    const result = await bootOnce(files, options);
    if (start === STARTS || result.console.includes(USER_SPACE)) return result;
    const last = result.console.trimEnd().split('\n').slice(-5).join('\n  ');
    console.log(`${files.kernel.name}: start ${start} of ${STARTS} did not reach user space, once more:\n  ${last}`);
  }
}

/** The guest's init came to the first case. */
const USER_SPACE = '@@BEGIN';

async function bootOnce(files: KernelFiles, options: BootOptions): Promise<Boot> {
  const started = Date.now();
  const { qemu, console: tty } = MACHINES[files.kernel.arch];
  const guest = spawn(
    qemu.program,
    [
      ...[...qemu.args, '-accel', 'tcg,thread=single', '-smp', String(options.cpus), '-m', String(options.memoryMb)],
      ...['-nographic', '-no-reboot', '-nic', 'none'],
      ...['-kernel', files.vmlinuz, '-initrd', options.initramfs],
      ...['-append', `console=${tty} quiet panic=-1 oops=panic`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  const { log } = options;
  if (log !== undefined) writeFileSync(log, '');
  let heardAt = started;
  let startedCases = NaN;
  const hear = (stream: Readable): void => {
    // Not setEncoding: with part of a character alone in a chunk, bun reads no further.
    const decoder = new TextDecoder();
    stream.on('data', (chunk: Buffer) => {
      heardAt = Date.now();
      const said = decoder.decode(chunk, { stream: true });
      text += said;
      if (Number.isNaN(startedCases) && text.includes(USER_SPACE)) startedCases = heardAt;
      if (log !== undefined) appendFileSync(log, said.replaceAll('\r', ''));
    });
  };
  hear(guest.stdout);
  hear(guest.stderr);
  let finished = true;
  const stop = (): void => {
    finished = false;
    guest.kill('SIGKILL');
  };
  const deadline = setTimeout(stop, options.timeoutSeconds * 1000);
  const startDeadline = setTimeout(() => {
    if (!text.includes(USER_SPACE)) stop();
  }, START_SECONDS * 1000);
  const silence = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_SECONDS * 1000) stop();
  }, 1000);
  await new Promise<void>((resolve, reject) => {
    guest.on('error', reject);
    guest.on('close', () => resolve());
  });
  clearTimeout(deadline);
  clearTimeout(startDeadline);
  clearInterval(silence);
  const since = (from: number, to: number): number => (to - from) / 1000;
  return {
    ...{ console: text.replaceAll('\r', ''), finished },
    ...{ seconds: since(started, Date.now()), startSeconds: since(started, startedCases) },
  };
}
