/** Where an expression stands: the probe (or function) around it, the names it sees, and how it was expanded. */
import type * as ast from '../ast.ts';
import type { AttachKind, ResolvedProbe } from '../attach.ts';
import type { Hint, Span } from '../diagnostic.ts';
import type { HirBlock, HirExpr, HirStmt, Local } from '../hir.ts';
import type { AddressSpace, StructType, Type } from '../types.ts';
import { Scope } from './scope.ts';
import type { Session } from './session.ts';

/**
 * What a body may depend on of its place, one argument or all of them among it; bodies that depend on less are shared by
 * more places.
 */
export type Dependency = 'args' | `args.${string}` | 'name';

export interface Place {
  readonly kind: AttachKind | 'function';
  /** kretprobe, uretprobe, fexit. */
  readonly returns: boolean;
  /** The first of the places that share the body; null when the host is not known, and in functions. */
  readonly probe: ResolvedProbe | null;
  /** All places that may share the body. */
  readonly sites: readonly ResolvedProbe[];
  /** Where pointers that come as plain integers point to. */
  readonly space: AddressSpace;
  /** Filled while the body is elaborated. */
  readonly dependencies: Set<Dependency>;
  /** The `args` of the place. */
  readonly args: StructType | null;
}

/** What a loop needs from the probe's context is read before it: loop bodies run as functions that have no context. */
export interface LoopPrelude {
  readonly statements: HirStmt[];
  readonly locals: Map<string, Local>;
}

export interface EnvParts {
  readonly session: Session;
  readonly place: Place;
  readonly scope: Scope;
  /** Identifies the expansion: probe, macro calls. Keeps variables of different expansions apart. */
  readonly path: string;
  /** Loops around, innermost last. */
  readonly loops: readonly ('while' | 'unroll' | 'for')[];
  /** Of the outermost loop that may become a function of its own; null outside of such loops. */
  readonly prelude: LoopPrelude | null;
  /** Return type of the function around. */
  readonly returns: Type | null;
  /** Macros being expanded, to find recursion. */
  readonly macros: readonly string[];
}

export class Env implements EnvParts {
  readonly session: Session;
  readonly place: Place;
  readonly scope: Scope;
  readonly path: string;
  readonly loops: readonly ('while' | 'unroll' | 'for')[];
  readonly prelude: LoopPrelude | null;
  readonly returns: Type | null;
  readonly macros: readonly string[];

  /** Every block makes one: without copies of objects. */
  constructor(parts: EnvParts, changes: Partial<EnvParts> = {}) {
    this.session = changes.session ?? parts.session;
    this.place = changes.place ?? parts.place;
    this.scope = changes.scope ?? parts.scope;
    this.path = changes.path ?? parts.path;
    this.loops = changes.loops ?? parts.loops;
    this.prelude = changes.prelude === undefined ? parts.prelude : changes.prelude;
    this.returns = changes.returns === undefined ? parts.returns : changes.returns;
    this.macros = changes.macros ?? parts.macros;
  }

  with(changes: Partial<EnvParts>): Env {
    return new Env(this, changes);
  }

  /** Inside of a new block. */
  nested(loops = this.loops): Env {
    return new Env(this, { scope: new Scope(this.scope), loops });
  }

  error(code: string, span: Span, message: string, hint?: Hint): void {
    this.session.error(code, span, message, hint);
  }

  warning(code: string, span: Span, message: string, hint?: Hint): void {
    this.session.warning(code, span, message, hint);
  }

  expression(expr: ast.Expr): HirExpr {
    return this.session.elaborator.expression(this, expr);
  }

  /** A block with its own scope. */
  block(block: ast.Block, loops = this.loops): HirBlock {
    return { statements: this.nested(loops).statements(block) };
  }

  statements(block: ast.Block): HirStmt[] {
    return this.session.elaborator.statements(this, block.statements, block.value);
  }

  /** Without the value at the end. */
  statementsOf(list: readonly ast.Stmt[]): HirStmt[] {
    return this.session.elaborator.statements(this, list, null);
  }

  temporary(name: string, type: Type): Local {
    return { id: this.session.nextLocal++, name, type };
  }
}
