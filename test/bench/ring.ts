/** Ring buffers: decoding, a minute of records with nothing lost, and an overrun that is counted exactly. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { decoderOf, NO_NAMES } from '@bpfscope/agent/decode';
import type { Type } from '@bpfscope/agent/language';
import { attachRawTracepoint } from '@bpfscope/native/link';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { RingBuffer, RingPoller, type RecordHandler } from '@bpfscope/native/ringbuf';
import { Scope } from '@bpfscope/native/sys';
import { BPF_F_MMAPABLE, MapType, ProgType } from '@bpfscope/native/uapi';
import { SEND_32 } from '../kernel/native-programs.ts';

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

let sum = 0;

/** Only the numbers: what the readers of a traced command have to keep up with. */
const decode = (view: DataView, offset: number, length: number): void => {
  const serial = view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
  const a = view.getUint32(offset + 8, true);
  const b = view.getUint32(offset + 16, true);
  const c = view.getUint32(offset + 24, true);
  sum += serial + a + b + c + length;
};

const NUMBER: Type = { kind: 'int', size: 8, signed: false };
const RECORD_TYPE: Type = {
  kind: 'record',
  fields: ['serial', 'a', 'b', 'c'].map((name) => ({ name, type: NUMBER })),
};

/** As the engine decodes `print((serial=..., a=..., b=..., c=...))`: values with their names. */
const typed = decoderOf(RECORD_TYPE, { names: NO_NAMES, structs: { fields: () => null }, truncation: '' });

const decodeTyped = (view: DataView, offset: number): void => {
  const value = typed(view, offset);
  if (value !== null) sum++;
};

/** Fills a ring with typed records by test runs, then times reading them. */
const decodeRate = (what: string, handler: RecordHandler, goal: string): void => {
  const scope = new Scope();
  try {
    const { ring, counts, maps } = ringAndCounts(scope, 64 << 20);
    const program = load(scope, ProgType.BPF_PROG_TYPE_XDP, maps);
    const reader = scope.add(RingBuffer.open(ring));
    const rates: number[] = [];
    for (let round = 0; round < 5; round++) {
      program.testRun({ data: new Uint8Array(64), repeat: 1_000_000 });
      const began = performance.now();
      const read = reader.drain(handler);
      rates.push(read / (performance.now() - began) / 1000);
    }
    if (sum === 0 || counts[1] !== 0n) throw new Error('records are missing');
    console.log(`${what}: ${Math.max(...rates).toFixed(1)} million ${RECORD}-byte records/s on one core${goal}`);
  } finally {
    scope.close();
  }
};

/** Every system call on this host makes a record while `command` runs; they are read and decoded meanwhile. */
const traced = async (size: number, command: readonly string[], goal: string): Promise<void> => {
  const scope = new Scope();
  try {
    const { ring, counts, maps } = ringAndCounts(scope, size);
    const program = load(scope, ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT, maps);
    const reader = scope.add(RingBuffer.open(ring));
    const poller = new RingPoller();
    let received = 0;
    const remove = poller.add(reader, (view, offset, length) => {
      received++;
      decode(view, offset, length);
    });
    const link = scope.add(attachRawTracepoint(program, 'sys_enter'));
    const began = performance.now();
    const [name = '', ...words] = command;
    await once(spawn(name, words, { stdio: 'ignore' }), 'exit');
    const seconds = (performance.now() - began) / 1000;
    link.close();
    // Programs that are still running on other CPUs end within the grace period that closing waits for.
    poller.flush();
    remove();
    const made = Number(counts[0]);
    const lost = Number(counts[1]);
    const verdict = made === received + lost ? 'exact' : 'WRONG';
    console.log(
      `ring of ${size >> 10} KiB, ${seconds.toFixed(1)} s at ${Math.round(made / seconds / 1000)},000 records/s: ${made} made, ${received} received, ${lost} lost: ${verdict} (goal ${goal})`,
    );
  } finally {
    scope.close();
  }
};

const DD = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1'];

decodeRate('numbers read', decode, '');
decodeRate('typed records decoded', decodeTyped, ' (goal 2)');
await traced(16 << 20, ['timeout', '60', ...DD], '500,000/s for 60 s, none lost');
await traced(64 << 10, [...DD, 'count=2000000'], 'made = received + lost');
