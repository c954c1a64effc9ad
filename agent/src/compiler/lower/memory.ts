/** Objects in memory: their place, reading and writing them, copying with as few instructions or helper calls as it takes. */
import type { Size } from '@bpfscope/native/asm';
import type { AddressSpace, Type } from '../../language/types.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Base, MapAddress, Operand, Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { readWith } from './read.ts';
import { extend, isSigned, scalarSize } from './scalar.ts';

/**
 * Where an object is. `bpf`: stack, map values, ring records, loaded directly. `context`: the program's context, loaded
 * directly. `trusted`: kernel memory behind a pointer that the verifier knows by BTF. The rest through helpers.
 */
export interface Memory {
  readonly space: 'bpf' | 'context' | 'trusted' | 'kernel' | 'user';
  readonly base: Base | MapAddress;
  readonly offset: number;
  /** Strings written here need nothing after their NUL: event records, which readers stop reading at the NUL. */
  readonly loose?: boolean;
}

/** Copies of up to so many bytes are loads and stores. */
const INLINE_COPY = 64;

export const within = (m: Memory, offset: number): Memory => ({ ...m, offset: m.offset + offset });

/** The address as an argument or number. */
export function address(cx: Context, m: Memory): Operand {
  const { base, offset } = m;
  switch (base.kind) {
    case 'slot-address':
      return { kind: 'slot-address', offset: base.offset + offset };
    case 'map':
      return { ...base, offset: base.offset + offset };
    case 'reg':
      return offset === 0 ? base : cx.b.alu('add', base, BigInt(offset));
  }
}

/** Base and offset that loads and stores take. */
function direct(cx: Context, m: Memory): { readonly base: Base; readonly offset: number } {
  if (m.base.kind !== 'map') return { base: m.base, offset: m.offset };
  return { base: cx.b.mov({ ...m.base, offset: m.base.offset + m.offset }), offset: 0 };
}

export const isDirect = (m: Memory): boolean => m.space === 'bpf' || m.space === 'context' || m.space === 'trusted';

/** The number at a place, in 64 bits. */
export function loadScalar(cx: Context, m: Memory, type: Type): Value {
  return loadInt(cx, m, scalarSize(type), isSigned(type));
}

export function loadInt(cx: Context, m: Memory, size: Size, signed: boolean): Value {
  if (isDirect(m)) {
    const { base, offset } = direct(cx, m);
    const value = cx.b.load(size, base, offset);
    return signed ? extend(cx.b, value, size, true) : value;
  }
  return cx.b.scope(() => {
    const slot = cx.b.slot(8);
    readBytes(cx, m, { space: 'bpf', base: slot, offset: 0 }, size);
    const value = cx.b.load(size, slot, 0);
    return signed ? extend(cx.b, value, size, true) : value;
  });
}

/** The byte so many behind a place of memory that programs may index. */
export function loadByteAt(cx: Context, m: Memory, behind: Value): Reg {
  const { b } = cx;
  const { base, offset } = m;
  return b.load(1, b.inReg(b.alu('add', behind, base.kind === 'reg' ? base : b.mov(base))), offset);
}

export function storeScalar(cx: Context, m: Memory, type: Type, value: Value): void {
  storeInt(cx, m, scalarSize(type), value);
}

export function storeInt(cx: Context, m: Memory, size: Size, value: Value): void {
  const { base, offset } = direct(cx, m);
  cx.b.store(size, base, offset, value);
}

/** Reads memory of the kernel or of the process; what cannot be read is zeros. */
function readBytes(cx: Context, from: Memory, to: Memory, size: number): void {
  readWith(cx, from.space === 'user' ? 'user' : 'kernel', false, address(cx, to), BigInt(size), address(cx, from));
}

export function copy(cx: Context, from: Memory, to: Memory, size: number): void {
  if (size === 0) return;
  if (!isDirect(from) || size > INLINE_COPY || from.space === 'trusted') return readBytes(cx, from, to, size);
  const source = direct(cx, from);
  const target = direct(cx, to);
  for (const { offset, bytes } of pieces(size, alignment(from), alignment(to))) {
    cx.b.store(bytes, target.base, target.offset + offset, cx.b.load(bytes, source.base, source.offset + offset));
  }
}

/**
 * An object of a type. Strings from outside may have anything after their NUL, which must not get into keys: they are
 * read up to the NUL, the rest is zeros.
 */
export function copyObject(cx: Context, from: Memory, to: Memory, type: Type): void {
  const size = sizeOf(type);
  if (type.kind !== 'string' || from.space === 'bpf' || (to.loose === true && from.space === 'context')) {
    return copy(cx, from, to, size);
  }
  const read = readString(cx, from, to, size, BigInt(size));
  // A character array may be full, without a NUL: the reading put one over its last character.
  const { b } = cx;
  const full = b.newBlock(true);
  const end = b.newBlock();
  b.branch('jeq', read, BigInt(size), full, end);
  b.unlikely(() => {
    b.place(full);
    storeInt(cx, within(to, size - 1), 1, loadInt(cx, within(from, size - 1), 1, false));
    b.jump(end);
  });
  b.place(end);
}

/** At most `length` bytes with the NUL that is always there; `size` is the target's. Gives how many were read, or an error. */
export function readString(cx: Context, from: Memory, to: Memory, size: number, length: Value): Reg {
  if (to.loose !== true) clear(cx, to, size);
  const space = from.space === 'user' ? 'user' : 'kernel';
  return readWith(cx, space, true, address(cx, to), length, address(cx, from));
}

/** Zeros; large objects by a read of address 0, which fails and clears. */
export function clear(cx: Context, to: Memory, size: number): void {
  if (size === 0) return;
  if (size > 2 * INLINE_COPY) {
    cx.b.call('probe_read_kernel', address(cx, to), BigInt(size), 0n);
    return;
  }
  const target = direct(cx, to);
  for (const { offset, bytes } of pieces(size, alignment(to)))
    cx.b.store(bytes, target.base, target.offset + offset, 0n);
}

/** Constant bytes, by immediate stores or a copy. */
export function storeBytes(cx: Context, to: Memory, bytes: Uint8Array): void {
  if (bytes.length > INLINE_COPY) {
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    if (end === 0) return clear(cx, to, bytes.length);
    const from: Memory = { space: 'bpf', base: cx.module.constant(bytes), offset: 0 };
    return copy(cx, from, to, bytes.length);
  }
  const target = direct(cx, to);
  for (const piece of pieces(bytes.length, alignment(to))) {
    cx.b.store(piece.bytes, target.base, target.offset + piece.offset, littleEndian(bytes, piece.offset, piece.bytes));
  }
}

/** Signed, as immediates are. */
export function littleEndian(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(bytes[at + n] ?? 0);
  return BigInt.asIntN(size * 8, value);
}

/** The largest loads that cover `size` bytes, aligned at all of these offsets. */
export function pieces(
  size: number,
  ...starts: readonly number[]
): { readonly offset: number; readonly bytes: Size }[] {
  const out: { offset: number; bytes: Size }[] = [];
  for (let offset = 0; offset < size;) {
    const fits = (s: Size): boolean => offset + s <= size && starts.every((start) => (start + offset) % s === 0);
    const bytes = ([8, 4, 2, 1] as const).find(fits) ?? 1;
    out.push({ offset, bytes });
    offset += bytes;
  }
  return out;
}

/** The offset whose alignment accesses must keep: the stack and the context want natural alignment. */
export function alignment(m: Memory): number {
  return m.base.kind === 'reg' ? m.offset : m.base.offset + m.offset;
}

/** What a pointer of the language points at. */
export function pointee(cx: Context, pointer: Reg | Operand, space: AddressSpace): Memory {
  const base = typeof pointer === 'object' && pointer.kind === 'reg' ? pointer : cx.b.inReg(pointer);
  return { space: memorySpace(cx, space), base, offset: 0 };
}

const USER_SITES: ReadonlySet<string> = new Set(['uprobe', 'usdt']);

/** Unknown pointers belong to the side that the probe is on. */
export function memorySpace(cx: Context, space: AddressSpace): Memory['space'] {
  if (space === 'user' || space === 'bpf') return space;
  if (space === 'unknown') return USER_SITES.has(cx.site.kind) ? 'user' : 'kernel';
  return 'kernel';
}
