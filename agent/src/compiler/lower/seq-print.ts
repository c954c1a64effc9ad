/**
 * printf of a pinned iterator: the kernel makes the text for whoever reads the file (bpf_seq_printf, Linux 5.8). What its
 * formats can say is in bpf_bprintf_prepare() of kernel/bpf/helpers.c.
 */
import type { Action, FormatPart, FormatSpec } from '../../language/action.ts';
import type { HirExpr, HirStmt } from '../../language/hir.ts';
import { typeName } from '../../language/type-name.ts';
import type { Operand } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { lowerDirect, lowerValue } from './expression.ts';
import { address, storeBytes, storeInt, within } from './memory.ts';
import { isScalar } from './scalar.ts';

/** MAX_BPRINTF_VARARGS */
const MOST_ARGUMENTS = 12;

/** How the kernel is asked to print what is written behind the `%`: numbers have 64 bits. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  d: 'lld',
  i: 'lld',
  u: 'llu',
  x: 'llx',
  X: 'llX',
  p: 'llx',
  c: 's',
  s: 's',
};

/** The kernel takes printable ASCII in formats; other text comes as an argument. */
const PLAIN = /^[\x20-\x7e\t\n\v\f\r]*$/;

interface Piece {
  readonly format: string;
  /** An expression, text, or nothing. */
  readonly argument: HirExpr | string | null;
  readonly conversion: string;
}

export function seqPrint(cx: Context, s: Extract<HirStmt, { kind: 'emit' }>, action: Action): void {
  const { diagnostics } = cx.module;
  if (action.kind !== 'printf') {
    const message = 'Nobody reads the events of a pinned iterator.';
    diagnostics.error('unsupported', s.span, message, 'Print with printf(): whoever reads the file gets it.');
    return;
  }
  const pieces = action.format.flatMap((part, n) => piecesOf(cx, part, s.args[n]));
  const count = pieces.filter(({ argument }) => argument !== null).length;
  if (count > MOST_ARGUMENTS) {
    const message = `printf() of a pinned iterator takes at most ${String(MOST_ARGUMENTS)} arguments.`;
    diagnostics.error('unsupported', s.span, message);
    return;
  }
  cx.b.scope(() => cx.cache.scope(() => print(cx, pieces, count)));
}

function print(cx: Context, pieces: readonly Piece[], count: number): void {
  const { b } = cx;
  const format = bytesOf(pieces.map((piece) => piece.format).join(''));
  const text = cx.temporary(format.length);
  storeBytes(cx, text, format);
  const data = cx.temporary(8 * Math.max(1, count));
  let size = 0;
  for (const { argument, conversion } of pieces) {
    if (argument === null) continue;
    const value = typeof argument === 'string' ? constantText(cx, argument) : valueOf(cx, argument, conversion);
    storeInt(cx, within(data, size), 8, typeof value === 'bigint' ? value : b.inReg(value));
    size += 8;
  }
  // struct bpf_iter_meta, the first member of every context, begins with the file that is read.
  const seq = b.load(8, b.load(8, cx.ctx, 0), 0);
  const given = size === 0 ? 0n : address(cx, data);
  b.call('seq_printf', seq, address(cx, text), BigInt(format.length), given, BigInt(size));
}

function piecesOf(cx: Context, { literal, spec }: FormatPart, argument: HirExpr | undefined): Piece[] {
  const before: Piece = PLAIN.test(literal)
    ? { format: literal.replaceAll('%', '%%'), argument: null, conversion: '' }
    : { format: '%s', argument: literal, conversion: 's' };
  if (spec === null || argument === undefined) return [before];
  const format = formatOf(cx, spec, argument);
  return format === null ? [before] : [before, { format, argument, conversion: spec.conversion }];
}

/** null: said why not. */
function formatOf(cx: Context, spec: FormatSpec, argument: HirExpr): string | null {
  const { flags, width, precision, conversion } = spec;
  const known = CONVERSIONS[conversion];
  const fits = conversion === 's' ? argument.type.kind === 'string' : isScalar(argument.type);
  if (known === undefined || !fits || precision !== null || flags.includes('#')) {
    const message = `A pinned iterator cannot print ${typeName(argument.type)} as ${asWritten(spec)}.`;
    cx.module.diagnostics.error('unsupported', argument.span, message, 'It prints numbers and strings.');
    return null;
  }
  return `${conversion === 'p' ? '0x' : ''}%${flags}${String(width ?? '')}${known}`;
}

const asWritten = ({ flags, width, precision, length, conversion }: FormatSpec): string =>
  `%${flags}${String(width ?? '')}${precision === null ? '' : `.${String(precision)}`}${length}${conversion}`;

function valueOf(cx: Context, argument: HirExpr, conversion: string): Operand | bigint {
  if (conversion === 's') return address(cx, lowerDirect(cx, argument));
  const value = lowerValue(cx, argument);
  if (conversion !== 'c') return value;
  const character = cx.temporary(8);
  storeInt(cx, character, 8, cx.b.alu('and', cx.b.inReg(value), 0xffn));
  return address(cx, character);
}

function constantText(cx: Context, text: string): Operand {
  const bytes = bytesOf(text);
  const made = cx.temporary(bytes.length);
  storeBytes(cx, made, bytes);
  return address(cx, made);
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);
