/** Rewrites spilled registers: each use loads, each write stores. What can be made again (constants, addresses) is made again. */
import type { Base, Fn, Insn, Operand, Reg, Value } from '../ir/instruction.ts';
import { definition, substitute, substituteEnd, type Substitution } from '../ir/operands.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { Intervals } from './intervals.ts';
import { intersects } from './linear-scan.ts';

/** Adds the temporaries, which must get registers, to `temporaries`. */
export function spill(fn: Fn, ids: readonly number[], all: Intervals, temporaries: Set<number>): void {
  const remade = remakeable(fn, new Set(ids));
  const places = stackPlaces(
    fn,
    ids.filter((id) => !remade.has(id)),
    all,
  );
  const fresh = (): Reg => {
    const reg: Reg = { kind: 'reg', id: fn.regs++ };
    temporaries.add(reg.id);
    return reg;
  };
  for (const block of fn.blocks) {
    const out: Insn[] = [];
    let loaded = new Map<number, Reg>();
    const read = (r: Reg, span: Span): Reg => {
      const source = remade.get(r.id);
      const offset = places.get(r.id);
      if (source === undefined && offset === undefined) return r;
      const known = loaded.get(r.id);
      if (known !== undefined) return known;
      const dst = fresh();
      if (source !== undefined) out.push({ op: 'mov', dst, src: source, span });
      else out.push({ op: 'load', dst, size: 8, base: { kind: 'slot-address', offset: offset ?? 0 }, offset: 0, span });
      loaded.set(r.id, dst);
      return dst;
    };
    const replace = (span: Span): Substitution => ({
      operand: (o: Operand): Operand =>
        typeof o === 'object' && o.kind === 'reg' ? (remade.get(o.id) ?? read(o, span)) : o,
      value: (v: Value): Value => (typeof v === 'object' ? read(v, span) : v),
      base: (b: Base): Base => (b.kind === 'reg' ? read(b, span) : b),
      reg: (r: Reg): Reg => read(r, span),
    });
    for (const i of block.insns) {
      loaded = new Map();
      const dst = definition(i);
      if (dst !== null && remade.has(dst.id)) continue;
      const changed = substitute(i, replace(i.span));
      const offset = dst === null ? undefined : places.get(dst.id);
      if (dst === null || offset === undefined || changed.op === 'store') {
        out.push(changed);
        continue;
      }
      const temporary = fresh();
      out.push({ ...changed, dst: temporary });
      out.push({
        op: 'store',
        size: 8,
        base: { kind: 'slot-address', offset },
        offset: 0,
        src: temporary,
        span: i.span,
      });
    }
    loaded = new Map();
    if (block.end !== null) block.end = substituteEnd(block.end, replace(block.end.span));
    block.insns = out;
  }
  spillParams(fn, places, temporaries);
}

/** Spilled registers with one definition, which is a move of a constant or an address. */
function remakeable(fn: Fn, ids: ReadonlySet<number>): Map<number, Operand> {
  const found = new Map<number, Operand>();
  const seen = new Set<number>(fn.params.map((p) => p.id));
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      const dst = definition(i);
      if (dst === null || !ids.has(dst.id)) continue;
      if (i.op === 'mov' && !seen.has(dst.id) && (typeof i.src === 'bigint' || i.src.kind !== 'reg')) {
        found.set(dst.id, i.src);
      } else found.delete(dst.id);
      seen.add(dst.id);
    }
  }
  return found;
}

interface Slot {
  readonly offset: number;
  readonly holders: number[];
}

/** All that a stack has room for: a program that needs more is refused, and no place is worth looking for. */
const MOST_SLOTS = 64;

/** Stack offsets, shared by registers that never live at the same time. */
function stackPlaces(fn: Fn, ids: readonly number[], all: Intervals): Map<number, number> {
  const places = new Map<number, number>();
  const slots: Slot[] = [];
  for (const id of ids) {
    const interval = all.byId[id];
    if (interval === undefined) continue;
    const isFree = (slot: Slot): boolean =>
      slot.holders.every((h) => {
        const other = all.byId[h];
        return other === undefined || !intersects(other, interval);
      });
    let slot = slots.length >= MOST_SLOTS ? undefined : slots.find(isFree);
    if (slot === undefined) {
      fn.frame += 8;
      slot = { offset: -fn.frame, holders: [] };
      slots.push(slot);
    }
    slot.holders.push(id);
    places.set(id, slot.offset);
  }
  return places;
}

function spillParams(fn: Fn, places: ReadonlyMap<number, number>, temporaries: Set<number>): void {
  const entry = fn.blocks[0];
  if (entry === undefined) return;
  for (const p of fn.params) {
    const offset = places.get(p.id);
    if (offset === undefined) continue;
    temporaries.add(p.id);
    const span = entry.insns[0]?.span ?? { start: 0, end: 0 };
    entry.insns.unshift({ op: 'store', size: 8, base: { kind: 'slot-address', offset }, offset: 0, src: p, span });
  }
}
