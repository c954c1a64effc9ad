/** Headers whose types come from BTF and whose constants come from our table: they are accepted and not read. */

/** Folders of the kernel's include trees and of the C library. */
const FOLDERS: ReadonlySet<string> = new Set([
  ...[
    'acpi',
    'arpa',
    'asm',
    'asm-generic',
    'bits',
    'block',
    'bpf',
    'clocksource',
    'crypto',
    'drm',
    'dt-bindings',
    'fs',
  ],
  ...['generated', 'keys', 'kernel', 'kvm', 'linux', 'math-emu', 'media', 'misc', 'mm', 'mtd', 'net', 'netinet'],
  ...['netpacket', 'pcmcia', 'ras', 'rdma', 'rpc', 'scsi', 'soc', 'sound', 'sys', 'target', 'trace', 'uapi', 'vdso'],
  ...['video', 'x86_64-linux-gnu', 'aarch64-linux-gnu', 'xen'],
]);

const C_LIBRARY: ReadonlySet<string> = new Set([
  ...['assert', 'ctype', 'dirent', 'elf', 'endian', 'errno', 'fcntl', 'float', 'grp', 'ifaddrs', 'inttypes', 'limits'],
  ...['link', 'math', 'netdb', 'poll', 'pthread', 'pwd', 'sched', 'semaphore', 'signal', 'stdarg', 'stdatomic'],
  ...['stdbool', 'stddef', 'stdint', 'stdio', 'stdlib', 'string', 'syscall', 'termios', 'time', 'ucontext', 'unistd'],
  ...['utmp', 'vmlinux', 'wchar'],
]);

/** `linux/sched.h`, `../fs/mount.h` of the kernel's own sources, `stdint.h`. */
export function isSystemHeader(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '..');
  const [first = ''] = parts;
  return parts.length > 1 ? FOLDERS.has(first) : C_LIBRARY.has(first.replace(/\.h$/, ''));
}
