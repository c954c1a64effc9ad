/**
 * Attach points are raw text up to white space, `{` or `,`, not tokens: `uprobe:/usr/lib/*.so:malloc` would start a
 * comment. Quotes protect any part, `$1` is replaced by the positional parameter.
 */
import type { AttachPoint } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { isDigit, isSpace, isWordPart } from './scanner.ts';

/** Providers whose attach points hold paths; in all others a `/` begins the predicate. */
const WITH_PATH: ReadonlySet<string> = new Set([
  ...['uprobe', 'u', 'uretprobe', 'ur', 'usdt', 'U', 'iter', 'it', 'asyncwatchpoint'],
]);

/** `a, b, c [,]`; stops at the predicate or block. */
export function parseAttachPoints(c: Cursor): AttachPoint[] {
  const points: AttachPoint[] = [];
  do {
    if (points.length > 0 && (c.at('{') || c.at('/'))) break;
    const point = parseAttachPoint(c);
    if (point === null) break;
    points.push(point);
  } while (c.accept(','));
  return points;
}

function parseAttachPoint(c: Cursor): AttachPoint | null {
  const { source } = c;
  const start = c.token.start;
  const nameEnd = c.token.kind === 'word' ? c.token.end : start;
  const named = nameEnd > start && source[nameEnd] === '=';
  const name = named ? c.token.text : null;
  const textStart = named ? nameEnd + 1 : start;
  const { end, parts } = readParts(c, textStart);
  if (end === textStart) {
    c.unexpected('a probe, as in `tracepoint:syscalls:sys_enter_openat { ... }`');
    return null;
  }
  // In a line of its own it would be a directive.
  if (source[textStart] === '#')
    c.error({ start, end }, 'directives stand in lines of their own, before the first probe');
  c.seek(end);
  return { name, text: source.slice(textStart, end), parts, span: { start, end } };
}

/** Splits at `:` outside of quotes. */
function readParts(c: Cursor, start: number): { end: number; parts: string[] } {
  const { source } = c;
  const parts: string[] = [];
  let part = '';
  let at = start;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (isSpace(code) || code === 123 || code === 44) break;
    if (code === 47 && (parts.length === 0 || !WITH_PATH.has(parts[0] ?? ''))) break;
    if (code === 34) {
      const close = closingQuote(source, at);
      if (source[close] !== '"') {
        c.error({ start: at, end: close }, 'this quote is not closed on its line');
        part += source.slice(at + 1, close);
        at = close;
        break;
      }
      part += source.slice(at + 1, close);
      at = close + 1;
    } else if (code === 58) {
      parts.push(part);
      part = '';
      at++;
    } else if (code === 36) {
      const end = positionalEnd(source, at);
      part += positional(c, at, end);
      at = end;
    } else {
      let end = at + 1;
      while (end < source.length && isWordPart(source.charCodeAt(end))) end++;
      part += source.slice(at, end);
      at = end;
    }
  }
  parts.push(part);
  return { end: at, parts };
}

function positionalEnd(source: string, dollar: number): number {
  let at = dollar + 1;
  while (at < source.length && isDigit(source.charCodeAt(at))) at++;
  return at;
}

/** The closing quote, or the end of the line. */
function closingQuote(source: string, open: number): number {
  let at = open + 1;
  while (at < source.length && source[at] !== '"' && source[at] !== '\n') at++;
  return at;
}

function positional(c: Cursor, start: number, end: number): string {
  const text = c.source.slice(start, end);
  const given = c.options.positional;
  if (given === undefined || !/^\$\d+$/.test(text)) return text;
  const value = given[Number(text.slice(1)) - 1];
  if (value === undefined) c.error({ start, end }, `the positional parameter \`${text}\` was not given`);
  return value ?? '';
}
