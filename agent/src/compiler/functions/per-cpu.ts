/** percpu_kaddr(name[, cpu]): the symbol's place moved by the CPU's offset, as the kernel's per_cpu_ptr() does. */
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { loadInt } from '../lower/memory.ts';
import { number, type Call, type FunctionTable } from './row.ts';

/** 0 for a CPU that there is not. */
function perCpuAddress(cx: Context, e: Call): Value {
  const { b } = cx;
  const [, symbol, offsets] = e.literals;
  if (typeof symbol !== 'bigint' || typeof offsets !== 'bigint') throw new Error('percpu_kaddr() has no address');
  const [asked] = e.args;
  const of = (cpu: Value): Value => {
    const base = b.inReg(b.alu('add', b.alu('mul', cpu, 8n), offsets));
    return b.alu('add', loadInt(cx, { space: 'kernel', base, offset: 0 }, 8, false), symbol);
  };
  if (asked === undefined) return of(b.call('get_smp_processor_id'));
  const result = b.reg();
  const good = b.newBlock();
  const end = b.newBlock();
  b.assign(result, 0n);
  const cpu = lowerValue(cx, asked);
  b.branch('jge', cpu, BigInt(cx.module.target.possibleCpus), end, good);
  b.place(good);
  b.assign(result, of(cpu));
  b.place(end);
  return b.mov(result);
}

export const PER_CPU: FunctionTable = { percpu_kaddr: number(perCpuAddress) };
