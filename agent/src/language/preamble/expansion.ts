/**
 * Macros of the C preprocessor, put in as tokens: those with parameters, and those whose body is no expression of its own
 * (`#define SOCK struct sock *`). Arguments are expanded first, `#` and `##` work, a macro is not expanded inside of itself.
 */
import type { Span } from '../diagnostic.ts';
import { scan } from '../parser/scanner.ts';
import type { Token } from '../parser/token.ts';
import type { Piece } from '../sources.ts';
import type { Constants, MacroText } from './constants.ts';

export type Report = (code: string, message: string) => void;

/** More text than any header's macros make: stops `#define A(x) B(x, x)` towers. */
const MAX_TOKENS = 200_000;
const MAX_DEPTH = 100;

/** A token with the place it is to be reported at. */
interface Tok {
  readonly text: string;
  readonly word: boolean;
  readonly from: Span;
  /** The text stands at `from` as it is; else `from` is the use of the macro. */
  readonly copied: boolean;
}

export interface Expanded {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** The whole use `NAME(a, b)` at `span` of `source` as text; null when it was reported. */
export function expandUse(constants: Constants, source: string, span: Span, report: Report): string | null {
  const tokens = tokensOf(source, span.start, span.end).map((token) => asTok(token, null));
  const expansion = new Expansion(constants, report);
  const out = expansion.all(tokens, [], 0);
  return expansion.failed ? null : out.map(({ text }) => text).join(' ');
}

/** Whether a use of a macro stands between two offsets. */
export function usesMacro(constants: Constants, source: string, start: number, end: number): boolean {
  let use = false;
  eachToken(source, start, end, (token) => (use ||= token.kind === 'word' && constants.isText(token.text)));
  return use;
}

/** The text between two offsets with its macros expanded; what is no macro is kept as it is written. */
export function expandRange(
  constants: Constants,
  source: string,
  { start, end }: Span,
  budget: { tokens: number },
  report: (span: Span, code: string, message: string) => void,
): Expanded {
  const parts: string[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  const put = (text: string, from: Span, copied: boolean): void => {
    if (text === '') return;
    pieces.push({ at: length, from, copied });
    parts.push(text);
    length += text.length;
  };
  let copied = start;
  const all = tokensOf(source, start, end);
  const closed = closings(all);
  for (let at = 0; at < all.length; at++) {
    const token = all[at] as Token;
    if (token.kind !== 'word') continue;
    const macro = constants.macro(token.text);
    if (macro?.asText !== true) continue;
    const last = macro.params === null ? at : closed.get(at + 1);
    if (last === undefined) continue;
    const span = { start: token.start, end: (all[last] as Token).end };
    const expansion = new Expansion(constants, (code, message) => report(span, code, message), budget);
    const tokens = all.slice(at, last + 1).map((one) => asTok(one, null));
    put(source.slice(copied, span.start), { start: copied, end: span.start }, true);
    for (const one of expansion.all(tokens, [], 0)) {
      const from = one.copied ? one.from : span;
      put(one.text, from, one.copied);
      put(' ', one.copied ? { start: from.end, end: from.end } : span, false);
    }
    // What was reported has some value, so that nothing else is said about it.
    if (expansion.failed) put('0', span, false);
    copied = span.end;
    at = last;
  }
  put(source.slice(copied, end), { start: copied, end }, true);
  return { text: parts.join(''), pieces };
}

function eachToken(source: string, start: number, end: number, visit: (token: Token) => void): void {
  for (let token = scan(source, start, end, null); token.kind !== 'eof'; token = scan(source, token.end, end, null))
    visit(token);
}

function tokensOf(source: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  eachToken(source, start, end, (token) => tokens.push(token));
  return tokens;
}

const asTok = ({ text, kind, start, end }: Token, use: Span | null): Tok => ({
  text,
  word: kind === 'word',
  from: use ?? { start, end },
  copied: use === null,
});

/** Where the parentheses that are closed are closed, by the index of the one that opens. */
function closings(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { text }] of tokens.entries()) {
    if (text === '(') open.push(at);
    else if (text === ')') {
      const opened = open.pop();
      if (opened !== undefined) closed.set(opened, at);
    }
  }
  return closed;
}

/** Behind the parenthesis that closes the one at or behind `at`; null when there is none. */
export function closing(source: string, at: number, end: number): number | null {
  let depth = 0;
  for (let token = scan(source, at, end, null); token.kind !== 'eof'; token = scan(source, token.end, end, null)) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (depth === 0) return token.text === ')' ? token.end : null;
  }
  return null;
}

class Expansion {
  failed = false;
  private readonly constants: Constants;
  private readonly report: Report;
  private readonly budget: { tokens: number };

  constructor(constants: Constants, report: Report, budget = { tokens: MAX_TOKENS }) {
    this.constants = constants;
    this.report = report;
    this.budget = budget;
  }

  /** Expands every use in a list; `inside`: the macros whose bodies these tokens come from. */
  all(tokens: readonly Tok[], inside: readonly string[], depth: number): Tok[] {
    if (depth > MAX_DEPTH) return this.fail('nesting-too-deep', `Macros are nested deeper than ${MAX_DEPTH} levels.`);
    const out: Tok[] = [];
    for (let at = 0; at < tokens.length && !this.failed; at++) {
      const token = tokens[at] as Tok;
      const macro = token.word ? this.constants.macro(token.text) : null;
      if (macro?.asText !== true) {
        out.push(token);
        continue;
      }
      if (macro.params !== null && tokens[at + 1]?.text !== '(') {
        out.push(token);
      } else if (inside.includes(token.text)) {
        if (macro.params !== null) return this.fail('recursive-macro', `The macro ${token.text} expands itself.`);
        out.push(token);
      } else {
        const { args, last } = macro.params === null ? { args: [], last: at } : argumentsAt(tokens, at + 1);
        // Of uses in uses, the innermost arguments are read once a level.
        this.budget.tokens -= last - at;
        if (this.budget.tokens < 0) return this.tooMuch();
        const body = this.body(token, macro, args, inside, depth);
        out.push(...this.all(body, [...inside, token.text], depth + 1));
        at = last;
      }
    }
    return this.spend(out);
  }

  /** The macro's body with its parameters replaced. */
  private body(name: Tok, macro: MacroText, given: Tok[][], inside: readonly string[], depth: number): Tok[] {
    const args = this.matched(name.text, macro.params ?? [], given);
    if (args === null) return [];
    const full = new Map<string, Tok[]>();
    const expanded = (param: string): Tok[] => {
      const known = full.get(param) ?? this.all(args.get(param) ?? [], inside, depth + 1);
      full.set(param, known);
      return known;
    };
    const raw = tokensOf(this.constants.sources.text, macro.start, macro.end);
    const out: Tok[] = [];
    for (let at = 0; at < raw.length && !this.failed; at++) {
      const token = raw[at] as Token;
      const pasted = raw[at + 1]?.text === '#' && raw[at + 2]?.text === '#';
      const before = at > 1 && raw[at - 1]?.text === '#' && raw[at - 2]?.text === '#';
      const param = token.kind === 'word' ? paramName(token.text) : null;
      if (token.text === '#' && raw[at + 1]?.text === '#') {
        at++;
      } else if (token.text === '#' && macro.params !== null && args.has(paramName(raw[at + 1]?.text ?? ''))) {
        const text = this.written(args.get(paramName(raw[++at]?.text ?? '')) ?? []);
        out.push({ text: JSON.stringify(text), word: false, from: name.from, copied: false });
      } else {
        const value =
          param !== null && args.has(param) ? (pasted || before ? (args.get(param) ?? []) : expanded(param)) : null;
        const next = value ?? [asTok(token, name.from)];
        if (before) paste(out, next, name.from);
        else out.push(...next);
      }
    }
    return this.spend(out);
  }

  /** An argument as it was written, white space as single blanks. */
  private written(arg: readonly Tok[]): string {
    const [first, last] = [arg[0], arg.at(-1)];
    if (first === undefined || last === undefined) return '';
    if (!arg.every(({ copied }) => copied)) return arg.map(({ text }) => text).join(' ');
    return this.constants.sources.text.slice(first.from.start, last.from.end).replace(/\s+/g, ' ');
  }

  private matched(name: string, params: readonly string[], given: Tok[][]): ReadonlyMap<string, Tok[]> | null {
    const variadic = params.at(-1) === '...';
    const fixed = variadic ? params.length - 1 : params.length;
    // `F()` has one empty argument, or none.
    const args = given.length === 1 && given[0]?.length === 0 && fixed === 0 ? [] : given;
    if (args.length < fixed || (args.length > fixed && !variadic)) {
      this.fail(
        'macro-arguments',
        `The macro ${name} takes ${fixed} argument${fixed === 1 ? '' : 's'}, not ${args.length}.`,
      );
      return null;
    }
    const map = new Map(params.slice(0, fixed).map((param, i) => [param, args[i] ?? []]));
    const comma: Tok = { text: ',', word: false, from: { start: 0, end: 0 }, copied: false };
    if (variadic)
      map.set(
        '...',
        args.slice(fixed).flatMap((arg, i) => (i === 0 ? arg : [comma, ...arg])),
      );
    return map;
  }

  private spend(tokens: Tok[]): Tok[] {
    this.budget.tokens -= tokens.length;
    return this.budget.tokens >= 0 ? tokens : this.tooMuch();
  }

  private tooMuch(): Tok[] {
    return this.fail('program-too-large', 'The macros expand to too much.');
  }

  private fail(code: string, message: string): Tok[] {
    if (!this.failed) this.report(code, message);
    this.failed = true;
    return [];
  }
}

const paramName = (word: string): string => (word === '__VA_ARGS__' ? '...' : word);

/** `a ## b`: the last token so far and the first of the next become one. */
function paste(out: Tok[], next: readonly Tok[], from: Span): void {
  const left = out.pop();
  const [right, ...rest] = next;
  if (left === undefined || right === undefined) {
    out.push(...(left === undefined ? [] : [left]), ...next);
    return;
  }
  out.push({ text: left.text + right.text, word: left.word, from, copied: false }, ...rest);
}

/** The arguments behind the `(` at `open`; without a `)` all that is left. */
function argumentsAt(tokens: readonly Tok[], open: number): { args: Tok[][]; last: number } {
  const args: Tok[][] = [[]];
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at] as Tok;
    if ('([{'.includes(token.text)) depth++;
    else if (')]}'.includes(token.text)) depth--;
    if (depth === 0) return { args, last: at };
    if (depth === 1 && token.text === ',') args.push([]);
    else if (depth > 1 || at > open) args.at(-1)?.push(token);
  }
  return { args, last: tokens.length - 1 };
}
