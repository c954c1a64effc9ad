/** The guest's file system and init: mounts, then runs every case between markers that the host reads back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Arch, Case } from './case.ts';
import { Initramfs } from './initramfs.ts';
import { MACHINES } from './machine.ts';

const LIBRARIES = ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6', 'libgcc_s.so.1'];

const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmp /tmp
ln -s /proc/self/fd /dev/fd
echo 0 > /proc/sys/kernel/printk
ip link set lo up
echo "@@UNAME $(uname -r)"
sh /cases.sh
poweroff -f
`;

/** `root`: where busybox and the libraries are. `files`: others, by their paths in the guest. */
export function guest(
  root: string,
  arch: Arch,
  executable: string,
  cases: readonly Case[],
  files: Readonly<Record<string, string>>,
): Initramfs {
  const fs = new Initramfs();
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'root', 'bin', 'lib64', 'lib']) fs.folder(folder);
  fs.file('init', INIT);
  const { triplet, loader } = MACHINES[arch];
  fs.copy('bin/busybox', first(root, ['bin', 'usr/bin'], 'busybox'));
  fs.copy('bin/bpfscope', executable);
  const folders = [`lib/${triplet}`, `usr/lib/${triplet}`, 'lib', 'lib64'];
  for (const library of [...LIBRARIES, loader.file])
    fs.copy(`lib/${triplet}/${library}`, first(root, folders, library));
  fs.link(loader.path, `/lib/${triplet}/${loader.file}`);
  for (const [path, source] of Object.entries(files)) fs.copy(path, source);
  fs.file('cases.sh', script(cases));
  for (const one of cases) fs.file(`cases/${fileName(one)}`, `${one.command}\n`);
  return fs;
}

/** The exit code and the time are part of the end marker. */
function script(cases: readonly Case[]): string {
  const lines = cases.map(
    (one) =>
      `echo "@@BEGIN ${one.id}"; s=$(cut -d' ' -f1 /proc/uptime); timeout -s KILL ${one.timeout ?? 60} sh /cases/${fileName(one)} 2>&1 </dev/null; ` +
      `echo "@@END ${one.id} $? $s $(cut -d' ' -f1 /proc/uptime)"`,
  );
  return `${lines.join('\n')}\n`;
}

function fileName(one: Case): string {
  return one.id.replaceAll('/', '__');
}

export interface Section {
  readonly output: string;
  readonly exit: number;
  readonly seconds: number;
}

/** What each case printed, by id; a case that never ended is missing. */
export function sections(console: string): Map<string, Section> {
  const found = new Map<string, Section>();
  const pattern = /@@BEGIN (\S+)\n([\s\S]*?)@@END \1 (\d+) ([\d.]+) ([\d.]+)/g;
  for (const [, id, output, exit, from, to] of console.matchAll(pattern)) {
    found.set(id!, { output: output!, exit: Number(exit), seconds: Number(to) - Number(from) });
  }
  return found;
}

function first(root: string, folders: readonly string[], name: string): string {
  const found = folders.map((folder) => join(root, folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not in ${root}; the guest needs it`);
  return found;
}
