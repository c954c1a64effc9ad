/** Where the program runs: its arguments, registers, names and stacks. */
import type { AttachSite } from '../../language/attach.ts';
import { stringBytes } from '../../language/string-bytes.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import { argumentOffset, instructionPointer, isRegisters, returnOffset } from '../arch/registers.ts';
import type { Context } from '../lower/context.ts';
import { parseUsdtArgument } from '../arch/usdt.ts';
import { loadInt, storeBytes, storeInt, within } from '../lower/memory.ts';
import { extend } from '../lower/scalar.ts';
import { literalBytes } from '../lower/module.ts';
import { stackId, userStackInto } from '../functions/stacks.ts';
import { PROBE_NAME } from './probe-name.ts';
import { number, object, type BuiltinRow, type BuiltinTable } from './row.ts';

function argument(cx: Context, index: number): Value {
  const { arch } = cx.module.target;
  if (cx.site.kind === 'usdt') return usdtArgument(cx, cx.site.args[index] ?? '');
  if (isRegisters(cx.site)) {
    const offset = argumentOffset(arch, index);
    if (offset !== null) return cx.b.load(8, cx.ctx, offset);
  } else return cx.b.load(8, cx.ctx, index * 8);
  cx.module.diagnostics.error('unknown-argument', cx.b.span, `arg${index} is not in a register here`);
  return 0n;
}

/** As the ELF note says where the compiler left it. */
function usdtArgument(cx: Context, text: string): Value {
  const { b } = cx;
  const found = parseUsdtArgument(cx.module.target.arch, text);
  if (found.kind === 'unread') {
    const message = `The argument "${text}" of this USDT probe cannot be read: it ${found.reason}.`;
    cx.module.diagnostics.error('usdt-argument', b.span, message);
    return 0n;
  }
  if (found.kind === 'constant') return found.value;
  if (found.kind === 'register') {
    const whole = b.load(8, cx.ctx, found.register);
    return extend(b, found.shift === 0 ? whole : b.alu('rsh', whole, BigInt(found.shift)), found.size, found.signed);
  }
  const base = found.register === null ? 0n : b.load(8, cx.ctx, found.register);
  const index = found.index === null ? 0n : b.alu('mul', b.load(8, cx.ctx, found.index), BigInt(found.scale));
  const at = b.inReg(b.alu('add', b.alu('add', base, index), BigInt(found.offset)));
  return loadInt(cx, { space: 'user', base: at, offset: 0 }, found.size, found.signed);
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
  probe: PROBE_NAME,
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
      if (cx.site.kind === 'uprobe') {
        // The function of the attach point, the same in every process: no address, no pid, but which one it is.
        storeInt(cx, to, 8, 0n);
        storeInt(cx, within(to, 8), 8, cx.b.alu('lsh', cx.siteNumber(userFunction), 32n));
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
  dw_ustack: object((cx, e, to) => userStackInto(cx, e.type, to, true)),
};

/** Places in a binary without a name are offsets in its file. */
function userFunction(site: AttachSite): string {
  if (site.kind !== 'uprobe') return '';
  return site.symbol === '' ? `0x${site.offset.toString(16)}` : site.symbol;
}

/** pt_regs.cs on x86-64: its low two bits are the privilege level, 3 in user mode. */
const CS_OFFSET = 136;

/** The helper knows a function by its start; programs at other places go by where they stopped: still in the function. */
function functionAddress(cx: Context): Value {
  const { site } = cx;
  const { target } = cx.module;
  if (site.kind === 'fentry') {
    cx.needs('helper:bpf_get_func_ip@fexit', 'func');
    return cx.b.call('get_func_ip', cx.ctx);
  }
  if (site.kind === 'kprobe') {
    const atStart = cx.sites.every(
      ({ site: one }) => one.kind === 'kprobe' && one.offset === 0 && one.address === null,
    );
    if (atStart && target.has('helper:bpf_get_func_ip')) return cx.b.call('get_func_ip', cx.ctx);
    // A return probe without the helper (Linux 5.15) stops nowhere in the function; each has its own program then.
    if (site.return) return target.kernelSymbol(site.symbol) ?? 0n;
  }
  return isRegisters(site) ? cx.b.load(8, cx.ctx, instructionPointer(target.arch)) : 0n;
}
