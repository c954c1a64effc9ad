/** Run by Bun (native-bun.test.ts): reads so many records that the engine compiles the reader to machine code. */
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { RingBuffer } from '@bpfscope/native/ringbuf';
import { Scope } from '@bpfscope/native/sys';
import { BPF_F_MMAPABLE, MapType, ProgType } from '@bpfscope/native/uapi';
import { SEND_32 } from './native-programs.ts';

const scope = new Scope();
const records = { name: 'r', type: MapType.BPF_MAP_TYPE_RINGBUF, keySize: 0, valueSize: 0, flags: 0 };
const counts = { name: 'c', type: MapType.BPF_MAP_TYPE_ARRAY, keySize: 4, valueSize: 16, flags: BPF_F_MMAPABLE };
const ring = scope.add(BpfMap.create({ ...records, maxEntries: 16 << 20 }));
const array = scope.add(BpfMap.create({ ...counts, maxEntries: 1 }));
const instructions = patchMaps(SEND_32.instructions, SEND_32.references, [ring, array]);
const program = scope.add(Program.load({ name: 'ring_child', type: ProgType.BPF_PROG_TYPE_XDP, instructions }));
const reader = scope.add(RingBuffer.open(ring));
let sum = 0;
let read = 0;
for (let round = 0; round < 3; round++) {
  program.testRun({ data: new Uint8Array(64), repeat: 300_000 });
  read += reader.drain((view, offset, length) => {
    sum += view.getUint32(offset + 24, true) + length;
  });
}
scope.close();
console.log(JSON.stringify({ read, sum }));
