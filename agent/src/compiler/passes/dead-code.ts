/** Removes instructions whose result nobody reads and blocks that nothing reaches. */
import type { Block, Fn, Insn, Reg } from '../ir/instruction.ts';
import { definition, forEachUse, hasEffect } from '../ir/operands.ts';

/** Helpers without effects: a call whose result is unused goes away. */
const PURE_HELPERS: ReadonlySet<string> = new Set([
  'map_lookup_elem',
  'ktime_get_ns',
  'ktime_get_boot_ns',
  'ktime_get_tai_ns',
  'jiffies64',
  'get_smp_processor_id',
  'get_current_pid_tgid',
  'get_current_uid_gid',
  'get_current_task',
  'get_current_task_btf',
  'get_current_cgroup_id',
  'get_numa_node_id',
  'get_prandom_u32',
  'get_attach_cookie',
  'get_func_ip',
]);

export function removeDeadCode(fn: Fn): void {
  removeUnreachable(fn);
  const uses = new Int32Array(fn.regs);
  const more = (r: Reg): void => void (uses[r.id] = (uses[r.id] ?? 0) + 1);
  const less = (r: Reg): void => void (uses[r.id] = (uses[r.id] ?? 0) - 1);
  for (const b of fn.blocks) {
    for (const i of b.insns) forEachUse(i, more);
    if (b.end !== null) forEachUse(b.end, more);
  }
  const dead = new Set<Insn>();
  // Backwards, so that one sweep removes most chains.
  for (let again = true; again;) {
    again = false;
    for (let b = fn.blocks.length - 1; b >= 0; b--) {
      const block = fn.blocks[b];
      if (block === undefined) continue;
      const { insns } = block;
      let removed = 0;
      for (let n = insns.length - 1; n >= 0; n--) {
        const i = insns[n];
        const dst = i === undefined ? null : definition(i);
        if (i === undefined || dst === null || uses[dst.id] !== 0) continue;
        if (!hasEffect(i, PURE_HELPERS)) {
          forEachUse(i, less);
          dead.add(i);
          removed++;
        } else insns[n] = dropUnusedResult(i);
      }
      if (removed === 0) continue;
      again = true;
      block.insns = insns.filter((i) => !dead.has(i));
    }
  }
}

const dropUnusedResult = (i: Insn): Insn => (i.op === 'call' || i.op === 'atomic' ? { ...i, dst: null } : i);

export function removeUnreachable(fn: Fn): void {
  const entry = fn.blocks[0];
  if (entry === undefined) return;
  const seen: boolean[] = [];
  const work: Block[] = [];
  let count = 0;
  const reach = (b: Block): void => {
    if (seen[b.id] === true) return;
    seen[b.id] = true;
    count++;
    work.push(b);
  };
  reach(entry);
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    if (b.end?.op === 'jump') reach(b.end.to);
    else if (b.end?.op === 'branch') {
      reach(b.end.then);
      reach(b.end.else);
    }
  }
  if (count < fn.blocks.length) fn.blocks = fn.blocks.filter((b) => seen[b.id] === true);
}
