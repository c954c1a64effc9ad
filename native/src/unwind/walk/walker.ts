/**
 * The BPF side of unwinding: instructions that walk a user stack by the tables of its binaries. x86-64. Linux 5.17
 * (bpf_loop). One frame is a function that the helper calls back, so the verifier looks at one frame, not at 127.
 */
import {
  aluImm,
  aluReg,
  call,
  exit,
  jump,
  jumpImm,
  jumpReg,
  load,
  loadConstant,
  loadFunction,
  R0,
  R1,
  R10,
  R2,
  R3,
  R4,
  R6,
  R7,
  R8,
  R9,
  store,
  storeImm,
} from '../../asm/index.ts';
import type { Instruction, Item, Label, Register } from '../../asm/index.ts';
import { HELPERS } from '../../uapi/helpers.ts';
import {
  HASH_PRIME,
  HASH_START,
  MAPPING,
  MAPPING_STEPS,
  PROCESS,
  PT_REGS,
  ROW,
  ROW_STEPS,
  RULE,
  SIGNAL_FRAME,
  STACK,
  StackEnd,
  WALK,
} from './layout.ts';
import type { UnwindMap } from './layout.ts';
import { Cfa, Saved } from '../rule.ts';

export interface WalkerOptions {
  /** Points to a struct pt_regs of user space: the context of uprobes and of perf events in user mode. */
  readonly context: Register;
  /** Frames at most; as the value of the map `stack` has room for. */
  readonly frames: number;
  /** The 64-bit load of a map's descriptor. */
  readonly loadMap: (register: Register, map: UnwindMap) => Instruction;
}

export interface Walker {
  /** Goes on behind its last instruction, whatever happened. Uses r0 to r5 and `WALKER_STACK` bytes of stack. */
  readonly walk: readonly Item[];
  /** The function for one frame: to stand behind the program's end, with BTF for helpers that call back (2 arguments). */
  readonly step: readonly Item[];
  /** Where `step` begins. */
  readonly stepLabel: Label;
}

const { pc: PC, sp: SP, fp: FP, isReturn: IS_RETURN, end: END, frames: FRAMES, hash: HASH } = WALK;
const { mappingsFirst: MAPPINGS_FIRST, mappingsCount: MAPPINGS_COUNT } = WALK;

/** What `walk` needs of its program's stack. */
export const WALKER_STACK = WALK.bytes + 8;

// In the function for a frame: r6 the frame's address, r7 a bisection's place, r8 the state, r9 the frame's number; and
// below r10:
const KEY = -8;
/** Of a bisection: what is looked for, the elements, whether it is within them. */
const WANTED = -16;
const FIRST = -24;
const COUNT = -32;
const WITHIN = -40;
const CFA = -48;
const RULE_FP = -56;
const RULE_RA = -64;
const WORD = -72;

const label = (name: string): Label => ({ name });
const at = (one: Label): Item => ({ label: one });
const move = (to: Register, from: Register): Instruction => aluReg('mov', to, from);
/** The upper half becomes the sign of the lower. */
const extend = (register: Register): Item[] => [aluImm('lsh', register, 32), aluImm('arsh', register, 32)];

/** `below`: where in the program's stack there is room, in bytes below r10. */
export const makeWalker = ({ context, frames, loadMap }: WalkerOptions, below = 0): Walker => {
  const [found, apply, finish, out] = [label('found'), label('apply'), label('finish'), label('out')];
  const [noTable, noRule, unreadable, complete] = [
    label('no-table'),
    label('no-rule'),
    label('unreadable'),
    label('complete'),
  ];
  const stepLabel = label('unwind_frame');

  /** r0 = the element whose key is at KEY. */
  const look = (map: UnwindMap, missing: Label, key = KEY): Item[] => [
    loadMap(R1, map),
    move(R2, R10),
    aluImm('add', R2, key),
    call(HELPERS.map_lookup_elem.id),
    jumpImm('jeq', R0, 0, missing),
  ];

  /**
   * r0 = the last of COUNT elements from FIRST on whose first word is at most WANTED. Without branches on what it reads:
   * the verifier would follow each one both ways, 2 to the power of `steps` in all. r7 counts the elements below.
   */
  const bisect = (map: UnwindMap, size: 4 | 8, steps: number, none: Label): Item[] => [
    load(8, R1, R10, COUNT),
    jumpImm('jeq', R1, 0, none),
    aluImm('mov', R7, 0),
    ...Array.from({ length: steps }, (_, step) => bisectionStep(map, size, 2 ** (steps - 1 - step), none)).flat(),
    jumpImm('jeq', R7, 0, none),
    move(R1, R7),
    aluImm('sub', R1, 1),
    load(8, R2, R10, FIRST),
    aluReg('add', R1, R2),
    store(4, R10, KEY, R1),
    ...look(map, none),
  ];

  /** r7 += bit, when there are so many elements and all of those are at most WANTED. */
  const bisectionStep = (map: UnwindMap, size: 4 | 8, bit: number, none: Label): Item[] => [
    move(R1, R7),
    aluImm('add', R1, bit - 1),
    move(R2, R1),
    load(8, R3, R10, COUNT),
    aluReg('sub', R2, R3),
    // All ones within the elements, else zero: the first element is read then, and does not count.
    aluImm('arsh', R2, 63),
    store(8, R10, WITHIN, R2),
    aluReg('and', R1, R2),
    load(8, R2, R10, FIRST),
    aluReg('add', R1, R2),
    store(4, R10, KEY, R1),
    ...look(map, none),
    load(size, R1, R0, 0),
    load(8, R2, R10, WANTED),
    aluReg('sub', R1, R2),
    aluImm('sub', R1, 1),
    // All ones when the element is at most what is wanted.
    aluImm('arsh', R1, 63),
    load(8, R2, R10, WITHIN),
    aluReg('and', R1, R2),
    aluImm('and', R1, bit),
    aluReg('add', R7, R1),
  ];

  /** WORD = 8 bytes of user memory at r3. */
  const read: Item[] = [
    move(R1, R10),
    aluImm('add', R1, WORD),
    aluImm('mov', R2, 8),
    call(HELPERS.probe_read_user.id),
    jumpImm('jne', R0, 0, unreadable),
  ];

  const unknown = label('unknown');
  const state = -below - WALK.bytes;
  const key = state - 8;
  const walk: Item[] = [
    move(R1, context),
    load(8, R2, R1, PT_REGS.pc),
    load(8, R3, R1, PT_REGS.sp),
    load(8, R4, R1, PT_REGS.fp),
    store(8, R10, state + PC, R2),
    store(8, R10, state + SP, R3),
    store(8, R10, state + FP, R4),
    aluImm('mov', R0, 0),
    ...[IS_RETURN, MAPPINGS_FIRST, MAPPINGS_COUNT, FRAMES].map((word) => store(8, R10, state + word, R0)),
    aluImm('mov', R0, StackEnd.FULL),
    store(8, R10, state + END, R0),
    loadConstant(R0, HASH_START),
    store(8, R10, state + HASH, R0),
    call(HELPERS.get_current_pid_tgid.id),
    aluImm('rsh', R0, 32),
    store(4, R10, key, R0),
    ...look('processes', unknown, key),
    load(4, R1, R0, PROCESS.first),
    store(8, R10, state + MAPPINGS_FIRST, R1),
    load(4, R1, R0, PROCESS.count),
    store(8, R10, state + MAPPINGS_COUNT, R1),
    at(unknown),
    aluImm('mov', R1, frames),
    loadFunction(R2, stepLabel),
    move(R3, R10),
    aluImm('add', R3, state),
    aluImm('mov', R4, 0),
    call(HELPERS.loop.id),
    aluImm('mov', R1, 0),
    store(4, R10, key, R1),
    ...look('stack', out, key),
    load(8, R1, R10, state + FRAMES),
    store(8, R0, STACK.count, R1),
    load(8, R1, R10, state + END),
    store(8, R0, STACK.end, R1),
    at(out),
  ];

  const remember: Item[] = [
    at(stepLabel),
    move(R9, R1),
    move(R8, R2),
    load(8, R6, R8, PC),
    aluImm('mov', R1, 0),
    store(4, R10, KEY, R1),
    ...look('stack', noTable),
    // Never: the verifier does not know what bpf_loop counts to.
    jumpImm('jge', R9, frames, noTable),
    move(R1, R9),
    aluImm('lsh', R1, 3),
    aluReg('add', R0, R1),
    store(8, R0, STACK.frames, R6),
    storeImm(8, R0, STACK.frames + 8, 0),
    load(8, R1, R8, HASH),
    aluReg('xor', R1, R6),
    loadConstant(R2, HASH_PRIME),
    aluReg('mul', R1, R2),
    store(8, R8, HASH, R1),
    aluImm('add', R9, 1),
    store(8, R8, FRAMES, R9),
  ];

  const findRule: Item[] = [
    move(R1, R6),
    load(8, R2, R8, IS_RETURN),
    aluReg('sub', R1, R2),
    store(8, R10, WANTED, R1),
    load(8, R1, R8, MAPPINGS_FIRST),
    store(8, R10, FIRST, R1),
    load(8, R1, R8, MAPPINGS_COUNT),
    store(8, R10, COUNT, R1),
    ...bisect('mappings', 8, MAPPING_STEPS, noTable),
    load(8, R1, R10, WANTED),
    load(8, R2, R0, MAPPING.end),
    jumpReg('jge', R1, R2, noTable),
    load(8, R2, R0, MAPPING.base),
    aluReg('sub', R1, R2),
    store(8, R10, WANTED, R1),
    load(4, R1, R0, MAPPING.first),
    store(8, R10, FIRST, R1),
    load(4, R1, R0, MAPPING.count),
    store(8, R10, COUNT, R1),
    ...bisect('rows', ROW.rule, ROW_STEPS, noRule),
    load(4, R1, R0, ROW.rule),
    store(4, R10, KEY, R1),
    ...look('rules', noRule),
    load(4, R1, R0, RULE.fp),
    ...extend(R1),
    store(8, R10, RULE_FP, R1),
    load(4, R1, R0, RULE.ra),
    ...extend(R1),
    store(8, R10, RULE_RA, R1),
    load(4, R1, R0, RULE.cfa),
    load(4, R2, R0, RULE.offset),
    ...extend(R2),
  ];

  // r1 the rule's kind, r2 its offset.
  const [fromStub, pushed, fromSignal] = [label('stub'), label('pushed'), label('signal')];
  const findCfa: Item[] = [
    load(8, R3, R8, SP),
    jumpImm('jeq', R1, Cfa.SP, found),
    jumpImm('jeq', R1, Cfa.PLT, fromStub),
    jumpImm('jeq', R1, Cfa.SIGNAL, fromSignal),
    jumpImm('jne', R1, Cfa.FP, noRule),
    load(8, R3, R8, FP),
    jump(found),
    at(fromStub),
    move(R1, R6),
    aluImm('and', R1, 15),
    aluImm('add', R3, 8),
    jumpReg('jge', R1, R2, pushed),
    aluImm('mov', R2, 0),
    jump(found),
    at(pushed),
    aluImm('mov', R2, 8),
    at(found),
    aluReg('add', R3, R2),
    // A caller's frame is above its callee's: what goes down is no stack, or a loop.
    load(8, R1, R8, SP),
    jumpReg('jle', R3, R1, noRule),
    store(8, R10, CFA, R3),
    jump(apply),
  ];

  const word = (offset: number): Item[] => [
    load(8, R3, R8, SP),
    aluImm('add', R3, offset),
    ...read,
    load(8, R1, R10, WORD),
  ];
  const signal: Item[] = [
    at(fromSignal),
    ...word(SIGNAL_FRAME.fp),
    store(8, R8, FP, R1),
    ...word(SIGNAL_FRAME.pc),
    store(8, R8, PC, R1),
    // Last, since it says where the others are. It may go down: handlers may have a stack of their own.
    ...word(SIGNAL_FRAME.sp),
    store(8, R8, SP, R1),
    aluImm('mov', R0, 0),
    store(8, R8, IS_RETURN, R0),
    exit(),
  ];

  const fpKnown = label('fp-known');
  const [fpLost, fpSaved] = [label('fp-lost'), label('fp-saved')];
  const caller: Item[] = [
    at(apply),
    load(8, R1, R10, RULE_RA),
    jumpImm('jeq', R1, Saved.END, complete),
    jumpImm('jeq', R1, Saved.SAME, noRule),
    jumpImm('jeq', R1, Saved.UNKNOWN, noRule),
    load(8, R3, R10, CFA),
    aluReg('add', R3, R1),
    ...read,
    load(8, R6, R10, WORD),
    store(8, R8, PC, R6),
    load(8, R1, R10, RULE_FP),
    jumpImm('jeq', R1, Saved.SAME, fpKnown),
    jumpImm('jeq', R1, Saved.UNKNOWN, fpLost),
    load(8, R3, R10, CFA),
    aluReg('add', R3, R1),
    ...read,
    load(8, R1, R10, WORD),
    jump(fpSaved),
    at(fpLost),
    // A caller that needs it is not followed: from 0 its frame would be below this one.
    aluImm('mov', R1, 0),
    at(fpSaved),
    store(8, R8, FP, R1),
    at(fpKnown),
    load(8, R1, R10, CFA),
    store(8, R8, SP, R1),
    aluImm('mov', R1, 1),
    store(8, R8, IS_RETURN, R1),
    jumpImm('jeq', R6, 0, complete),
    aluImm('mov', R0, 0),
    exit(),
  ];

  const ending = (one: Label, reason: StackEnd): Item[] => [at(one), aluImm('mov', R1, reason), jump(finish)];
  const step: Item[] = [
    ...remember,
    ...findRule,
    ...findCfa,
    ...signal,
    ...caller,
    ...ending(noTable, StackEnd.NO_TABLE),
    ...ending(noRule, StackEnd.NO_RULE),
    ...ending(unreadable, StackEnd.UNREADABLE),
    ...ending(complete, StackEnd.COMPLETE),
    at(finish),
    store(8, R8, END, R1),
    aluImm('mov', R0, 1),
    exit(),
  ];
  return { walk, step, stepLabel };
};
