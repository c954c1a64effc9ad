/** The function that walks a frame of a user stack: made by the native library, not from the query's text. */
import { loadImm64, R1, type Label } from '@bpfscope/native/asm';
import { BPF_PSEUDO_MAP_FD } from '@bpfscope/native/uapi';
import { makeWalker, type UnwindMap } from '@bpfscope/native/unwind/walk';
import type { MapAddress } from '../ir/instruction.ts';
import { DEEPEST_STACK } from '../program.ts';
import type { Code } from './code.ts';

/** The number of the frame, and what goes from frame to frame. */
export const WALKER_PARAMS = 2;
/** Bytes of stack, as the kernel rounds them up. */
export const WALKER_FRAME = 96;

/** `add` adds it to the code, behind its label. */
export function frameWalker(maps: Readonly<Record<UnwindMap, number>>): {
  readonly label: Label;
  add(code: Code): void;
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
  return {
    label: stepLabel,
    add: (code) => {
      for (const item of step) code.add(item, null, wanted.get(item) ?? null);
    },
  };
}
