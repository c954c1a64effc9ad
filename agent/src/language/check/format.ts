/** printf formats: parsed once, checked against the arguments. */
import type { FormatPart, FormatSpec } from '../action.ts';
import type { Span } from '../diagnostic.ts';
import { typeName } from '../type-name.ts';
import type { Type } from '../types.ts';

/** Longest first, so that `rx` is not taken as `r`. */
const SPEC = /%([-+ #0]*)(\d+)?(?:\.(\d+))?(hh|h|ll|l|j|z|t)?(rx|rh|gr|[diuoxXcspr])/y;

export interface ParsedFormat {
  readonly parts: readonly FormatPart[];
  /** Beginnings of what looks like conversions and is text: `%y`. */
  readonly strange: readonly string[];
  /** What is wrong with the format, if anything. */
  readonly problem: string | null;
}

export function parseFormat(format: string): ParsedFormat {
  const parts: FormatPart[] = [];
  const strange: string[] = [];
  let literal = '';
  let i = 0;
  while (i < format.length) {
    const percent = format.indexOf('%', i);
    if (percent === -1) break;
    literal += format.slice(i, percent);
    if (format[percent + 1] === '%') {
      literal += '%';
      i = percent + 2;
      continue;
    }
    SPEC.lastIndex = percent;
    const match = SPEC.exec(format);
    if (match === null) {
      // As bpftrace: what is no conversion is text.
      literal += '%';
      strange.push(format.slice(percent, percent + 2));
      i = percent + 1;
      continue;
    }
    const [whole, flags = '', width, precision, length = '', conversion = ''] = match;
    if (Number(width ?? 0) > 4096 || Number(precision ?? 0) > 4096) {
      return { parts, strange, problem: `The width in '${whole}' is too large.` };
    }
    parts.push({
      literal,
      spec: {
        flags,
        width: width === undefined ? null : Number(width),
        precision: precision === undefined ? null : Number(precision),
        length: length as FormatSpec['length'],
        conversion,
      },
    });
    literal = '';
    i = percent + whole.length;
  }
  literal += format.slice(i);
  if (literal !== '' || parts.length === 0) parts.push({ literal, spec: null });
  return { parts, strange, problem: null };
}

const TEXT: ReadonlySet<Type['kind']> = new Set([
  'string',
  'inet',
  'mac',
  'ksym',
  'usym',
  'kstack',
  'ustack',
  'timestamp',
  'cgroup_path',
  'username',
  'bool',
  'enum',
  'buffer',
  'array',
  'tuple',
  'record',
]);
const NUMBER: ReadonlySet<Type['kind']> = new Set(['int', 'bool', 'enum', 'pointer', 'timestamp']);
/** Bytes in a row. */
const isBytes = (type: Type): boolean =>
  type.kind === 'buffer' ||
  type.kind === 'string' ||
  (type.kind === 'array' && type.of.kind === 'int' && type.of.size === 1);

/** Which types a conversion prints. */
function accepts(spec: FormatSpec, type: Type): boolean {
  if (spec.conversion === 's') return TEXT.has(type.kind);
  if (spec.conversion.startsWith('r')) return isBytes(type);
  return NUMBER.has(type.kind);
}

export type Report = (code: string, span: Span, message: string, hint?: string) => void;

/** Reports a wrong number of arguments and arguments that the conversion cannot print. */
export function checkFormat(
  name: string,
  parts: readonly FormatPart[],
  args: readonly { readonly type: Type; readonly span: Span }[],
  span: Span,
  report: Report,
): boolean {
  const specs = parts.flatMap((part) => (part.spec === null ? [] : [part.spec]));
  if (specs.length !== args.length) {
    const given = `${String(args.length)} ${args.length === 1 ? 'was' : 'were'} given`;
    report('format-arguments', span, `${name}: the format needs ${String(specs.length)} arguments, ${given}.`);
    return false;
  }
  let good = true;
  for (const [i, spec] of specs.entries()) {
    const arg = args[i];
    if (arg === undefined || accepts(spec, arg.type)) continue;
    good = false;
    const hint =
      spec.conversion === 's' && arg.type.kind === 'pointer'
        ? 'Read the text behind the pointer with str().'
        : undefined;
    report(
      'format-type',
      arg.span,
      `${name}: %${spec.conversion} expects another type than ${typeName(arg.type)}.`,
      hint,
    );
  }
  return good;
}
