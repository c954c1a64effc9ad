/**
 * A store of few bytes needs no number that was cut or extended to them before: it stores what that was made from. Works
 * on registers that are assigned once.
 */
import type { Fn, Insn, Reg, Value } from '../ir/instruction.ts';
import { definition } from '../ir/operands.ts';

export function narrowStores(fn: Fn): void {
  const made = singleDefinitions(fn);
  for (const { insns } of fn.blocks) {
    for (let n = 0; n < insns.length; n++) {
      const i = insns[n];
      if (i?.op !== 'store' || i.size === 8 || typeof i.src !== 'object') continue;
      const src = source(i.src, i.size * 8, made);
      if (src !== i.src) insns[n] = { ...i, src };
    }
  }
}

/** By register: 'param', the instruction of one that is assigned once, 'many', or undefined. */
type Definitions = readonly (Insn | 'param' | 'many' | undefined)[];

function singleDefinitions(fn: Fn): Definitions {
  const made = new Array<Insn | 'param' | 'many' | undefined>(fn.regs);
  for (const p of fn.params) made[p.id] = 'param';
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      const dst = definition(i);
      if (dst !== null) made[dst.id] = made[dst.id] === undefined ? i : 'many';
    }
  }
  return made;
}

/** The register furthest back that has the same low bits. */
function source(from: Reg, bits: number, made: Definitions): Reg {
  let at = from;
  for (;;) {
    const before = sameLowBits(made[at.id], bits, made);
    if (before === null || !isNumber(made[before.id])) return at;
    at = before;
  }
}

/** Certainly not a pointer for the verifier, which refuses to store a part of one. */
function isNumber(i: Definitions[number]): boolean {
  if (typeof i !== 'object') return false;
  if (i.op === 'load') return i.size < 8;
  if (i.op === 'alu') return i.fn !== 'add' && i.fn !== 'sub';
  return i.op === 'call' && NUMBERS.has(i.helper);
}

const NUMBERS: ReadonlySet<string> = new Set([
  'get_current_pid_tgid',
  'get_current_uid_gid',
  'get_current_cgroup_id',
  'get_smp_processor_id',
  'get_prandom_u32',
  'ktime_get_ns',
  'ktime_get_boot_ns',
]);

function sameLowBits(i: Definitions[number], bits: number, made: Definitions): Reg | null {
  if (typeof i !== 'object' || i.op !== 'alu' || typeof i.left !== 'object' || typeof i.right !== 'bigint') return null;
  if (i.fn === 'and') return bits <= i.width && BigInt.asUintN(bits, ~i.right) === 0n ? i.left : null;
  if ((i.fn !== 'arsh' && i.fn !== 'rsh') || i.width !== 64) return null;
  const shifted = made[i.left.id];
  const isExtension =
    typeof shifted === 'object' && shifted.op === 'alu' && shifted.fn === 'lsh' && shifted.width === 64;
  if (!isExtension || shifted.right !== i.right || i.right > BigInt(64 - bits)) return null;
  return isRegister(shifted.left) ? shifted.left : null;
}

const isRegister = (v: Value): v is Reg => typeof v === 'object';
