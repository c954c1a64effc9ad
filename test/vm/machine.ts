/** The two architectures: how QEMU emulates them, and what a guest of theirs is made of. */
import type { Arch } from './case.ts';

export interface Machine {
  /** Debian's name of the architecture. */
  readonly debian: string;
  /** Without kernel, initramfs, memory and CPUs. */
  readonly qemu: { readonly program: string; readonly package: string; readonly args: readonly string[] };
  readonly console: string;
  readonly compiler: { readonly program: string; readonly package: string };
  /** bun's name of it. */
  readonly target: string;
  /** Folder of libraries below /lib. */
  readonly triplet: string;
  /** File name of the dynamic loader, and where programs look for it. */
  readonly loader: { readonly file: string; readonly path: string };
  /** Debian packages that the guest's own files are taken from; none where they are this machine's. */
  readonly packages: readonly string[];
}

export const MACHINES: Readonly<Record<Arch, Machine>> = {
  x64: {
    debian: 'amd64',
    qemu: {
      program: 'qemu-system-x86_64',
      package: 'qemu-system-x86',
      // Everything that QEMU emulates but cmpxchg16b: before QEMU 8.0 it may leave other bits than its own in the flags,
      // and an interrupt right then restores them (double faults in the allocator, segmentation faults in processes).
      args: ['-cpu', 'max,-cx16'],
    },
    console: 'ttyS0',
    compiler: { program: 'gcc', package: 'gcc' },
    target: 'bun-linux-x64',
    triplet: 'x86_64-linux-gnu',
    loader: { file: 'ld-linux-x86-64.so.2', path: 'lib64/ld-linux-x86-64.so.2' },
    packages: [],
  },
  arm64: {
    debian: 'arm64',
    qemu: {
      program: 'qemu-system-aarch64',
      package: 'qemu-system-arm',
      args: ['-machine', 'virt', '-cpu', 'neoverse-n1'],
    },
    console: 'ttyAMA0',
    compiler: { program: 'aarch64-linux-gnu-gcc', package: 'gcc-aarch64-linux-gnu' },
    target: 'bun-linux-arm64',
    triplet: 'aarch64-linux-gnu',
    loader: { file: 'ld-linux-aarch64.so.1', path: 'lib/ld-linux-aarch64.so.1' },
    packages: ['busybox-static', 'libc6', 'libstdc++6', 'libgcc-s1'],
  },
};
