/** C declarations of the preamble: `struct`, `union`, `enum`, `typedef`, as kernel headers write them. */
import type { CMember, CType, CTypeDef } from '../ast.ts';
import { isBaseWord, joinBaseWords } from '../parser/base-types.ts';
import type { Cursor } from '../parser/cursor.ts';
import { asTag } from '../parser/type-names.ts';
import { evaluate, skipParentheses } from './constants.ts';
import type { Constants } from './constants.ts';

export interface DeclarationContext {
  readonly c: Cursor;
  readonly constants: Constants;
  /** A `#...` line inside of a declaration. */
  directive(): void;
}

interface Attributes {
  packed: boolean;
  align: number | null;
}

const QUALIFIERS: ReadonlySet<string> = new Set([
  ...['const', 'volatile', 'restrict', '__restrict', '__restrict__', '__extension__', '__user', '__kernel', '__rcu'],
  ...['__iomem', '__percpu', '__force', '__bitwise', '__be', '__randomize_layout', '__no_randomize_layout'],
  ...['____cacheline_aligned', '____cacheline_aligned_in_smp', '__must_check', '__nocast'],
]);

/** Reads one declaration with its `;`, which may be missing behind a body. The named types it defines, inner first. */
export function parseDeclaration(context: DeclarationContext): CTypeDef[] {
  const { c } = context;
  const reader = new DeclarationReader(context);
  const start = c.token.start;
  const isTypedef = c.accept('typedef');
  const base = reader.specifier();
  if (isTypedef && !c.panic) {
    do {
      const { name, type } = reader.declarator(base);
      if (name === '' && !c.panic) c.unexpected('the name of the typedef');
      if (!c.panic) reader.types.push({ kind: 'typedef', name, type, span: c.spanFrom(start) });
    } while (!c.panic && c.accept(','));
    if (!c.panic) c.expect(';', 'behind the typedef');
  } else if (!c.panic && !c.accept(';') && (c.at('*') || c.at('['))) {
    c.unexpected('`;`', 'the preamble holds types, not variables');
  }
  if (c.panic) skipDeclaration(c, bracesOpen(c, start));
  return reader.types;
}

/** Behind a broken declaration: past its `;`, past its last `}`, or to the next line that starts with `#` or a probe. */
function skipDeclaration(c: Cursor, open: number): void {
  let depth = open;
  while (!c.atEnd && !(c.isFirstOnLine && (c.at('#') || c.atProbe))) {
    const { text } = c.advance();
    if (text === '{') depth++;
    else if (text === '}') depth--;
    if (depth <= 0 && (text === ';' || text === '}')) break;
  }
  c.accept(';');
  c.panic = false;
}

/** How many braces opened since `start` are still open at the current token. */
function bracesOpen(c: Cursor, start: number): number {
  let depth = 0;
  for (let token = c.tokenAt(start); token.start < c.token.start; token = c.tokenAt(token.end)) {
    if (token.text === '{') depth++;
    else if (token.text === '}') depth--;
  }
  return depth;
}

class DeclarationReader {
  readonly types: CTypeDef[] = [];
  private readonly context: DeclarationContext;
  private readonly c: Cursor;

  constructor(context: DeclarationContext) {
    this.context = context;
    this.c = context.c;
  }

  /** `const unsigned int`, `struct name { ... }`, a typedef's name. */
  specifier(): CType {
    const { c } = this;
    const attributes: Attributes = { packed: false, align: null };
    this.attributes(attributes);
    const { token } = c;
    let type: CType;
    const tag = asTag(token.text);
    if (tag !== null) {
      type = c.nested<CType>(
        () => (tag === 'enum' ? this.enumeration() : this.aggregate(tag)),
        () => ({ kind: 'name', name: 'int' }),
      );
    } else if (isBaseWord(token.text)) {
      const words: string[] = [];
      for (;;) {
        this.attributes(attributes);
        if (!isBaseWord(c.token.text)) break;
        words.push(c.advance().text);
      }
      type = { kind: 'name', name: joinBaseWords(words) };
    } else if (token.kind === 'word') {
      type = { kind: 'name', name: c.advance().text };
    } else {
      c.unexpected('a C type');
      type = { kind: 'name', name: 'int' };
    }
    this.attributes(attributes);
    return type;
  }

  /** Qualifiers and attributes, in any number; only packed and aligned matter. */
  private attributes(into: Attributes): void {
    const { c } = this;
    for (;;) {
      if (c.token.kind === 'word' && QUALIFIERS.has(c.token.text)) c.advance();
      else if (c.accept('__packed')) into.packed = true;
      else if (c.at('__aligned')) {
        c.advance();
        into.align = this.alignment();
      } else if (c.at('__attribute__') || c.at('__attribute')) this.attributeList(into);
      else return;
    }
  }

  private attributeList(into: Attributes): void {
    const { c } = this;
    c.advance();
    if (!c.expect('(', 'behind `__attribute__`') || !c.expect('(', 'behind `__attribute__`')) return;
    while (!c.panic && !c.at(')') && !c.atEnd) {
      const { text } = c.advance();
      if (text === 'packed' || text === '__packed__') into.packed = true;
      else if (text === 'aligned' || text === '__aligned__') into.align = this.alignment();
      else if (c.at('(')) skipParentheses(c);
      c.accept(',');
    }
    if (!c.panic && c.expect(')', 'to close the attribute')) c.expect(')', 'to close the attribute');
  }

  /** `(N)`; without a number the largest alignment of the target. */
  private alignment(): number {
    const { c } = this;
    if (!c.accept('(')) return 16;
    const value = evaluate(c, this.context.constants);
    if (!c.panic) c.expect(')', 'behind the alignment');
    return value !== null && value > 0n && value <= 65536n ? Number(value) : 1;
  }

  private aggregate(tag: 'struct' | 'union'): CType {
    const { c } = this;
    const { start } = c.advance();
    const attributes: Attributes = { packed: false, align: null };
    this.attributes(attributes);
    const name = c.token.kind === 'word' ? c.advance().text : '';
    this.attributes(attributes);
    if (c.panic || !c.accept('{')) {
      if (name === '' && !c.panic) c.unexpected(`the name of the ${tag} or its members`);
      return { kind: 'tagged', tag, name };
    }
    const members: CMember[] = [];
    while (!c.panic && !c.at('}')) {
      if (c.atEnd) c.unexpected(`\`}\` to close the ${tag}`);
      else if (c.at('#') && c.isFirstOnLine) this.context.directive();
      else if (!c.accept(';')) this.members(members);
    }
    c.accept('}');
    this.attributes(attributes);
    const def: CTypeDef = {
      kind: tag,
      name,
      members,
      packed: attributes.packed,
      align: attributes.align,
      span: c.spanFrom(start),
    };
    if (name === '') return { kind: 'inline', def };
    this.types.push(def);
    return { kind: 'tagged', tag, name };
  }

  /** One line of members: `unsigned int a : 3, *b;` */
  private members(into: CMember[]): void {
    const { c } = this;
    const start = c.token.start;
    const base = this.specifier();
    if (c.panic) return;
    if (c.at(';')) {
      // `struct { ... };` is an anonymous member; `struct name { ... };` only declares.
      if (base.kind === 'inline' && base.def.kind !== 'enum')
        into.push({ name: '', type: base, bits: null, span: c.spanFrom(start) });
    } else {
      do {
        const at = into.length === 0 || !c.at(',') ? start : c.token.start;
        const { name, type } = c.at(':') ? { name: '', type: base } : this.declarator(base);
        const bits = !c.panic && c.accept(':') ? this.width() : null;
        this.attributes({ packed: false, align: null });
        if (!c.panic) into.push({ name, type, bits, span: c.spanFrom(at) });
      } while (!c.panic && c.accept(','));
    }
    if (!c.panic) c.expect(';', 'behind the member');
  }

  private width(): number {
    const { c } = this;
    const { start } = c.token;
    const value = evaluate(c, this.context.constants);
    if (value === null) return 0;
    if (value < 0n || value > 64n) c.error(c.spanFrom(start), 'a bit field has 0 to 64 bits');
    return Number(BigInt.asUintN(7, value));
  }

  private enumeration(): CType {
    const { c } = this;
    const { constants } = this.context;
    const { start } = c.advance();
    this.attributes({ packed: false, align: null });
    const name = c.token.kind === 'word' ? c.advance().text : '';
    if (c.panic || !c.accept('{')) return { kind: 'tagged', tag: 'enum', name };
    const members: { name: string; value: bigint }[] = [];
    let next = 0n;
    while (!c.panic && !c.at('}')) {
      if (c.at('#') && c.isFirstOnLine) {
        this.context.directive();
        continue;
      }
      if (c.token.kind !== 'word') {
        c.unexpected('the name of an enumerator');
        break;
      }
      const member = c.advance().text;
      if (c.accept('=')) next = evaluate(c, constants) ?? next;
      if (c.panic) break;
      members.push({ name: member, value: next });
      constants.enumerators.set(member, next);
      c.valueNames.add(member);
      next++;
      if (!c.accept(',')) break;
    }
    if (!c.panic) c.expect('}', 'to close the enum');
    const def: CTypeDef = { kind: 'enum', name, members, span: c.spanFrom(start) };
    // Enumerators of a nameless enum count too, so it is listed although nothing can name it.
    if (name !== '') this.types.push(def);
    else if (!c.at(';')) return { kind: 'inline', def };
    else this.types.push(def);
    return { kind: 'tagged', tag: 'enum', name };
  }

  /** A name with what stands around it: `*name`, `name[4]`, `(*name)(int)`. */
  declarator(base: CType): { name: string; type: CType } {
    const { name, build } = this.declaratorParts();
    return { name, type: build(base) };
  }

  private declaratorParts(): { name: string; build: (base: CType) => CType } {
    const { c } = this;
    let pointers = 0;
    for (;;) {
      this.attributes({ packed: false, align: null });
      if (!c.accept('*')) break;
      pointers++;
    }
    let name = '';
    let inner = (type: CType): CType => type;
    if (c.accept('(')) {
      const nested = c.nested(
        () => this.declaratorParts(),
        () => ({ name: '', build: inner }),
      );
      name = nested.name;
      inner = nested.build;
      if (!c.panic) c.expect(')', 'to close the declarator');
    } else if (c.token.kind === 'word') {
      name = c.advance().text;
    } else {
      c.unexpected('a name');
    }
    const suffixes = c.panic ? [] : this.suffixes();
    this.attributes({ packed: false, align: null });
    return {
      name,
      build: (base) => {
        let type = base;
        for (let i = 0; i < pointers; i++) type = { kind: 'pointer', to: type };
        for (const suffix of suffixes.toReversed()) type = suffix(type);
        return inner(type);
      },
    };
  }

  private suffixes(): ((type: CType) => CType)[] {
    const { c } = this;
    const suffixes: ((type: CType) => CType)[] = [];
    while (!c.panic && suffixes.length < 100) {
      if (c.at('(')) {
        skipParentheses(c);
        suffixes.push(() => ({ kind: 'function' }));
      } else if (c.accept('[')) {
        const count = c.at(']') ? null : this.count();
        if (!c.panic) c.expect(']', 'behind the number of elements');
        suffixes.push((of) => ({ kind: 'array', of, count }));
      } else {
        break;
      }
    }
    return suffixes;
  }

  private count(): number | null {
    const { c } = this;
    const { start } = c.token;
    const value = evaluate(c, this.context.constants);
    if (value === null) return null;
    if (value >= 0n && value <= 0x7fffffffn) return Number(value);
    c.error(c.spanFrom(start), 'an array has 0 to 2147483647 elements');
    return 0;
  }
}
