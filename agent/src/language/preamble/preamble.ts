/**
 * The C preamble. Conditionals are decided while reading (BPFTRACE_HAVE_BTF is defined); text that is switched off is
 * kept as it is, for printing.
 */
import type { Directive, Expr, PreambleItem } from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import { Cursor } from '../parser/cursor.ts';
import { parseExpression } from '../parser/expressions.ts';
import { scan } from '../parser/scanner.ts';
import { asTag } from '../parser/type-names.ts';
import { evaluate } from './constants.ts';
import type { Constants } from './constants.ts';
import { parseDeclaration } from './declarations.ts';
import { usesMacro } from './expansion.ts';

interface Conditional {
  readonly span: Span;
  readonly outerActive: boolean;
  /** A branch was active: later `#elif` and `#else` are not. */
  taken: boolean;
  active: boolean;
  sawElse: boolean;
}

const NAMES = ['include', 'define', 'undef', 'ifdef', 'ifndef', 'if', 'elif', 'else', 'endif', 'pragma'] as const;

/** Reads what an `#include` names; null: it is not read here (an editor, a formatter). */
export type Include = (path: string, system: boolean, span: Span, c: Cursor) => readonly PreambleItem[];

export class Preamble {
  readonly items: PreambleItem[] = [];
  private readonly c: Cursor;
  private readonly constants: Constants;
  private readonly include: Include | null;
  private readonly conditionals: Conditional[] = [];
  private inDeclaration = false;
  /** From here on nothing closes a comment: that is looked for once. */
  private unclosed = Infinity;

  constructor(c: Cursor, constants: Constants, include: Include | null = null) {
    this.c = c;
    this.constants = constants;
    this.include = include;
  }

  /** Reads one directive or declaration, if one stands here. */
  read(): boolean {
    const { c } = this;
    if (c.at('#') && c.isFirstOnLine) {
      this.items.push(...this.directive());
      return true;
    }
    if (!c.at('typedef') && (asTag(c.token.text) === null || c.peek().kind === 'eof')) return false;
    const { start } = c.token;
    this.inDeclaration = true;
    const types = parseDeclaration({ c, constants: this.constants, directive: () => void this.directive() });
    this.inDeclaration = false;
    const span = c.spanFrom(start);
    this.items.push({ kind: 'c-declaration', text: c.source.slice(span.start, span.end), active: true, types, span });
    return true;
  }

  /** Call at the end of the text. */
  finish(): void {
    for (const { span } of this.conditionals) this.c.error(span, 'this condition is not closed by `#endif`');
  }

  private get active(): boolean {
    return this.conditionals.at(-1)?.active ?? true;
  }

  private directive(): PreambleItem[] {
    const { c } = this;
    const { start } = c.token;
    const end = this.lineEnd(start);
    const text = c.source.slice(start, end).trimEnd();
    const span = { start, end: start + text.length };
    const word = /^#\s*(\w*)\s*/.exec(text) ?? [''];
    const name = NAMES.find((known) => known === word[1]) ?? 'other';
    const conditional =
      name !== 'include' && name !== 'define' && name !== 'undef' && name !== 'pragma' && name !== 'other';
    const active =
      conditional && name !== 'if' && name !== 'ifdef' && name !== 'ifndef'
        ? (this.conditionals.at(-1)?.outerActive ?? true)
        : this.active;
    const body = start + word[0].length;
    const detail = active || conditional ? this.apply(name, word[1] ?? '', body, end, span) : {};
    const directive: Directive = { kind: 'directive', text, name, active, span, ...detail };
    const items: PreambleItem[] = [directive, ...this.included(directive)];
    // Text that is switched off is not even C for us: taken as it is, up to the next directive.
    const next = this.active ? end : this.nextDirective(end);
    const off = c.source.slice(end, next);
    if (!this.active && off.trim() !== '') {
      const offStart = end + off.length - off.trimStart().length;
      const offText = off.trim();
      const offSpan = { start: offStart, end: offStart + offText.length };
      items.push({ kind: 'c-declaration', text: offText, active: false, types: [], span: offSpan });
    }
    c.seek(next);
    return items;
  }

  private included({ include, system, active, span }: Directive): readonly PreambleItem[] {
    if (include === undefined || !active || this.include === null) return [];
    if (!this.inDeclaration) return this.include(include, system ?? false, span, this.c);
    this.c.error(span, 'an include stands outside of declarations');
    return [];
  }

  /** End of the line; a `\` at its end joins the next one, and a block comment that begins on it belongs to it. */
  private lineEnd(start: number): number {
    const { source } = this.c;
    let at = start;
    for (;;) {
      const newline = source.indexOf('\n', at);
      const end = newline < 0 || newline > this.c.end ? this.c.end : newline;
      const last = source[end - 1] === '\r' ? end - 2 : end - 1;
      if (end < this.c.end && source[last] === '\\') {
        at = end + 1;
        continue;
      }
      const open = source.slice(at, end).indexOf('/*');
      const line = source.slice(at, end).indexOf('//');
      if (open < 0 || (line >= 0 && line < open)) return end;
      if (at + open >= this.unclosed) return end;
      const close = source.indexOf('*/', at + open + 2);
      if (close < 0 || close > this.c.end) {
        this.unclosed = at + open;
        return end;
      }
      at = close + 2;
    }
  }

  private nextDirective(from: number): number {
    const line = /^[ \t]*#/gm;
    line.lastIndex = from;
    const match = line.exec(this.c.source);
    const at = match === null ? this.c.end : match.index + match[0].length - 1;
    return Math.min(at, this.c.end);
  }

  private apply(name: Directive['name'], word: string, body: number, end: number, span: Span): Partial<Directive> {
    const { c } = this;
    const rest = c.source.slice(body, end).trim();
    switch (name) {
      case 'include':
        return this.includePath(rest, span);
      case 'define':
        return this.define(body, end, span);
      case 'undef':
        this.constants.define(rest, null);
        return {};
      case 'ifdef':
      case 'ifndef':
        return this.open(span, this.constants.isDefined(/^\w*/.exec(rest)?.[0] ?? '') === (name === 'ifdef'));
      case 'if':
        return this.open(span, this.active && this.condition(body, end, span));
      case 'elif':
      case 'else':
        return this.branch(name, body, end, span);
      case 'endif':
        if (this.conditionals.pop() === undefined) c.error(span, 'this `#endif` closes nothing');
        return {};
      case 'pragma':
        return {};
      case 'other':
        if (word === 'error') c.error(span, rest === '' ? '#error' : rest);
        else if (word !== 'warning' && !ignored(word, rest))
          c.error(span, `\`#${word}\` is not a directive of the C preprocessor`);
        return {};
    }
  }

  private includePath(rest: string, span: Span): Partial<Directive> {
    const path = /^(?:<([^>]*)>|"([^"]*)")/.exec(rest);
    if (path !== null) return { include: path[1] ?? path[2] ?? '', system: path[1] !== undefined };
    this.c.error(span, 'an include names its file as `<file>` or `"file"`');
    return {};
  }

  private define(body: number, end: number, span: Span): Partial<Directive> {
    const { c } = this;
    const name = /^[A-Za-z_]\w*/.exec(c.source.slice(body, end))?.[0];
    if (name === undefined) {
      c.error(span, 'expected a name behind `#define`');
      return {};
    }
    const opened = body + name.length;
    const params = c.source[opened] === '(' ? this.parameters(opened, end, span) : null;
    if (params?.names === null) return {};
    const start = params?.end ?? opened;
    const value = params === null ? this.defineValue(name, start, end) : null;
    if (scan(c.source, start, end, null).text === '{') c.bodyNames.add(name);
    const asText = params !== null || isText(value) || usesMacro(this.constants, c.source, start, end);
    this.constants.define(name, { start, end, params: params?.names ?? null, asText });
    if (value !== null && value.kind !== 'ident') c.valueNames.add(name);
    return { define: { name, value } };
  }

  /** `(a, b, ...)` behind the name of a macro; names null when it was reported. */
  private parameters(open: number, end: number, span: Span): { names: readonly string[] | null; end: number } {
    const { c } = this;
    const close = c.source.indexOf(')', open);
    const words =
      close < 0 || close >= end
        ? []
        : c.source
            .slice(open + 1, close)
            .split(',')
            .map((word) => word.trim());
    const names = words.length === 1 && words[0] === '' ? [] : words;
    const good = names.every((word, i) => /^[A-Za-z_]\w*$/.test(word) || (word === '...' && i === names.length - 1));
    if (close >= 0 && close < end && good && new Set(names).size === names.length) return { names, end: close + 1 };
    c.error(span, 'the arguments of a macro are names in parentheses, as in `#define MAX(a, b) ...`');
    return { names: null, end: close + 1 };
  }

  /** The body as an expression of the language, or as a C constant. */
  private defineValue(name: string, start: number, end: number): Expr | null {
    const { c } = this;
    const inner = new Cursor(c.source, c.options, start, end, c.valueNames);
    if (inner.atEnd) return null;
    const expr = parseExpression(inner);
    if (inner.atEnd && inner.diagnostics.length === 0) return expr;
    this.constants.define(name, { start, end, params: null, asText: false });
    const value = this.constants.value(name);
    return value === null ? null : { kind: 'int', value, text: String(value), duration: false, span: { start, end } };
  }

  private open(span: Span, holds: boolean): Partial<Directive> {
    const outerActive = this.active;
    const active = outerActive && holds;
    this.conditionals.push({ span, outerActive, taken: active, active, sawElse: false });
    return {};
  }

  private branch(name: 'elif' | 'else', body: number, end: number, span: Span): Partial<Directive> {
    const top = this.conditionals.at(-1);
    if (top === undefined || top.sawElse) {
      this.c.error(span, `this \`#${name}\` belongs to no \`#if\``);
      return {};
    }
    const may = top.outerActive && !top.taken;
    top.active = may && (name === 'else' || this.condition(body, end, span));
    top.taken ||= top.active;
    top.sawElse = name === 'else';
    return {};
  }

  private condition(body: number, end: number, span: Span): boolean {
    const inner = new Cursor(this.c.source, this.c.options, body, end);
    const value = evaluate(inner, this.constants, 'zero');
    for (const diagnostic of inner.diagnostics) this.c.report(diagnostic);
    if (inner.diagnostics.length === 0 && !inner.atEnd) this.c.error(span, 'this condition cannot be read');
    return value !== null && value !== 0n;
  }
}

/** A `#` alone says nothing in C; a `#!` line stands behind comments in some scripts. */
const ignored = (word: string, rest: string): boolean => word === '' && (rest === '' || rest.startsWith('!'));

/** No expression, a name that may be a type, or a block that may be the whole body of a probe. */
const isText = (value: Expr | null): boolean => value === null || value.kind === 'ident' || value.kind === 'block-expr';
