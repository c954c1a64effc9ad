/** One body to one program's IR, with all that it needs before its first statement. */
import { AttachType, ProgType } from '@bpfscope/native/uapi';
import type { UnwindMap } from '@bpfscope/native/unwind/walk';
import type { AttachSite, ResolvedProbe } from '../../language/attach.ts';
import type { HirProbe } from '../../language/hir.ts';
import { liveness } from '../allocate/liveness.ts';
import type { Fn, Insn } from '../ir/instruction.ts';
import { definition } from '../ir/operands.ts';
import type { SiteGroup } from '../site-groups.ts';
import { kernelName } from '../storage.ts';
import { Context } from './context.ts';
import { placeLocals } from './local.ts';
import { LocalFacts } from './local-facts.ts';
import { isCalledBack } from './loop.ts';
import type { Module } from './module.ts';
import { lowerBlock } from './statement.ts';
import { filterSyscalls } from './syscall-filter.ts';
import { lowerTick } from './tick.ts';

export interface LoweredProgram {
  readonly name: string;
  readonly type: number;
  readonly expectedAttachType: number;
  readonly attachBtfId: number | null;
  readonly sites: readonly ResolvedProbe[];
  /** Where it is attached for all of them; null: at each. */
  readonly through: ResolvedProbe | null;
  /** One for each site, when the program asks which one it is at. */
  readonly cookies: readonly bigint[] | null;
  /** Of an interval. */
  readonly timers: number | null;
  /** The program, then the functions that helpers call back. */
  readonly functions: readonly Fn[];
  /** Maps of the function that walks a frame of a user stack, when the program calls it. */
  readonly unwind: Readonly<Record<UnwindMap, number>> | null;
}

interface Kind {
  readonly type: number;
  readonly attach?: number;
  readonly btfId?: number | null;
}

/** What the kernel loads a site's program as. */
function kindOf(site: AttachSite): Kind {
  switch (site.kind) {
    case 'begin':
    case 'end':
    case 'signal':
      return { type: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT };
    case 'test':
    case 'bench':
      return { type: ProgType.BPF_PROG_TYPE_XDP };
    case 'tracepoint':
      return { type: ProgType.BPF_PROG_TYPE_TRACEPOINT };
    case 'rawtracepoint':
      return site.btfId === null
        ? { type: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT }
        : { type: ProgType.BPF_PROG_TYPE_TRACING, attach: AttachType.BPF_TRACE_RAW_TP, btfId: site.btfId };
    case 'fentry':
      return {
        type: ProgType.BPF_PROG_TYPE_TRACING,
        attach: site.return ? AttachType.BPF_TRACE_FEXIT : AttachType.BPF_TRACE_FENTRY,
        btfId: site.btfId,
      };
    case 'iter':
      return { type: ProgType.BPF_PROG_TYPE_TRACING, attach: AttachType.BPF_TRACE_ITER, btfId: site.btfId };
    case 'kprobe':
    case 'uprobe':
    case 'usdt':
      return { type: ProgType.BPF_PROG_TYPE_KPROBE };
    case 'profile':
    case 'interval':
    case 'software':
    case 'hardware':
    case 'watchpoint':
      return { type: ProgType.BPF_PROG_TYPE_PERF_EVENT };
  }
}

export function lowerProgram(module: Module, probe: HirProbe, { sites, multi, dispatch }: SiteGroup): LoweredProgram {
  const first = sites[0];
  if (first === undefined) throw new Error('a program without attach points');
  const facts = new LocalFacts(probe.body, (s, nested) => isCalledBack(s, module.target, nested));
  const cx = new Context(module, probe, sites, facts, { name: kernelName(first.name), params: 1, parent: null });
  cx.b.span = probe.span;
  if (facts.hasCallbacks) cx.b.reserveKept();
  if (dispatch !== null) {
    cx.syscalls = dispatch;
    filterSyscalls(cx, dispatch);
  }
  const timers = first.site.kind === 'interval' ? lowerTick(cx, first.site) : null;
  placeLocals(cx);
  if (first.site.kind === 'test') lowerTest(cx, probe);
  else {
    lowerBlock(cx, probe.body);
    cx.leave();
  }
  const functions = [cx.b.fn, ...cx.callbacks];
  for (const fn of functions) zeroUnset(fn);
  const kind = kindOf(first.site);
  return {
    name: cx.b.fn.name,
    type: kind.type,
    expectedAttachType: multi ?? kind.attach ?? 0,
    attachBtfId: kind.btfId ?? null,
    sites,
    through: dispatch?.through ?? null,
    cookies: cx.cookies,
    timers,
    functions,
    unwind: cx.unwinds ? module.unwindMaps() : null,
  };
}

/** The kernel hands on what a test returns, 0 where it returns nothing. */
function lowerTest(cx: Context, probe: HirProbe): void {
  const { b } = cx;
  const result = b.reg();
  const end = b.newBlock();
  b.assign(result, 0n);
  cx.returns = { end, result, to: null, kept: null };
  lowerBlock(cx, probe.body);
  b.jump(end);
  b.place(end);
  b.ret(result);
}

/** Registers by id, 1: assigned more than once. null: none is. */
function assignedTwice(fn: Fn): Uint8Array | null {
  const once = new Uint8Array(fn.regs);
  const twice = new Uint8Array(fn.regs);
  let found = false;
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      const dst = definition(i);
      if (dst === null) continue;
      if (once[dst.id] === 0) once[dst.id] = 1;
      else found = (twice[dst.id] = 1) === 1;
    }
  }
  for (const p of fn.params) twice[p.id] = 0;
  return found ? twice : null;
}

/** Variables that a way through the program reads before it sets them are 0. What is assigned once is assigned before. */
function zeroUnset(fn: Fn): void {
  const entry = fn.blocks[0];
  if (entry === undefined) return;
  const variables = assignedTwice(fn);
  if (variables === null) return;
  const span = entry.insns[0]?.span ?? entry.end?.span ?? { start: 0, end: 0 };
  const zeros: Insn[] = [];
  for (const id of liveness(fn, variables).entry) {
    zeros.push({ op: 'mov', dst: { kind: 'reg', id }, src: 0n, span });
  }
  entry.insns = [...zeros, ...entry.insns];
}
