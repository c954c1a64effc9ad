/** Integer constant expressions of the C preamble: array sizes, enumerators, bit widths, `#if`. 64-bit signed. */
import { Cursor } from '../parser/cursor.ts';
import type { ParseOptions } from '../parser/cursor.ts';
import { PRECEDENCE } from '../parser/expressions.ts';
import { readInt } from '../parser/literals.ts';
import { isBaseWord, joinBaseWords } from '../parser/base-types.ts';

/** A place to look for a macro's body again: it is text, evaluated where it is used. */
export interface MacroText {
  readonly start: number;
  readonly end: number;
  /** Takes arguments: not a constant. */
  readonly hasArguments: boolean;
}

const MAX_MACRO_DEPTH = 32;

/** Constants that structs copied from kernel headers are sized by and that are no enumerators everywhere. */
const WELL_KNOWN: ReadonlyMap<string, bigint> = new Map([
  ['TASK_COMM_LEN', 16n],
  ['IFNAMSIZ', 16n],
  ['DNAME_INLINE_LEN', 40n],
  ['PATH_MAX', 4096n],
  ['NAME_MAX', 255n],
]);

/** What names mean in the preamble so far. */
export class Constants {
  readonly enumerators = new Map<string, bigint>();
  private readonly source: string;
  private readonly options: ParseOptions;
  private readonly macros = new Map<string, MacroText>();
  /** Values worked out since the last `#define`: macros made of macros would be expanded exponentially often. */
  private readonly known = new Map<string, bigint>();
  private depth = 0;

  constructor(source: string, options: ParseOptions) {
    this.source = source;
    this.options = options;
  }

  isDefined(name: string): boolean {
    return name === 'BPFTRACE_HAVE_BTF' || this.macros.has(name);
  }

  value(name: string): bigint | null {
    const macro = this.macros.get(name);
    if (macro !== undefined) return this.known.get(name) ?? this.expand(name, macro);
    if (name === 'BPFTRACE_HAVE_BTF') return 1n;
    return this.enumerators.get(name) ?? this.options.constants?.(name) ?? WELL_KNOWN.get(name) ?? null;
  }

  define(name: string, macro: MacroText | null): void {
    if (macro === null) this.macros.delete(name);
    else this.macros.set(name, macro);
    this.known.clear();
  }

  private expand(name: string, macro: MacroText): bigint | null {
    if (macro.hasArguments || this.depth >= MAX_MACRO_DEPTH) return null;
    this.depth++;
    try {
      const c = new Cursor(this.source, this.options, macro.start, macro.end);
      const value = evaluate(c, this);
      if (value === null || !c.atEnd) return null;
      this.known.set(name, value);
      return value;
    } finally {
      this.depth--;
    }
  }
}

/** Reads an expression; null (and a report through `c`) when it is none or not constant. */
export function evaluate(c: Cursor, constants: Constants, unknown: 'report' | 'zero' = 'report'): bigint | null {
  const read = new Evaluation(c, constants, unknown);
  const value = read.ternary();
  return c.panic ? null : value;
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

const BINARY: Readonly<Record<string, (a: bigint, b: bigint) => bigint | null>> = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '<<': (a, b) => (b < 0n || b > 63n ? null : a << b),
  '>>': (a, b) => (b < 0n || b > 63n ? null : a >> b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? null : a / b),
  '%': (a, b) => (b === 0n ? null : a % b),
};

const UNARY: Readonly<Record<string, (a: bigint) => bigint>> = {
  '-': (a) => -a,
  '+': (a) => a,
  '~': (a) => ~a,
  '!': (a) => truth(a === 0n),
};

/** Sizes in bytes on 64-bit Linux. */
const SIZES: Readonly<Record<string, bigint>> = {
  ...{ void: 1n, _Bool: 1n, char: 1n, 'signed char': 1n, 'unsigned char': 1n, short: 2n, 'unsigned short': 2n },
  ...{ int: 4n, 'unsigned int': 4n, long: 8n, 'unsigned long': 8n, 'long long': 8n, 'unsigned long long': 8n },
  ...{ float: 4n, double: 8n, __int128: 16n, 'unsigned __int128': 16n },
};

class Evaluation {
  private readonly c: Cursor;
  private readonly constants: Constants;
  private readonly unknown: 'report' | 'zero';

  constructor(c: Cursor, constants: Constants, unknown: 'report' | 'zero') {
    this.c = c;
    this.constants = constants;
    this.unknown = unknown;
  }

  ternary(): bigint {
    return this.c.nested(
      () => {
        const cond = this.binary(1);
        if (this.c.panic || !this.c.accept('?')) return cond;
        const then = this.ternary();
        this.c.expect(':', 'and the value for a false condition');
        const otherwise = this.ternary();
        return cond !== 0n ? then : otherwise;
      },
      () => 0n,
    );
  }

  private binary(weakest: number): bigint {
    let left = this.unary();
    while (!this.c.panic) {
      const precedence = PRECEDENCE.get(this.c.token.text);
      if (precedence === undefined || precedence < weakest) break;
      const op = this.c.advance();
      const value = BINARY[op.text]?.(left, this.binary(precedence + 1)) ?? null;
      if (value === null && !this.c.panic)
        this.c.fail({ start: op.start, end: op.end }, 'this operation has no result');
      left = wrap(value ?? 0n);
    }
    return left;
  }

  private unary(): bigint {
    const { c } = this;
    const apply = c.token.kind === 'punct' ? UNARY[c.token.text] : undefined;
    if (apply === undefined) return this.primary();
    c.advance();
    return c.nested(
      () => wrap(apply(this.unary())),
      () => 0n,
    );
  }

  private primary(): bigint {
    const { c } = this;
    const { token } = c;
    if (token.kind === 'int') {
      c.advance();
      const { value, problem } = readInt(token.text);
      if (problem !== null) c.fail({ start: token.start, end: token.end }, problem);
      return wrap(value);
    }
    if (token.text.startsWith("'")) return this.character();
    if (c.accept('(')) {
      if (isBaseWord(c.token.text)) return this.cast();
      const value = this.ternary();
      if (!c.panic) c.expect(')', 'to close the parenthesis');
      return value;
    }
    if (token.text === 'sizeof') return this.sizeof();
    if (token.text === 'defined') return this.defined();
    if (token.kind === 'word') return this.name();
    c.unexpected('a constant');
    return 0n;
  }

  private character(): bigint {
    const { c } = this;
    const match = /'([^'\\]|\\.)'/y;
    match.lastIndex = c.token.start;
    const found = match.exec(c.source);
    if (found === null) {
      c.unexpected('a constant');
      return 0n;
    }
    c.seek(match.lastIndex);
    const text = found[1] ?? '';
    const escapes: Readonly<Record<string, number>> = { '\\n': 10, '\\t': 9, '\\r': 13, '\\0': 0 };
    return BigInt(escapes[text] ?? text.charCodeAt(text.length - 1));
  }

  private baseType(): string {
    const words: string[] = [];
    while (isBaseWord(this.c.token.text)) words.push(this.c.advance().text);
    return joinBaseWords(words);
  }

  private cast(): bigint {
    this.baseType();
    if (!this.c.expect(')', 'behind the type')) return 0n;
    return this.c.nested(
      () => this.unary(),
      () => 0n,
    );
  }

  private sizeof(): bigint {
    const { c } = this;
    c.advance();
    if (!c.expect('(', 'behind `sizeof`')) return 0n;
    const { token } = c;
    const name = isBaseWord(token.text) ? this.baseType() : token.text;
    let size = SIZES[name];
    if (size === undefined)
      c.fail({ start: token.start, end: token.end }, 'here only the size of a base type is known');
    while (!c.panic && c.accept('*')) size = 8n;
    if (!c.panic) c.expect(')', 'to close `sizeof(`');
    return size ?? 0n;
  }

  private defined(): bigint {
    const { c } = this;
    c.advance();
    const parenthesis = c.accept('(');
    if (c.token.kind !== 'word') {
      c.unexpected('a name behind `defined`');
      return 0n;
    }
    const { text } = c.advance();
    if (parenthesis) c.expect(')', 'behind the name');
    return truth(this.constants.isDefined(text));
  }

  private name(): bigint {
    const { c } = this;
    const { start, end, text } = c.advance();
    const value = this.constants.value(text);
    if (value !== null) return value;
    if (this.unknown === 'zero') {
      // `#if KERNEL_VERSION(5, 4, 0)` and the like: unknown macros with arguments count as 0 too.
      if (c.at('(')) skipParentheses(c);
    } else {
      c.fail({ start, end }, `\`${text}\` is not a constant that is known here`, 'write the number, or `#define` it');
    }
    return 0n;
  }
}

/** Past a balanced `( ... )`. */
export function skipParentheses(c: Cursor): void {
  let depth = 0;
  do {
    const { text } = c.advance();
    if (text === '(') depth++;
    else if (text === ')') depth--;
  } while (depth > 0 && !c.atEnd);
}
