/** Removes instructions whose result nobody reads and blocks that nothing reaches. */
import type { Block, Fn } from '../ir/instruction.ts';
import { definition, forEachUse, hasEffect, successors } from '../ir/operands.ts';

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
  for (const b of fn.blocks) {
    for (const i of b.insns) forEachUse(i, (r) => (uses[r.id] = (uses[r.id] ?? 0) + 1));
    if (b.end !== null) forEachUse(b.end, (r) => (uses[r.id] = (uses[r.id] ?? 0) + 1));
  }
  // Backwards, so that one sweep removes most chains.
  for (let again = true; again;) {
    again = false;
    for (let b = fn.blocks.length - 1; b >= 0; b--) {
      const block = fn.blocks[b];
      if (block === undefined) continue;
      const kept = [];
      for (let n = block.insns.length - 1; n >= 0; n--) {
        const i = block.insns[n];
        if (i === undefined) continue;
        const dst = definition(i);
        if (dst !== null && uses[dst.id] === 0 && !hasEffect(i, PURE_HELPERS)) {
          forEachUse(i, (r) => (uses[r.id] = (uses[r.id] ?? 0) - 1));
          again = true;
        } else kept.push(dropUnusedResult(i, dst !== null && uses[dst.id] === 0));
      }
      block.insns = kept.reverse();
    }
  }
}

function dropUnusedResult(i: Block['insns'][number], unused: boolean): Block['insns'][number] {
  return unused && (i.op === 'call' || i.op === 'atomic') && i.dst !== null ? { ...i, dst: null } : i;
}

export function removeUnreachable(fn: Fn): void {
  const entry = fn.blocks[0];
  if (entry === undefined) return;
  const seen = new Set<Block>([entry]);
  const work = [entry];
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    for (const s of successors(b)) {
      if (!seen.has(s)) {
        seen.add(s);
        work.push(s);
      }
    }
  }
  fn.blocks = fn.blocks.filter((b) => seen.has(b));
}
