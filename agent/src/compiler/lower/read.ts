/** Helpers that read memory. A read that fails gives zeros, and with `-k` a warning when the query runs. */
import type { Operand, Reg } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { runtimeError } from './event.ts';

/** `space`: whose memory; `text`: up to a NUL. The helper's result. */
export function readWith(
  cx: Context,
  space: 'user' | 'kernel',
  text: boolean,
  to: Operand,
  size: Operand,
  from: Operand,
): Reg {
  const helper = `probe_read_${space}${text ? '_str' : ''}`;
  const { b } = cx;
  const result = b.call(helper, to, size, from);
  if (cx.module.hir.reportsReads !== true) return result;
  const failed = b.newBlock(true);
  const good = b.newBlock();
  b.branch('jslt', result, 0n, failed, good);
  b.place(failed);
  b.unlikely(() => runtimeError(cx, '', b.span, result, helper));
  b.jump(good);
  b.place(good);
  return result;
}
