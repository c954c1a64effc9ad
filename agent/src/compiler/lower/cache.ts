/**
 * Values that are known at this point of the program: computed before on every way that leads here, and not changed
 * since. Scopes follow the nesting of the code.
 */
import type { Reg, SlotAddress, Value } from '../ir/instruction.ts';

export class Cache {
  /** null: nothing is known there yet. */
  private scopes: (Map<string, Value | SlotAddress> | null)[] = [null];

  scope<T>(make: () => T): T {
    this.scopes.push(null);
    const result = make();
    this.scopes.pop();
    return result;
  }

  get(key: string): Value | SlotAddress | undefined {
    for (let n = this.scopes.length - 1; n >= 0; n--) {
      const found = this.scopes[n]?.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  set(key: string, value: Value | SlotAddress): void {
    (this.scopes[this.scopes.length - 1] ??= new Map()).set(key, value);
  }

  /** A register computed once where it is needed first. */
  reg(key: string, make: () => Reg): Reg {
    const found = this.get(key);
    if (found !== undefined && typeof found === 'object' && found.kind === 'reg') return found;
    const made = make();
    this.set(key, made);
    return made;
  }

  /** Forgets, in every scope, all keys that contain this text. */
  forget(text: string): void {
    for (const scope of this.scopes) {
      for (const key of scope?.keys() ?? []) if (key.includes(text)) scope?.delete(key);
    }
  }
}
