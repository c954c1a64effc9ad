/** bpf(2): one function for all commands. `union bpf_attr` of each command is a layout beside its user. */
import { Command } from '../uapi/command.ts';
import { SyscallError } from './error.ts';
import { FileDescriptor } from './handle.ts';
import { syscall, syscallInBackground } from './kernel.ts';
import { raiseMemoryLock } from './memory-lock.ts';

export type CommandName = keyof typeof Command;

/** The verifier gives up with EAGAIN when a signal waits; the C library retries as often. */
const ATTEMPTS = 5;

/** What old kernels count as locked memory. */
const CHARGED: ReadonlySet<CommandName> = new Set(['BPF_MAP_CREATE', 'BPF_PROG_LOAD']);

/** Whether the kernel may answer otherwise when it is asked once more. */
const again = (command: CommandName, result: number, attempt: number): boolean => {
  if (result === -1 && CHARGED.has(command) && raiseMemoryLock()) return true;
  return (result === -11 || result === -4) && attempt < ATTEMPTS;
};

/** The result, or minus the error number. `attr` is updated in place where the kernel answers in it. */
export const tryBpf = (command: CommandName, attr: Uint8Array): number => {
  for (let attempt = 1; ; attempt++) {
    const result = syscall('bpf', Command[command], attr, attr.byteLength);
    if (!again(command, result, attempt)) return result;
  }
};

/** As tryBpf, on another thread. `attr` and what it points to must stay as they are until it resolves. */
export const tryBpfInBackground = async (command: CommandName, attr: Uint8Array): Promise<number> => {
  for (let attempt = 1; ; attempt++) {
    const result = await syscallInBackground('bpf', Command[command], attr, attr.byteLength);
    if (!again(command, result, attempt)) return result;
  }
};

/** Throws the kernel's refusal. `attempted`: in words, `create map events`. */
export const bpf = (command: CommandName, attr: Uint8Array, attempted: string): number => {
  const result = tryBpf(command, attr);
  if (result < 0) throw new SyscallError(`bpf(${command})`, attempted, -result);
  return result;
};

/** For commands that return a new file descriptor. */
export const bpfFd = (command: CommandName, attr: Uint8Array, attempted: string, what: string): FileDescriptor =>
  new FileDescriptor(bpf(command, attr, attempted), what);
