/** Integer constant expressions of the C preamble: array sizes, enumerators, bit widths, `#if`. 64-bit signed. */
import { Cursor } from '../parser/cursor.ts';
import type { ParseOptions } from '../parser/cursor.ts';
import { PRECEDENCE } from '../parser/expressions.ts';
import { readInt } from '../parser/literals.ts';
import { isBaseWord, joinBaseWords } from '../parser/base-types.ts';
import type { Sources } from '../sources.ts';
import { expandUse } from './expansion.ts';

/** A macro's body as a range of the sources: it is text, evaluated or expanded where it is used. */
export interface MacroText {
  readonly start: number;
  readonly end: number;
  /** null: an object-like macro. The last one is `...` in a variadic macro. */
  readonly params: readonly string[] | null;
  /** The body is no expression of its own: it is put in as text, as macros with parameters always are. */
  readonly asText: boolean;
}

const MAX_MACRO_DEPTH = 32;

/** Constants that structs copied from kernel headers are sized by and that are no enumerators everywhere. */
const WELL_KNOWN: ReadonlyMap<string, bigint> = new Map([
  ['TASK_COMM_LEN', 16n],
  ['IFNAMSIZ', 16n],
  ['DNAME_INLINE_LEN', 40n],
  ['PATH_MAX', 4096n],
  ['NAME_MAX', 255n],
  // Where no kernel is known (an editor), the newest one is meant.
  ['LINUX_VERSION_CODE', 0x7fffffffn],
]);

const PREDEFINED: ReadonlySet<string> = new Set(['BPFTRACE_HAVE_BTF', 'LINUX_VERSION_CODE', 'KERNEL_VERSION']);

/** What names mean in the preamble so far. */
export class Constants {
  readonly enumerators = new Map<string, bigint>();
  readonly sources: Sources;
  private readonly options: ParseOptions;
  private readonly macros = new Map<string, MacroText>();
  /**
   * Values worked out since the last `#define`, null where there is none: macros made of macros, and those that lead back
   * to themselves, would be expanded exponentially often.
   */
  private readonly known = new Map<string, bigint | null>();
  /** Macros with arguments that are being worked out. */
  private readonly used = new Set<string>();
  /** A macro was defined that has to be expanded as text. */
  hasText = false;
  private depth = 0;

  constructor(sources: Sources, options: ParseOptions) {
    this.sources = sources;
    this.options = options;
  }

  isDefined(name: string): boolean {
    return PREDEFINED.has(name) || this.macros.has(name);
  }

  macro(name: string): MacroText | null {
    return this.macros.get(name) ?? null;
  }

  /** Whether a word of a macro's body or of the program stands for other text. */
  isText(name: string): boolean {
    return this.macros.get(name)?.asText ?? false;
  }

  value(name: string): bigint | null {
    const macro = this.macros.get(name);
    if (macro !== undefined) return macro.params === null ? this.expand(name, macro) : null;
    if (name === 'BPFTRACE_HAVE_BTF') return 1n;
    return this.enumerators.get(name) ?? this.options.constants?.(name) ?? WELL_KNOWN.get(name) ?? null;
  }

  define(name: string, macro: MacroText | null): void {
    if (macro === null) this.macros.delete(name);
    else this.macros.set(name, macro);
    this.hasText ||= macro?.asText ?? false;
    this.known.clear();
  }

  private expand(name: string, macro: MacroText): bigint | null {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    // What leads back here while it is worked out has no value.
    this.known.set(name, null);
    const value = this.evaluateRange(this.sources.text, macro.start, macro.end);
    this.known.set(name, value);
    return value;
  }

  /** The value of an expression that stands in a text, null when it has none. */
  private evaluateRange(text: string, start: number, end: number): bigint | null {
    if (this.depth >= MAX_MACRO_DEPTH) return null;
    this.depth++;
    try {
      const c = new Cursor(text, this.options, start, end);
      const value = evaluate(c, this);
      return c.atEnd ? value : null;
    } finally {
      this.depth--;
    }
  }

  /** `NAME(...)` as a constant: the value of what `expand` makes of it. What leads back to the name has none. */
  useValue(name: string, expand: () => string | null): bigint | null {
    if (this.used.has(name)) return null;
    this.used.add(name);
    const text = expand();
    const value = text === null ? null : this.evaluateRange(text, 0, text.length);
    this.used.delete(name);
    return value;
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
    const value = this.constants.value(text) ?? this.use(text, start);
    if (value !== null || c.panic) return value ?? 0n;
    if (this.unknown === 'zero') {
      // `#if KERNEL_VERSION(5, 4, 0)` and the like: unknown macros with arguments count as 0 too.
      if (c.at('(')) skipParentheses(c);
    } else {
      c.fail({ start, end }, `\`${text}\` is not a constant that is known here`, 'write the number, or `#define` it');
    }
    return 0n;
  }

  /** A macro with arguments; null when there is none of this name. */
  private use(name: string, start: number): bigint | null {
    const { c, constants } = this;
    if (!c.at('(')) return null;
    if (constants.macro(name) === null) return name === 'KERNEL_VERSION' ? this.kernelVersion() : null;
    skipParentheses(c);
    const span = { start, end: c.previousEnd };
    const value = constants.useValue(name, () =>
      expandUse(constants, c.source, span, (code, message) => c.fail(span, message, undefined, code)),
    );
    if (value === null && !c.panic) c.fail(span, `\`${name}(...)\` is not a constant that is known here`);
    return value;
  }

  /** `KERNEL_VERSION(6, 1, 0)` */
  private kernelVersion(): bigint {
    const { c } = this;
    const parts: bigint[] = [];
    do {
      c.advance();
      parts.push(this.ternary());
    } while (!c.panic && c.at(','));
    if (!c.panic) c.expect(')', 'to close `KERNEL_VERSION(`');
    const [major = 0n, minor = 0n, patch = 0n] = parts;
    return (major << 16n) + (minor << 8n) + (patch > 255n ? 255n : patch);
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
