/** The function that walks a frame of a user stack: made by the native library, not from the query's text. */
import { loadImm64, R1, type Label } from '@bpfscope/native/asm';
import { BPF_PSEUDO_MAP_FD } from '@bpfscope/native/uapi';
import { makeWalker, type UnwindMap } from '@bpfscope/native/unwind/walk';
import type { MapAddress } from '../ir/instruction.ts';
import { DEEPEST_STACK } from '../program.ts';
import type { Emitted } from './emit.ts';

/** The number of the frame, and what goes from frame to frame. */
export const WALKER_PARAMS = 2;
/** Bytes of stack, as the kernel rounds them up. */
export const WALKER_FRAME = 96;

export function frameWalker(maps: Readonly<Record<UnwindMap, number>>): {
  readonly label: Label;
  readonly code: readonly Emitted[];
} {
  const wanted = new Map<object, MapAddress>();
  const { step, stepLabel } = makeWalker({
    context: R1,
    frames: DEEPEST_STACK,
    loadMap: (register, map) => {
      const load = loadImm64(register, 0, 0, BPF_PSEUDO_MAP_FD);
      wanted.set(load, { kind: 'map', map: maps[map], use: 'fd', offset: 0 });
      return load;
    },
  });
  return { label: stepLabel, code: step.map((item) => ({ item, span: null, map: wanted.get(item) ?? null })) };
}
