/** Hand-made programs for the tests of the native library: they need no compiler. */
import { assemble, instruction } from '@bpfscope/native/testing';

export { assemble };

export const move = (register: number, value: number): Uint8Array => instruction(0xb7, register, 0, value);
export const copy = (to: number, from: number): Uint8Array => instruction(0xbf, to | (from << 4));
export const add = (register: number, value: number): Uint8Array => instruction(0x07, register, 0, value);
export const call = (helper: number): Uint8Array => instruction(0x85, 0, 0, helper);
export const jumpIfEqual = (register: number, value: number, offset: number): Uint8Array =>
  instruction(0x15, register, offset, value);
export const jumpIfBelow = (register: number, value: number, offset: number): Uint8Array =>
  instruction(0xa5, register, offset, value);
export const exit = instruction(0x95);
/** [register + offset] = value, 8 bytes. */
export const store = (register: number, offset: number, value: number): Uint8Array =>
  instruction(0x7a, register, offset, value);
export const storeRegister = (register: number, offset: number, from: number): Uint8Array =>
  instruction(0x7b, register | (from << 4), offset);
export const load = (to: number, from: number, offset: number): Uint8Array =>
  instruction(0x79, to | (from << 4), offset);
/** *(u64 *)(register + offset) += from, atomically. */
export const atomicAdd = (register: number, offset: number, from: number): Uint8Array =>
  instruction(0xdb, register | (from << 4), offset, 0);
/** Two slots; to be patched with a map. */
export const loadMap = (register: number, valueOffset = 0): Uint8Array =>
  assemble(instruction(0x18, register), instruction(0, 0, 0, valueOffset));

export const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** Adds 1 to the u64 at element 0 of map 0 (mmapable array) each time it runs. */
export const COUNTER = {
  instructions: join(loadMap(1), move(2, 1), atomicAdd(1, 0, 2), move(0, 0), exit),
  references: [{ instruction: 0, map: 0, use: 'value' as const }],
};

/** As COUNTER, and puts bpf_get_attach_cookie into the second u64. */
export const COOKIE = {
  instructions: join(call(174), loadMap(1), storeRegister(1, 8, 0), move(2, 1), atomicAdd(1, 0, 2), move(0, 0), exit),
  references: [{ instruction: 1, map: 0, use: 'value' as const }],
};

/** Sends the first context argument (u64) to ring map 0; returns 0, or a negative error when the ring is full. */
export const SEND = {
  instructions: join(
    load(3, 1, 0),
    storeRegister(10, -8, 3),
    loadMap(1),
    copy(2, 10),
    add(2, -8),
    move(3, 8),
    move(4, 0),
    call(130),
    exit,
  ),
  references: [{ instruction: 2, map: 0, use: 'fd' as const }],
};

/** if (register == 0) skip `lines` instructions. */
export const skipIfZero = (register: number, lines: number): Uint8Array => instruction(0x15, register, lines, 0);

/**
 * Sends a 32-byte record (made, 1, 2, 3) to ring map 0. Map 1 is a mmapable array: [0] counts the records made, [8]
 * those that the ring had no room for.
 */
export const SEND_32 = {
  instructions: join(
    loadMap(6),
    move(1, 1),
    atomicAdd(6, 0, 1),
    load(1, 6, 0),
    storeRegister(10, -32, 1),
    store(10, -24, 1),
    store(10, -16, 2),
    store(10, -8, 3),
    loadMap(1),
    copy(2, 10),
    add(2, -32),
    move(3, 32),
    move(4, 0),
    call(130),
    skipIfZero(0, 2),
    move(1, 1),
    atomicAdd(6, 8, 1),
    move(0, 0),
    exit,
  ),
  references: [
    { instruction: 0, map: 1, use: 'value' as const },
    { instruction: 9, map: 0, use: 'fd' as const },
  ],
};
