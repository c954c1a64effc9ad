/** Where in a program an offset is: what may be typed there. Reads the text up to the offset only. */
import type { Expr, Probe, Program } from '../ast.ts';
import { parsed } from './parsed.ts';
import { scan, skipTrivia } from '../parser/scanner.ts';
import type { Token } from '../parser/token.ts';
import { nodes } from '../walk.ts';

export type Context =
  /** In a comment or string, or where a new name is made up. */
  | { readonly kind: 'nothing' }
  /** In an attach point; `text` is what stands before the offset. */
  | { readonly kind: 'probe'; readonly text: string; readonly start: number }
  /** Outside of all probes, at the start of an item. */
  | { readonly kind: 'item'; readonly start: number }
  | { readonly kind: 'member'; readonly object: Expr; readonly start: number; readonly scope: Scope }
  /** Behind `struct`, `union` or `enum`. */
  | { readonly kind: 'type'; readonly tag: string; readonly start: number; readonly scope: Scope }
  | {
      /** `any-type`: where any type may stand; `map-type`: behind `let @name =`. */
      readonly kind: 'map' | 'variable' | 'word' | 'any-type' | 'map-type';
      readonly start: number;
      readonly scope: Scope;
    };

export interface Scope {
  /** The tree of the text before the offset. */
  readonly program: Program;
  /** The probe the offset is in; null in a macro or function. */
  readonly probe: Probe | null;
}

/** A call around an offset. */
export interface CallContext {
  readonly name: string;
  /** Which argument, from 0. */
  readonly argument: number;
  readonly start: number;
}

interface Before {
  readonly program: Program;
  /** Tokens outside of attach points and preprocessor lines, from the last item's start on. */
  readonly tokens: readonly Token[];
  readonly depth: number;
  readonly inComment: boolean;
}

export function contextAt(source: string, offset: number): Context {
  const text = source.slice(0, offset);
  const before = read(text);
  const last = before.tokens.at(-1);
  if (before.inComment || (last?.kind === 'string' && last.end === offset && !isClosed(last.text)))
    return { kind: 'nothing' };
  const directive = before.program.preamble.at(-1);
  if (directive?.kind === 'directive' && directive.span.end === offset) return { kind: 'nothing' };
  const item = before.program.items.at(-1);
  const probe = item?.kind === 'probe' ? item : null;
  const point = probe?.attachPoints.at(-1);
  if (point !== undefined && point.span.end === offset && point.span.start < offset) {
    const start = offset - point.text.length;
    // A first word alone may also become `config`, `macro`, ...
    if (probe?.attachPoints.length === 1 && /^\w*$/.test(point.text)) return { kind: 'item', start };
    return { kind: 'probe', text: point.text, start };
  }
  const touching = last !== undefined && last.end === offset ? last : null;
  const start = touching?.kind === 'word' ? touching.start : offset;
  const declared = before.tokens.filter((token) => token.start < start).slice(-3);
  if (declared.map(({ text, kind }) => (kind === 'map' ? '@' : text)).join(' ') === 'let @ =')
    return { kind: 'map-type', start, scope: { program: before.program, probe } };
  if (before.depth === 0 && !inPredicate(before)) {
    if (last?.text === ',' && probe !== null && last.start >= (point?.span.end ?? 0))
      return { kind: 'probe', text: '', start: offset };
    return { kind: 'item', start: touching?.kind === 'word' ? touching.start : offset };
  }
  const scope: Scope = { program: before.program, probe };
  return memberContext(before, offset, scope) ?? wordContext(before, touching, offset, scope);
}

function wordContext(before: Before, touching: Token | null, offset: number, scope: Scope): Context {
  const previous = before.tokens.at(touching !== null && touching.kind !== 'punct' ? -2 : -1);
  const start = touching !== null && touching.kind !== 'punct' ? touching.start : offset;
  if (touching?.kind === 'map') return { kind: 'map', start, scope };
  if (touching?.kind === 'variable' || touching?.text === '$') return { kind: 'variable', start, scope };
  if (touching?.kind === 'int' || touching?.kind === 'positional' || touching?.kind === 'string')
    return { kind: 'nothing' };
  if (previous !== undefined && /^(struct|union|enum)$/.test(previous.text))
    return { kind: 'type', tag: previous.text, start, scope };
  if (previous?.text === ':' && isDeclared(before.tokens, previous)) return { kind: 'any-type', start, scope };
  return { kind: 'word', start, scope };
}

/** `let $name :` */
function isDeclared(tokens: readonly Token[], colon: Token): boolean {
  const at = tokens.indexOf(colon);
  return tokens[at - 1]?.kind === 'variable' && tokens[at - 2]?.text === 'let';
}

function memberContext(before: Before, offset: number, scope: Scope): Context | null {
  let found: Extract<Expr, { kind: 'member' }> | null = null;
  for (const node of nodes(before.program)) {
    if (node.kind === 'member' && node.nameSpan.end === offset) found = node;
  }
  return found === null ? null : { kind: 'member', object: found.object, start: found.nameSpan.start, scope };
}

/** The innermost call whose parenthesis is open at the offset. */
export function callAt(source: string, offset: number): CallContext | null {
  const { tokens, inComment } = read(source.slice(0, offset));
  if (inComment) return null;
  const open: { name: Token | null; commas: number }[] = [];
  tokens.forEach((token, i) => {
    const top = open.at(-1);
    const previous = tokens[i - 1];
    if (token.text === '(' || token.text === '[' || token.text === '{') {
      open.push({ name: token.text === '(' && previous?.kind === 'word' ? previous : null, commas: 0 });
    } else if (token.text === ')' || token.text === ']' || token.text === '}') {
      open.pop();
    } else if (token.text === ',' && top !== undefined) {
      top.commas++;
    }
  });
  const call = open.at(-1);
  if (!call?.name) return null;
  return { name: call.name.text, argument: call.commas, start: call.name.start };
}

function read(text: string): Before {
  const program = parsed(text);
  const item = program.items.at(-1);
  const points = item?.kind === 'probe' ? item.attachPoints : [];
  const raw = new Map([...program.preamble, ...points].map(({ span }) => [span.start, span.end]));
  const tokens: Token[] = [];
  // Items before the last one are closed; a broken rest behind it is read too.
  let at = Math.max(item?.span.start ?? 0, program.shebang?.length ?? 0);
  let depth = 0;
  let inComment = false;
  const sink = {
    comment: (start: number, end: number, closed: boolean) => {
      // A line comment that reaches the offset goes on behind it.
      inComment = end === text.length && (!closed || text.startsWith('//', start));
    },
  };
  for (;;) {
    const start = skipTrivia(text, at, text.length, sink);
    const rawEnd = raw.get(start) ?? start;
    if (rawEnd > start) {
      at = rawEnd;
      continue;
    }
    const token = scan(text, start, text.length, null);
    if (token.kind === 'eof') return { program, tokens, depth: Math.max(depth, 0), inComment };
    if (token.text === '{') depth++;
    else if (token.text === '}') depth--;
    tokens.push(token);
    at = token.end;
  }
}

/** Behind the first `/` of a predicate and before its block. */
function inPredicate({ program, tokens }: Before): boolean {
  const item = program.items.at(-1);
  if (item?.kind !== 'probe') return false;
  const end = item.attachPoints.at(-1)?.span.end ?? 0;
  const behind = tokens.filter((token) => token.start >= end);
  return behind[0]?.text === '/' && !behind.some((token) => token.text === '{');
}

function isClosed(text: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/.test(text);
}
