/** Names visible at a place: variables by block, and what a macro's parameters stand for. */
import type * as ast from '../ast.ts';
import type { Local } from '../hir.ts';
import type { Type } from '../types.ts';
import type { Env } from './env.ts';

export interface Variable {
  readonly local: Local;
  /** Identifies the declaration over all passes. */
  readonly key: string;
  /** From `let $x: type`; such a variable does not widen. */
  readonly declared: Type | null;
  /** Loop variables cannot be assigned. */
  readonly readonly: boolean;
  /** Lives longer than the block that first assigns it: starts as zero. */
  readonly hoisted: boolean;
}

/** An expression and where its names are looked up. */
export interface Substitution {
  readonly expr: ast.Expr;
  readonly env: Env;
}

export class Scope {
  readonly parent: Scope | null;
  /** null: none. Most blocks declare nothing. */
  private variables: Map<string, Variable> | null = null;
  private maps: Map<string, string> | null = null;
  private substitutions: Map<string, Substitution> | null = null;

  constructor(parent: Scope | null) {
    this.parent = parent;
  }

  variable(name: string): Variable | null {
    return this.variables?.get(name) ?? this.parent?.variable(name) ?? null;
  }

  /** The outermost block of the probe, function or macro. */
  get root(): Scope {
    return this.parent === null ? this : this.parent.root;
  }

  declare(name: string, variable: Variable): void {
    (this.variables ??= new Map()).set(name, variable);
  }

  /** The program-wide name of a map. */
  mapName(name: string): string {
    return this.maps?.get(name) ?? this.parent?.mapName(name) ?? name;
  }

  aliasMap(name: string, target: string): void {
    (this.maps ??= new Map()).set(name, target);
  }

  substitution(name: string): Substitution | null {
    return this.substitutions?.get(name) ?? this.parent?.substitution(name) ?? null;
  }

  substitute(name: string, value: Substitution): void {
    (this.substitutions ??= new Map()).set(name, value);
  }

  /** Everything declared here by its own name. */
  get declared(): Iterable<Variable> {
    return this.variables?.values() ?? [];
  }

  /** Names for "did you mean". */
  variableNames(): string[] {
    return [...(this.variables?.keys() ?? []), ...(this.parent?.variableNames() ?? [])];
  }
}
