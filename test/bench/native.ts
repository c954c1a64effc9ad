/** The BPF library by itself: ring buffer, attaching many probes. Goals are printed beside the figures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ElfFile, ElfSymbols } from '@bpfscope/native/elf';
import { has } from '@bpfscope/native/features';
import { attachRawTracepoint, attachUprobe, attachUprobeMulti } from '@bpfscope/native/link';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { RingBuffer, RingPoller } from '@bpfscope/native/ringbuf';
import { Scope } from '@bpfscope/native/sys';
import { AttachType, BPF_F_MMAPABLE, MapType, ProgType } from '@bpfscope/native/uapi';
import { assemble, exit, move, SEND_32 } from '../kernel/native-programs.ts';

const RECORD = 32;

const ringAndCounts = (scope: Scope, size: number): { ring: BpfMap; counts: BigUint64Array; maps: BpfMap[] } => {
  const ring = scope.add(
    BpfMap.create({
      name: 'ring',
      type: MapType.BPF_MAP_TYPE_RINGBUF,
      keySize: 0,
      valueSize: 0,
      maxEntries: size,
      flags: 0,
    }),
  );
  const array = scope.add(
    BpfMap.create({
      name: 'counts',
      type: MapType.BPF_MAP_TYPE_ARRAY,
      keySize: 4,
      valueSize: 16,
      maxEntries: 1,
      flags: BPF_F_MMAPABLE,
    }),
  );
  return { ring, counts: new BigUint64Array(array.memory(), 0, 2), maps: [ring, array] };
};

const load = (scope: Scope, type: number, maps: readonly BpfMap[]): Program =>
  scope.add(
    Program.load({ name: 'bench', type, instructions: patchMaps(SEND_32.instructions, SEND_32.references, maps) }),
  );

/** Fills a ring with typed records by test runs, then times reading them. */
const decodeRate = (): void => {
  const scope = new Scope();
  try {
    const { ring, counts, maps } = ringAndCounts(scope, 64 << 20);
    const program = load(scope, ProgType.BPF_PROG_TYPE_XDP, maps);
    const reader = scope.add(RingBuffer.open(ring));
    const rates: number[] = [];
    let sum = 0;
    for (let round = 0; round < 5; round++) {
      program.testRun({ data: new Uint8Array(64), repeat: 1_000_000 });
      const began = performance.now();
      const read = reader.drain((view, offset, length) => {
        const serial = view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
        const a = view.getUint32(offset + 8, true);
        const b = view.getUint32(offset + 16, true);
        const c = view.getUint32(offset + 24, true);
        sum += serial + a + b + c + length;
      });
      rates.push(read / (performance.now() - began) / 1000);
    }
    if (sum === 0 || counts[1] !== 0n) throw new Error('records are missing');
    console.log(`ring buffer: ${Math.max(...rates).toFixed(1)} million ${RECORD}-byte records/s decoded (goal 2)`);
  } finally {
    scope.close();
  }
};

/** Every system call of a busy process makes a record; a small ring must overflow and say so exactly. */
const overrun = async (size: number, calls: number): Promise<void> => {
  const scope = new Scope();
  try {
    const { ring, counts, maps } = ringAndCounts(scope, size);
    const program = load(scope, ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, maps);
    const reader = scope.add(RingBuffer.open(ring));
    const poller = new RingPoller();
    let received = 0;
    const remove = poller.add(reader, () => received++);
    const link = scope.add(attachRawTracepoint(program, 'sys_enter'));
    const began = performance.now();
    const child = spawn('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${calls}`], { stdio: 'ignore' });
    await once(child, 'exit');
    const seconds = (performance.now() - began) / 1000;
    link.close();
    // Programs that are still running on other CPUs end within the grace period that closing waits for.
    poller.flush();
    remove();
    const made = Number(counts[0]);
    const lost = Number(counts[1]);
    const verdict = made === received + lost ? 'exact' : 'WRONG';
    console.log(
      `ring of ${size >> 10} KiB at ${Math.round(made / seconds / 1000)},000 records/s: ${made} made, ${received} received, ${lost} lost: ${verdict}`,
    );
  } finally {
    scope.close();
  }
};

const attachMany = (): void => {
  const file = ElfFile.open(process.execPath);
  const offsets = [...new ElfSymbols(file).all()]
    .filter(({ name }) => name.startsWith('ares_') || name.startsWith('uv_') || name.startsWith('nghttp2_'))
    .map(({ address }) => file.offsetOf(address) ?? 0)
    .slice(0, 1000);
  file.close();
  const spec = { name: 'bench', type: ProgType.BPF_PROG_TYPE_KPROBE, instructions: assemble(move(0, 0), exit) };
  const path = process.execPath;
  const timed = (make: (scope: Scope) => void): number => {
    const scope = new Scope();
    const began = performance.now();
    try {
      make(scope);
      return performance.now() - began;
    } finally {
      scope.close();
    }
  };
  const oneByOne = timed((scope) => {
    const program = scope.add(Program.load(spec));
    for (const offset of offsets) scope.add(attachUprobe(program, { path, offset, return: false, pid: null }));
  });
  if (!has('uprobe_multi')) return;
  const multi = timed((scope) => {
    const program = scope.add(Program.load({ ...spec, expectedAttachType: AttachType.BPF_TRACE_UPROBE_MULTI }));
    scope.add(attachUprobeMulti(program, { path, offsets, return: false, pid: null }));
  });
  console.log(
    `attaching ${offsets.length} uprobes: ${multi.toFixed(0)} ms at once (goal 100), ${oneByOne.toFixed(0)} ms one by one`,
  );
};

export async function main(): Promise<void> {
  decodeRate();
  await overrun(16 << 20, 2_000_000);
  await overrun(64 << 10, 2_000_000);
  attachMany();
}

await main();
