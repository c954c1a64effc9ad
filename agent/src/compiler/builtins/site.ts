/** Where the program runs: its arguments, registers, names and stacks. */
import { stringBytes } from '../../language/string-bytes.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import { argumentOffset, instructionPointer, isRegisters, returnOffset } from '../arch/registers.ts';
import type { Context } from '../lower/context.ts';
import { storeBytes, storeInt, within } from '../lower/memory.ts';
import { literalBytes } from '../lower/module.ts';
import { stackId, userStackInto } from '../functions/stacks.ts';
import { number, object, type BuiltinRow, type BuiltinTable } from './row.ts';

function argument(cx: Context, index: number): Value {
  const { arch } = cx.module.target;
  if (isRegisters(cx.site)) {
    const offset = argumentOffset(arch, index);
    if (offset !== null) return cx.b.load(8, cx.ctx, offset);
  } else return cx.b.load(8, cx.ctx, index * 8);
  cx.module.diagnostics.error('unknown-argument', cx.b.span, `arg${index} is not in a register here`);
  return 0n;
}

function retval(cx: Context): Value {
  return cx.b.load(8, cx.ctx, returnOffset(cx.module.target.arch));
}

const ARG = number((cx, e) => argument(cx, Number(e.param ?? /\d+$/.exec(e.name)?.[0] ?? 0)));

export const argumentRow = (name: string): BuiltinRow | undefined => (/^arg\d*$/.test(name) ? ARG : undefined);

/** The part after the provider, as `func` shows it where the address is not needed. */
const providerOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf(':'))) || name;

export const SITE: BuiltinTable = {
  retval: number(retval),
  ctx: number((cx) => cx.ctx),
  probe: object((cx, e, to) => storeBytes(cx, to, literalBytes(cx.sites[0]?.name ?? '', sizeOf(e.type)))),
  probetype: object((cx, e, to) =>
    storeBytes(cx, to, literalBytes(providerOf(cx.sites[0]?.name ?? ''), sizeOf(e.type))),
  ),
  func: {
    value: (cx) => functionAddress(cx),
    into: (cx, e, to) => {
      if (e.type.kind === 'string') {
        const { site } = cx;
        const name = 'symbol' in site ? site.symbol : '';
        storeBytes(cx, to, literalBytes(name, Math.max(sizeOf(e.type), stringBytes(name).length)));
        return;
      }
      // usym: address, pid, probe.
      storeInt(cx, to, 8, functionAddress(cx));
      storeInt(cx, within(to, 8), 8, cx.b.alu('rsh', cx.b.call('get_current_pid_tgid'), 32n));
    },
  },
  usermode: number((cx) => {
    const flags = cx.module.target.arch === 'x64' ? cx.b.load(8, cx.ctx, CS_OFFSET) : 0n;
    return cx.b.alu('rsh', cx.b.alu('and', flags, 3n), 1n);
  }),
  kstack: number((cx, e) => stackId(cx, e.type, false)),
  ustack: object((cx, e, to) => userStackInto(cx, e.type, to)),
};

/** pt_regs.cs on x86-64: its low two bits are the privilege level, 3 in user mode. */
const CS_OFFSET = 136;

function functionAddress(cx: Context): Value {
  if (cx.site.kind === 'kprobe' || cx.site.kind === 'fentry') return cx.b.call('get_func_ip', cx.ctx);
  return isRegisters(cx.site) ? cx.b.load(8, cx.ctx, instructionPointer(cx.module.target.arch)) : 0n;
}
