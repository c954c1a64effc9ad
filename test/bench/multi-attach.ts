/**
 * How long 1,000 functions take to attach and detach: in one call, and one by one. Goal: one call at most 100 ms. Kernel
 * functions where this kernel has kprobes, functions of libc everywhere.
 */
import { ElfFile, ElfSymbols, resolveBinaries } from '@bpfscope/native/elf';
import { has, probe } from '@bpfscope/native/features';
import { attachKprobe, attachKprobeMulti, attachUprobe, attachUprobeMulti, type Link } from '@bpfscope/native/link';
import { Program } from '@bpfscope/native/prog';
import { AttachType, ProgType } from '@bpfscope/native/uapi';
import { hostTarget } from '@bpfscope/agent/engine';

const COUNT = 1000;
const GOAL_MS = 100;
/** r0 = 0; exit */
const NOTHING = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

function load(expectedAttachType: number): Program {
  return Program.load({
    name: 'bench',
    type: ProgType.BPF_PROG_TYPE_KPROBE,
    expectedAttachType,
    instructions: NOTHING,
    license: 'GPL',
  });
}

async function measure(what: string, attach: () => readonly Link[], goal = ''): Promise<number> {
  const began = performance.now();
  const links = attach();
  const attached = performance.now();
  await Promise.all(links.map((link) => link.closeInBackground()));
  const ms = attached - began;
  const detached = performance.now() - attached;
  console.log(`${what}: attached in ${ms.toFixed(1)} ms${goal}, detached in ${detached.toFixed(1)} ms`);
  return ms;
}

/** Of functions whose first instruction the kernel will not probe there are some everywhere: as many as wanted without. */
async function measureBoth<T>(
  what: string,
  candidates: Iterable<T>,
  one: (candidate: T) => Link,
  all: (chosen: readonly T[]) => Link,
): Promise<number> {
  const chosen: T[] = [];
  const alone = (): Link[] => {
    const links: Link[] = [];
    for (const candidate of candidates) {
      if (chosen.length === COUNT) break;
      try {
        links.push(one(candidate));
        chosen.push(candidate);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    }
    return links;
  };
  await measure(`${COUNT} ${what} one by one`, alone);
  return measure(`${chosen.length} ${what} in one call`, () => [all(chosen)], ` (goal ${GOAL_MS})`);
}

function userFunctions(): { readonly path: string; readonly offsets: readonly number[] } {
  const [path = ''] = resolveBinaries('libc', { root: '' });
  const file = ElfFile.open(path);
  try {
    const offsets = [...new ElfSymbols(file).all()].flatMap(({ address, size }) => {
      const offset = size > 0 ? file.offsetOf(address) : null;
      return offset === null ? [] : [offset];
    });
    return { path, offsets: [...new Set(offsets)] };
  } finally {
    file.close();
  }
}

function uprobes(): Promise<number> {
  const { path, offsets } = userFunctions();
  const site = { path, return: false, pid: process.pid };
  const multi = load(AttachType.BPF_TRACE_UPROBE_MULTI);
  const single = load(0);
  return measureBoth(
    'uprobes',
    offsets,
    (offset) => attachUprobe(single, { ...site, offset }),
    (chosen) => attachUprobeMulti(multi, { ...site, offsets: chosen }),
  );
}

function kprobes(): Promise<number> {
  const names = hostTarget()
    .kernelFunctions()
    .filter((name) => /^(ext4|tcp|udp|vfs|nfs|xfs|inet|ip)_/.test(name));
  const multi = load(AttachType.BPF_TRACE_KPROBE_MULTI);
  const single = load(0);
  return measureBoth(
    'kprobes',
    new Set(names),
    (symbol) => attachKprobe(single, { symbol, offset: 0, address: null, return: false }),
    (symbols) => attachKprobeMulti(multi, { symbols, return: false }),
  );
}

let failed = false;
for (const [feature, run] of [
  ['uprobe_multi', uprobes],
  ['kprobe_multi', kprobes],
] as const) {
  if (has(feature)) failed = (await run()) > GOAL_MS || failed;
  else console.log(`${feature}: not on this kernel: ${probe(feature).reason ?? ''}`);
}
process.exitCode = failed ? 1 : 0;
