/**
 * Runs in a guest, by the executable's own runtime: what only the library can ask of a kernel. `times`: how long functions
 * take to attach, `times N`: so many of them one by one, 1,000 in one call. `session`: entry and return of functions by
 * one link.
 */
import { readFileSync } from 'node:fs';
import { findKfunc, has, probe } from '@bpfscope/native/features';
import { attachKprobe, attachKprobeMulti, type Link } from '@bpfscope/native/link';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { provideKoffi, type Koffi } from '@bpfscope/native/sys';
import { assemble, instruction } from '@bpfscope/native/testing';
import { AttachType, BPF_F_MMAPABLE, BPF_PSEUDO_KFUNC_CALL, MapType, ProgType } from '@bpfscope/native/uapi';

const COUNT = 1000;
const CALLS = 10_000;
const ROUNDS = 5;
const ALONE = 100;
const FUNCTION = process.arch === 'arm64' ? '__arm64_sys_getppid' : '__x64_sys_getppid';

const RETURN_0 = assemble(instruction(0xb7), instruction(0x95));

const load = (expectedAttachType: number, instructions: Uint8Array = RETURN_0): Program =>
  Program.load({ name: 'guest', type: ProgType.BPF_PROG_TYPE_KPROBE, expectedAttachType, instructions });

/** Functions that are quiet, that nothing forbids, and that have their name alone. */
function functions(): readonly string[] {
  const lines = readFileSync('/sys/kernel/tracing/available_filter_functions', 'latin1').split('\n');
  const times = new Map<string, number>();
  for (const name of lines) times.set(name, (times.get(name) ?? 0) + 1);
  const quiet = /^(ext4|tcp|udp|inet|ip6?|ipv6|xfs|nfs|jbd2|fuse|fat|isofs|crypto|acpi|pci)_\w+$/;
  return [...times].flatMap(([name, count]) => (count === 1 && quiet.test(name) ? [name] : [])).slice(0, COUNT);
}

const ms = (began: number): number => performance.now() - began;

/** Attaches all; links stay attached. */
function timed(
  what: string,
  attach: () => readonly Link[],
): { readonly took: number; readonly links: readonly Link[] } {
  const began = performance.now();
  const links = attach();
  const took = ms(began);
  console.log(`${what}: attached in ${took.toFixed(1)} ms`);
  return { took, links };
}

async function leave(links: readonly Link[]): Promise<void> {
  const began = performance.now();
  await Promise.all(links.map((link) => link.closeInBackground()));
  console.log(`  detached in ${ms(began).toFixed(1)} ms`);
}

async function times(): Promise<void> {
  const names = functions();
  const single = load(0);
  const some = names.slice(0, Number(process.argv[3] ?? ALONE));
  const alone = timed(`${some.length} kprobes one by one`, () =>
    some.flatMap((symbol) => {
      try {
        return [attachKprobe(single, { symbol, offset: 0, return: false })];
      } catch {
        return [];
      }
    }),
  );
  await leave(alone.links);
  if (!has('kprobe_multi')) return console.log(`not in one call: ${probe('kprobe_multi').reason ?? ''}`);
  const multi = load(AttachType.BPF_TRACE_KPROBE_MULTI);
  const together = timed(`${names.length} kprobes in one call`, () => [
    attachKprobeMulti(multi, { symbols: names, return: false }),
  ]);
  await leave(together.links);
  const ratio = alone.took / alone.links.length / (together.took / names.length);
  console.log(`a function in one call takes 1/${ratio.toFixed(0)} of the time`);
}

/** [0] counts entries, [8] returns. `both`: the program asks which one it is at, else it is told. */
function counting(map: BpfMap, attachType: number, at: 'both' | 'entry' | 'return'): Program {
  const kfunc = at === 'both' ? findKfunc('bpf_session_is_return') : null;
  if (at === 'both' && kfunc === null) throw new Error('the kernel has no bpf_session_is_return');
  const ask =
    kfunc === null
      ? [instruction(0xb7, 0, 0, at === 'return' ? 1 : 0)]
      : [instruction(0x85, BPF_PSEUDO_KFUNC_CALL << 4, 0, kfunc), instruction(0x57, 0, 0, 1)];
  const code = assemble(
    ...ask,
    instruction(0x18, 6),
    instruction(0),
    // if (r0 != 0) r6 += 8
    instruction(0x15, 0, 1, 0),
    instruction(0x07, 6, 0, 8),
    // *(u64 *)r6 += 1, atomically
    instruction(0xb7, 1, 0, 1),
    instruction(0xdb, 6 | (1 << 4), 0, 0),
    instruction(0xb7),
    instruction(0x95),
  );
  return load(attachType, patchMaps(code, [{ instruction: ask.length, map: 0, use: 'value' }], [map]));
}

/** Counted in the guest's own calls of a function that nothing else calls now. */
function hits(what: string, map: BpfMap): void {
  const counted = new BigUint64Array(map.memory(), 0, 2);
  counted.fill(0n);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    // A system call each.
    for (let i = 0; i < CALLS; i++) void process.ppid;
    best = Math.min(best, (ms(began) * 1000) / CALLS);
  }
  const calls = CALLS * ROUNDS;
  console.log(`${what}: ${counted[0]} entries, ${counted[1]} returns of ${calls} calls, ${best.toFixed(2)} us a call`);
}

async function session(): Promise<void> {
  if (!has('kprobe_session')) return console.log(`no sessions: ${probe('kprobe_session').reason ?? ''}`);
  const names = functions();
  const map = BpfMap.create({
    ...{ name: 'hits', type: MapType.BPF_MAP_TYPE_ARRAY, keySize: 4, valueSize: 16 },
    ...{ maxEntries: 1, flags: BPF_F_MMAPABLE },
  });
  const one = counting(map, AttachType.BPF_TRACE_KPROBE_SESSION, 'both');
  const entry = counting(map, AttachType.BPF_TRACE_KPROBE_MULTI, 'entry');
  const exit = counting(map, AttachType.BPF_TRACE_KPROBE_MULTI, 'return');
  hits('nothing attached', map);
  for (const [what, symbols] of [
    ['one function', [FUNCTION]],
    [`${names.length + 1} functions`, [...names, FUNCTION]],
  ] as const) {
    const single = timed(`${what}, one session`, () => [
      attachKprobeMulti(one, { symbols, return: false, session: true }),
    ]);
    hits(`${what}, one session`, map);
    await leave(single.links);
    const pair = timed(`${what}, two links`, () => [
      attachKprobeMulti(entry, { symbols, return: false }),
      attachKprobeMulti(exit, { symbols, return: true }),
    ]);
    hits(`${what}, two links`, map);
    await leave(pair.links);
  }
}

export async function main(koffi: Koffi): Promise<void> {
  provideKoffi(koffi);
  await (process.argv[2] === 'session' ? session() : times());
}
