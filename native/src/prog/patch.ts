/** Putting what exists only on this host into instructions. */
import { BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from '../uapi/flags.ts';
import type { FileDescriptor } from '../sys/handle.ts';

/** A two-slot load (BPF_LD | BPF_IMM | BPF_DW) that wants a map. */
export interface MapReference {
  /** Index of its first slot. */
  readonly instruction: number;
  /** Index into the maps. */
  readonly map: number;
  /** 'fd': the map; 'value': address of element 0 plus what stands in the second slot's immediate. */
  readonly use: 'fd' | 'value';
}

const LOAD_IMM64 = 0x18;

/** A copy of the instructions with the maps' descriptors in place. */
export const patchMaps = (
  instructions: Uint8Array,
  references: readonly MapReference[],
  maps: readonly { readonly fd: FileDescriptor }[],
): Uint8Array => {
  // Not slice(): a Buffer's shares memory.
  const patched = new Uint8Array(instructions);
  const view = new DataView(patched.buffer);
  for (const { instruction, map, use } of references) {
    const offset = instruction * 8;
    const target = maps[map];
    if (target === undefined) throw new Error(`instruction ${instruction} refers to map ${map}, which does not exist`);
    if (patched[offset] !== LOAD_IMM64) throw new Error(`instruction ${instruction} is no 64-bit load`);
    const pseudo = use === 'fd' ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_VALUE;
    patched[offset + 1] = ((patched[offset + 1] ?? 0) & 0x0f) | (pseudo << 4);
    view.setInt32(offset + 4, target.fd.number, true);
  }
  return patched;
};
