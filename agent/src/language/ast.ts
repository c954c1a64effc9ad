/**
 * The syntax tree, as written: nothing resolved, nothing desugared, so that print(parse(text)) keeps the meaning
 * and parse(print(tree)) gives the same tree. Error tolerance: a part that could not be read is an `error` node.
 */
import type { Span } from './diagnostic.ts';

interface Node {
  readonly span: Span;
}

export interface Program extends Node {
  readonly kind: 'program';
  readonly shebang: string | null;
  readonly preamble: readonly PreambleItem[];
  readonly config: ConfigBlock | null;
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
}

export interface Comment extends Node {
  readonly text: string;
}

// ---- C preamble ------------------------------------------------------------------------------------------------

/** Conditional directives are already decided by the parser (BPFTRACE_HAVE_BTF is defined); `inactive` keeps the rest for printing. */
export type PreambleItem = Directive | CDeclaration;

export interface Directive extends Node {
  readonly kind: 'directive';
  /** The whole line, without the newline. */
  readonly text: string;
  readonly name:
    'include' | 'define' | 'undef' | 'ifdef' | 'ifndef' | 'if' | 'elif' | 'else' | 'endif' | 'pragma' | 'other';
  readonly active: boolean;
  /** For an active `#define NAME expr` whose body is a constant or simple expression. */
  readonly define?: { readonly name: string; readonly value: Expr | null };
  /** For `#include`: the path between the brackets or quotes. */
  readonly include?: string;
  /** `#include <file>`, not `"file"`. */
  readonly system?: boolean;
}

export interface CDeclaration extends Node {
  readonly kind: 'c-declaration';
  readonly text: string;
  readonly active: boolean;
  readonly types: readonly CTypeDef[];
}

export type CTypeDef =
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly members: readonly CMember[];
      readonly packed: boolean;
      readonly align: number | null;
      readonly span: Span;
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly members: readonly { readonly name: string; readonly value: bigint }[];
      readonly span: Span;
    }
  | { readonly kind: 'typedef'; readonly name: string; readonly type: CType; readonly span: Span };

export interface CMember {
  /** Empty for an anonymous struct or union member. */
  readonly name: string;
  readonly type: CType;
  /** Width of a bit field in bits. */
  readonly bits: number | null;
  readonly span: Span;
}

export type CType =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tagged'; readonly tag: 'struct' | 'union' | 'enum'; readonly name: string }
  | { readonly kind: 'inline'; readonly def: CTypeDef }
  | { readonly kind: 'pointer'; readonly to: CType }
  | { readonly kind: 'function' }
  /** count null: flexible array member. */
  | { readonly kind: 'array'; readonly of: CType; readonly count: number | null };

// ---- top level -------------------------------------------------------------------------------------------------

export interface ConfigBlock extends Node {
  readonly entries: readonly {
    readonly key: string;
    readonly keySpan: Span;
    readonly value: Expr | { readonly kind: 'word'; readonly text: string; readonly span: Span };
    readonly span: Span;
  }[];
}

export type Item = Probe | MacroDef | FunctionDef | MapDecl | Import;

export interface Probe extends Node {
  readonly kind: 'probe';
  readonly attachPoints: readonly AttachPoint[];
  readonly predicate: Expr | null;
  readonly body: Block;
}

export interface AttachPoint extends Node {
  /** The `name` of `name=attach-point`. */
  readonly name: string | null;
  /** As written, quotes kept: `tracepoint:sched:sched_switch`. */
  readonly text: string;
  /** Split at `:` outside of quotes, quotes removed; [0] is the provider as written. */
  readonly parts: readonly string[];
}

export interface MacroDef extends Node {
  readonly kind: 'macro';
  readonly name: string;
  readonly nameSpan: Span;
  readonly params: readonly MacroParam[];
  readonly body: Block;
}

export interface MacroParam extends Node {
  readonly kind: 'variable' | 'map' | 'identifier';
  readonly name: string;
  readonly type: TypeName | null;
}

export interface FunctionDef extends Node {
  readonly kind: 'function';
  readonly name: string;
  readonly nameSpan: Span;
  readonly params: readonly { readonly name: string; readonly type: TypeName; readonly span: Span }[];
  readonly returns: TypeName;
  readonly body: Block;
}

/** `let @m = lruhash(1000);` */
export interface MapDecl extends Node {
  readonly kind: 'map-decl';
  readonly name: string;
  readonly mapType: string;
  readonly typeSpan: Span;
  readonly maxEntries: Expr;
}

export interface Import extends Node {
  readonly kind: 'import';
  readonly path: string;
}

// ---- statements ------------------------------------------------------------------------------------------------

export interface Block extends Node {
  readonly kind: 'block';
  readonly statements: readonly Stmt[];
  /** The last expression without `;` of a block used as a value: `{ $a = 1; $a + 1 }`. */
  readonly value: Expr | null;
}

export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=';

export type Stmt =
  | (Node & { readonly kind: 'expr-stmt'; readonly expr: Expr })
  | (Node & { readonly kind: 'assign'; readonly op: AssignOp; readonly target: Assignable; readonly value: Expr })
  | (Node & { readonly kind: 'discard'; readonly value: Expr })
  | (Node & {
      readonly kind: 'let';
      readonly name: string;
      readonly nameSpan: Span;
      readonly type: TypeName | null;
      readonly value: Expr | null;
    })
  | (Node & { readonly kind: 'while'; readonly cond: Expr; readonly body: Block })
  | (Node & { readonly kind: 'unroll'; readonly count: Expr; readonly body: Block })
  | (Node & {
      readonly kind: 'for-map';
      readonly name: string;
      readonly nameSpan: Span;
      readonly map: Extract<Expr, { kind: 'map' }>;
      readonly body: Block;
    })
  | (Node & {
      readonly kind: 'for-range';
      readonly name: string;
      readonly nameSpan: Span;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: Block;
    })
  | (Node & { readonly kind: 'break' | 'continue' })
  | (Node & { readonly kind: 'return'; readonly value: Expr | null })
  | Block
  | (Node & { readonly kind: 'import-stmt'; readonly path: string })
  | (Node & { readonly kind: 'error' });

/** What an assignment may write to: `$v`, `@m`, `@m[k]`; the checker refuses the rest. */
export type Assignable = Expr;

// ---- expressions -----------------------------------------------------------------------------------------------

export type BinaryOp =
  '||' | '&&' | '|' | '^' | '&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';
export type UnaryOp = '-' | '!' | '~' | '*' | '&';

export type Expr =
  /** `text` as written (`1e6`, `0x10`, `5ms`); value already scaled; `duration` true when a time suffix was there. */
  | (Node & { readonly kind: 'int'; readonly value: bigint; readonly text: string; readonly duration: boolean })
  | (Node & { readonly kind: 'string'; readonly value: string })
  | (Node & { readonly kind: 'bool'; readonly value: boolean })
  | (Node & { readonly kind: 'ident'; readonly name: string })
  /** `$name`, without the dollar. */
  | (Node & { readonly kind: 'variable'; readonly name: string })
  /** `$1`; index 0 is `$#`. */
  | (Node & { readonly kind: 'positional'; readonly index: number })
  /** `@name[key, key]`; name without the `@`, '' for the bare map; keys null when there are no brackets. */
  | (Node & { readonly kind: 'map'; readonly name: string; readonly keys: readonly Expr[] | null })
  | (Node & { readonly kind: 'call'; readonly name: string; readonly nameSpan: Span; readonly args: readonly Expr[] })
  | (Node & { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr })
  | (Node & { readonly kind: 'unary'; readonly op: UnaryOp; readonly operand: Expr })
  | (Node & {
      readonly kind: 'update';
      readonly op: '++' | '--';
      readonly prefix: boolean;
      readonly target: Assignable;
    })
  /** `then` null is the short form `a ?: b`. */
  | (Node & { readonly kind: 'ternary'; readonly cond: Expr; readonly then: Expr | null; readonly else: Expr })
  | (Node & {
      readonly kind: 'if';
      readonly cond: Expr;
      readonly then: Block;
      readonly else: Block | Extract<Expr, { kind: 'if' }> | null;
    })
  | (Node & { readonly kind: 'block-expr'; readonly block: Block })
  | (Node & {
      readonly kind: 'member';
      readonly object: Expr;
      readonly name: string;
      readonly nameSpan: Span;
      readonly arrow: boolean;
    })
  /** Tuple element `.0`. */
  | (Node & { readonly kind: 'tuple-member'; readonly object: Expr; readonly index: number; readonly arrow: boolean })
  | (Node & { readonly kind: 'index'; readonly object: Expr; readonly index: Expr })
  | (Node & { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expr })
  | (Node & { readonly kind: 'tuple'; readonly elements: readonly Expr[] })
  | (Node & {
      readonly kind: 'record';
      readonly fields: readonly { readonly name: string; readonly value: Expr; readonly span: Span }[];
    })
  | (Node & { readonly kind: 'sizeof'; readonly of: TypeName | Expr })
  | (Node & { readonly kind: 'offsetof'; readonly of: TypeName | Expr; readonly path: readonly string[] })
  | (Node & { readonly kind: 'typeof' | 'typeinfo'; readonly of: TypeName | Expr })
  | (Node & { readonly kind: 'comptime'; readonly expr: Expr })
  | (Node & { readonly kind: 'error' });

/** A type as written: `struct foo *`, `uint64`, `string[64]`, `int32[4]`, `typeof(e)`. */
export interface TypeName extends Node {
  readonly kind: 'type-name';
  readonly base:
    | { readonly kind: 'named'; readonly tag: 'struct' | 'union' | 'enum' | null; readonly name: string }
    | { readonly kind: 'typeof'; readonly of: TypeName | Expr };
  /** Applied left to right: `*` or `[N]` (null: `[]`). */
  readonly suffixes: readonly ('*' | { readonly count: number | null })[];
}
