/**
 * A count by kernel stack whose key holds the frames themselves, as bpftrace 0.27 has it: a scratch value of each CPU is
 * filled by bpf_get_stack and is the key of a hash. What ours, which has a number of the stack in the key, is measured beside.
 */
import { hostTarget } from '@bpfscope/agent/engine';
import { attachTracepoint } from '@bpfscope/native/link';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import type { Scope } from '@bpfscope/native/sys';
import { instruction } from '@bpfscope/native/testing';
import { MapType, ProgType } from '@bpfscope/native/uapi';
import { add, atomicAdd, call, copy, exit, join, loadMap, move, store } from '../../kernel/native-programs.ts';

const FRAMES = 127;
/** Their number, and the frames. */
const KEY = 8 + 8 * FRAMES;

const LOOKUP = 1;
const UPDATE = 2;
const GET_STACK = 67;

/** Skips so many instructions when register 0 is 0. */
const ifNone = (skipped: number): Uint8Array => instruction(0x15, 0, skipped);
/** The same when it is negative (jslt). */
const ifNegative = (skipped: number): Uint8Array => instruction(0xc5, 0, skipped);

/** r6 context, r7 key. Each part with its number of instructions. */
const PROGRAM = join(
  copy(6, 1), // 0
  store(10, -8, 0), // 1
  loadMap(1), // 2, 3: scratch
  copy(2, 10), // 4
  add(2, -8), // 5
  call(LOOKUP), // 6
  ifNone(28), // 7: to 36
  copy(7, 0), // 8
  copy(1, 6), // 9
  copy(2, 7), // 10
  add(2, 8), // 11
  move(3, 8 * FRAMES), // 12
  move(4, 0), // 13
  call(GET_STACK), // 14
  ifNegative(20), // 15: to 36
  instruction(0x7b, 7 | (0 << 4), 0), // 16: *(u64 *)r7 = r0
  loadMap(1), // 17, 18: counts
  copy(2, 7), // 19
  call(LOOKUP), // 20
  ifNone(4), // 21: to 26
  move(1, 1), // 22
  atomicAdd(0, 0, 1), // 23
  move(0, 0), // 24
  exit, // 25
  store(10, -16, 1), // 26
  loadMap(1), // 27, 28: counts
  copy(2, 7), // 29
  copy(3, 10), // 30
  add(3, -16), // 31
  move(4, 0), // 32
  call(UPDATE), // 33
  move(0, 0), // 34
  exit, // 35
  move(0, 0), // 36
  exit, // 37
);
const REFERENCES = [
  { instruction: 2, map: 0, use: 'fd' as const },
  { instruction: 17, map: 1, use: 'fd' as const },
  { instruction: 27, map: 1, use: 'fd' as const },
];

/** On tracepoint:raw_syscalls:sys_enter until the scope is closed; returns the program's id. */
export function attachFramesInKey(scope: Scope): number {
  const make = (name: string, type: number, keySize: number, valueSize: number, maxEntries: number): BpfMap =>
    scope.add(BpfMap.create({ name, type, keySize, valueSize, maxEntries, flags: 0 }));
  const scratch = make('scratch', MapType.BPF_MAP_TYPE_PERCPU_ARRAY, 4, KEY, 1);
  const counts = make('counts', MapType.BPF_MAP_TYPE_PERCPU_HASH, KEY, 8, 4096);
  const instructions = patchMaps(PROGRAM, REFERENCES, [scratch, counts]);
  const program = scope.add(
    Program.load({ name: 'frames', type: ProgType.BPF_PROG_TYPE_TRACEPOINT, instructions, license: 'GPL' }),
  );
  const tracepoint = hostTarget().tracepoint('raw_syscalls', 'sys_enter');
  if (tracepoint === null) throw new Error('the kernel has no tracepoint raw_syscalls:sys_enter');
  scope.add(attachTracepoint(program, { category: 'raw_syscalls', event: 'sys_enter', id: tracepoint.id }));
  return program.info().id;
}
