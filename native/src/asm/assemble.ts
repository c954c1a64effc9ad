/** From instructions and labels to bytes: finds every label, widens far jumps, writes little endian. */
import { BPF_JMP, BPF_JMP32, BPF_K, BPF_PSEUDO_FUNC, JUMP_OPS } from './opcode.ts';
import { isWide, slots, type Instruction, type Label } from './instruction.ts';

export type Item = Instruction | { readonly label: Label };

export interface Assembly {
  /** 8 bytes a slot. */
  readonly bytes: Uint8Array;
  /** Slot of each item, labels included. */
  readonly positions: readonly number[];
  readonly labels: ReadonlyMap<Label, number>;
}

const isLabel = (item: Item): item is { readonly label: Label } => 'label' in item;
const JA = BPF_JMP | JUMP_OPS.ja;
/** 32-bit jump. Needs kernel 6.6. */
const JA_LONG = BPF_JMP32 | JUMP_OPS.ja | BPF_K;
const FAR = 32767;

/** Throws when a label is missing or placed twice: that is the caller's bug. */
export function assemble(items: readonly Item[]): Assembly {
  const far = new Set<Item>();
  let placed = place(items, far);
  while (placed.size > FAR) {
    const before = far.size;
    items.forEach((item, i) => {
      if (isLabel(item) || item.target === undefined || isWide(item) || far.has(item)) return;
      if (Math.abs(distance(item, placed.positions[i] ?? 0, placed.labels)) > FAR) far.add(item);
    });
    if (far.size === before) break;
    placed = place(items, far);
  }
  const view = new DataView(new ArrayBuffer(placed.size * 8));
  items.forEach((item, i) => {
    if (isLabel(item)) return;
    const at = placed.positions[i] ?? 0;
    if (far.has(item)) writeFar(view, at, item, placed.labels);
    else write(view, at, item, resolve(item, at, placed.labels));
  });
  return { bytes: new Uint8Array(view.buffer), positions: placed.positions, labels: placed.labels };
}

interface Placed {
  readonly positions: number[];
  readonly labels: Map<Label, number>;
  readonly size: number;
}

function place(items: readonly Item[], far: ReadonlySet<Item>): Placed {
  const labels = new Map<Label, number>();
  const positions: number[] = [];
  let at = 0;
  for (const item of items) {
    positions.push(at);
    if (isLabel(item)) {
      if (labels.has(item.label)) throw new Error(`label ${item.label.name} is placed twice`);
      labels.set(item.label, at);
    } else at += far.has(item) ? farSlots(item) : slots(item);
  }
  return { positions, labels, size: at };
}

function distance(item: Instruction, at: number, labels: ReadonlyMap<Label, number>): number {
  const target = item.target === undefined ? undefined : labels.get(item.target);
  if (target === undefined) throw new Error(`label ${item.target?.name ?? ''} is not placed`);
  return target - at - 1;
}

/** How far away the target is; null without one. */
const resolve = (item: Instruction, at: number, labels: ReadonlyMap<Label, number>): number | null =>
  item.target === undefined ? null : distance(item, at, labels);

/** `ja` becomes one long jump; a conditional jump jumps over a short jump to the long one. */
const farSlots = (item: Instruction): number => (item.opcode === JA ? 1 : 3);

function writeFar(view: DataView, at: number, item: Instruction, labels: ReadonlyMap<Label, number>): void {
  const long = (slot: number): Instruction => ({
    opcode: JA_LONG,
    dst: 0,
    src: 0,
    offset: 0,
    imm: distance(item, slot, labels),
  });
  if (item.opcode === JA) {
    write(view, at, long(at));
    return;
  }
  write(view, at, { ...item, offset: 1 });
  write(view, at + 1, { opcode: JA, dst: 0, src: 0, offset: 1, imm: 0 });
  write(view, at + 2, long(at + 2));
}

/** `distanceTo`: what stands for the offset, or for the immediate where that is an address of a function. */
function write(view: DataView, slot: number, i: Instruction, distanceTo: number | null = null): void {
  const at = slot * 8;
  const hasTwoSlots = isWide(i);
  const isFunction = hasTwoSlots && i.src === BPF_PSEUDO_FUNC;
  view.setUint8(at, i.opcode);
  view.setUint8(at + 1, (i.src << 4) | i.dst);
  view.setInt16(at + 2, isFunction ? i.offset : (distanceTo ?? i.offset), true);
  view.setInt32(at + 4, isFunction ? (distanceTo ?? i.imm) : i.imm, true);
  if (hasTwoSlots) view.setInt32(at + 12, i.high ?? 0, true);
}
