/**
 * Events to user space: a record reserved in the ring, written in place, submitted. Kernels without ring buffers (before
 * 5.8) get it made in memory of the program's own and copied to perf's ring of this CPU.
 */
import { BPF_F_CURRENT_CPU, BPF_RB_NO_WAKEUP } from '@bpfscope/native/uapi';
import type { HirExpr, HirStmt } from '../../language/hir.ts';
import type { Span } from '../../language/diagnostic.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { lowerInto } from './expression.ts';
import { mapFd } from './map.ts';
import { address, clear, copy, storeInt, within, type Memory } from './memory.ts';
import { actionLayout } from './module.ts';
import { seqPrint } from './seq-print.ts';
import { children } from './walk.ts';

export function lowerEmit(cx: Context, s: Extract<HirStmt, { kind: 'emit' }>): void {
  const action = cx.module.actions[s.action];
  if (action === undefined) throw new Error(`action ${s.action} is missing`);
  if (cx.site.kind === 'iter' && cx.site.pin !== null) return seqPrint(cx, s, action);
  const layout = actionLayout(action);
  cx.b.scope(() => {
    const ready = s.args.map((a) => (mayLeave(a) ? made(cx, a) : null));
    record(cx, s.action, layout.size, (at) => {
      s.args.forEach((a, n) => {
        const to = within(at, layout.args[n]?.offset ?? 0);
        const from = ready[n] ?? null;
        if (from === null) lowerInto(cx, a, to);
        else copy(cx, from, to, sizeOf(a.type));
      });
    });
  });
  if (action.kind === 'exit') cx.leave();
}

/** Statements inside an expression may leave the program, which must not happen between reserving and submitting. */
function mayLeave(e: HirExpr): boolean {
  return e.kind === 'block' || e.kind === 'invoke' || children(e).some(mayLeave);
}

function made(cx: Context, e: HirExpr): Memory {
  const to = cx.temporary(Math.max(1, sizeOf(e.type)));
  lowerInto(cx, e, to);
  return to;
}

type Write = (at: Memory) => void;

/** Header and arguments on their way to user space; counts when there is no room. */
function record(cx: Context, action: number, size: number, write: Write): void {
  const send = cx.module.target.has('ringbuf') ? reserved : copied;
  send(cx, action, size, write);
}

function reserved(cx: Context, action: number, size: number, write: Write): void {
  const { b } = cx;
  const ring = mapFd(cx.module.useRing());
  const at = b.call('ringbuf_reserve', ring, BigInt(size), 0n);
  const full = b.newBlock(true);
  const good = b.newBlock();
  const end = b.newBlock();
  b.branch('jeq', at, 0n, full, good);
  b.place(good);
  b.store(8, at, 0, BigInt(action));
  cx.cache.scope(() => write({ space: 'bpf', base: at, offset: 0, loose: true }));
  // The reader looks by a timer (native/src/ringbuf/poller.ts): an interrupt to wake it would wake nobody.
  b.call('ringbuf_submit', at, BigInt(BPF_RB_NO_WAKEUP));
  b.jump(end);
  b.place(full);
  b.unlikely(() => cx.cache.scope(() => countLost(cx)));
  b.jump(end);
  b.place(end);
}

function copied(cx: Context, action: number, size: number, write: Write): void {
  const { b } = cx;
  const ring = mapFd(cx.module.useRing());
  b.scope(() => {
    const at = cx.temporary(size);
    // The verifier of those kernels wants every byte to be set.
    clear(cx, at, size);
    storeInt(cx, at, 8, BigInt(action));
    cx.cache.scope(() => write(at));
    const refused = b.call('perf_event_output', cx.ctx, ring, BigInt(BPF_F_CURRENT_CPU), address(cx, at), BigInt(size));
    const full = b.newBlock(true);
    const end = b.newBlock();
    b.branch('jne', refused, 0n, full, end);
    b.place(full);
    b.unlikely(() => cx.cache.scope(() => countLost(cx)));
    b.jump(end);
    b.place(end);
  });
}

function countLost(cx: Context): void {
  cx.b.atomic('add', 8, cx.perCpu() satisfies Reg, cx.module.storage.lost, 1n);
}

/** A warning at run time, with a number (an error code, or 0) and the helper that gave it. */
export function runtimeError(cx: Context, message: string, span: Span, code: Value, helper?: string): void {
  const action = cx.module.runtimeError(message, span, helper);
  cx.cache.scope(() => record(cx, action, 16, (at) => storeInt(cx, within(at, 8), 8, code)));
}
