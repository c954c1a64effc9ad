/** What has to be known of a body's variables and builtins before code is made: one walk over the tree. */
import type { HirBlock, HirExpr, HirStmt, Local } from '../../language/hir.ts';
import { children, statementParts } from './walk.ts';

export class LocalFacts {
  private readonly inMemory = new Set<number>();
  private readonly pointedAt = new Set<number>();
  private readonly builtins = new Map<string, number>();
  private readonly isCalledBack: (s: HirStmt, nested: boolean) => boolean;
  hasCallbacks = false;
  /** Variables from outside that functions which are called back assign. */
  readonly changedByCallbacks = new Set<number>();
  private readonly seen = new Map<number, Local>();
  private readonly values = new Map<number, HirExpr[]>();

  /** `isCalledBack`: loops whose body becomes a function that a helper calls back. `nested`: in another such function. */
  constructor(block: HirBlock, isCalledBack: (s: HirStmt, nested: boolean) => boolean) {
    this.isCalledBack = isCalledBack;
    this.block(block, null);
  }

  /** Its address is taken, or a function that a helper calls back uses it. */
  needsMemory(id: number): boolean {
    return this.inMemory.has(id) || this.pointedAt.has(id);
  }

  isPointedAt(id: number): boolean {
    return this.pointedAt.has(id);
  }

  /** How often a builtin is used in the text. */
  builtinUses(name: string): number {
    return this.builtins.get(name) ?? 0;
  }

  /** All that is assigned to a variable. */
  assignedTo(id: number): readonly HirExpr[] {
    return this.values.get(id) ?? [];
  }

  get locals(): readonly Local[] {
    return [...this.seen.values()];
  }

  /** `callback`: ids of the locals that belong to the innermost callback; others used there need memory. */
  private block(block: HirBlock, callback: Set<number> | null): void {
    for (const s of block.statements) this.statement(s, callback);
  }

  private statement(s: HirStmt, callback: Set<number> | null): void {
    const called = this.isCalledBack(s, callback !== null);
    const inner = called ? new Set<number>() : callback;
    if (called) this.hasCallbacks = true;
    if (s.kind === 'for-map' || s.kind === 'for-range') this.assign(s.local, inner);
    if ((s.kind === 'set' || s.kind === 'set-op') && s.place.kind === 'local') this.assign(s.place.local, callback);
    if (s.kind === 'set' && s.place.kind === 'local') this.value(s.place.local, s.value);
    const { expressions, blocks } = statementParts(s);
    for (const e of expressions) this.expression(e, s.kind === 'while' ? inner : callback);
    for (const b of blocks) this.block(b, inner);
  }

  private expression(e: HirExpr, callback: Set<number> | null): void {
    if (e.kind === 'local') this.use(e.local, callback);
    if (e.kind === 'update' && e.place.kind === 'local') this.assign(e.place.local, callback);
    if (e.kind === 'address-of' && e.operand.kind === 'local') this.pointedAt.add(e.operand.local.id);
    if (e.kind === 'builtin') this.builtins.set(e.name, this.builtinUses(e.name) + 1);
    if (e.kind === 'block') this.block(e.block, callback);
    if (e.kind === 'invoke') {
      e.fn.params.forEach((p, n) => {
        this.assign(p, callback);
        this.value(p, e.args[n]);
      });
      this.block(e.fn.body, callback);
    }
    for (const c of children(e)) this.expression(c, callback);
  }

  private value(local: Local, value: HirExpr | undefined): void {
    if (local.type.kind !== 'pointer' || value === undefined) return;
    const known = this.values.get(local.id);
    if (known === undefined) this.values.set(local.id, [value]);
    else known.push(value);
  }

  private assign(local: Local, callback: Set<number> | null): void {
    if (callback !== null && !this.seen.has(local.id)) callback.add(local.id);
    if (callback !== null && !callback.has(local.id)) this.changedByCallbacks.add(local.id);
    this.use(local, callback);
  }

  private use(local: Local, callback: Set<number> | null): void {
    this.seen.set(local.id, local);
    if (callback !== null && !callback.has(local.id)) this.inMemory.add(local.id);
  }
}
