/**
 * From readings of one map to steps: keeps the last reading and what has come together since the step began. Readings may
 * be taken in between (before the program's own `clear`, at its own `print`), so that nothing is lost or counted twice.
 */
import type { Cell } from '../decode/cell.ts';
import type { Datum } from '../decode/datum.ts';
import type { MapEntry } from '../decode/map-view.ts';
import { increase, merge, type Delta } from './delta.ts';
import type { KeyTable } from './key-table.ts';

/** Key id to what the step added. */
export type StepDeltas = ReadonlyMap<number, Delta>;

export type Behaviour =
  /** Cumulative in the kernel: a step is a difference. */
  | { readonly kind: 'cumulative'; readonly signed: boolean }
  /** min, max: reset after every reading, so a reading is the step's own. */
  | { readonly kind: 'extreme'; readonly low: boolean }
  | { readonly kind: 'gauge'; readonly datum: (cell: Cell) => Datum };

export class Accumulator {
  readonly #behaviour: Behaviour;
  readonly #keys: KeyTable;
  #last = new Map<number, Cell>();
  #pending = new Map<number, Delta>();
  /** Everything since the beginning. */
  readonly totals = new Map<number, Delta>();

  constructor(behaviour: Behaviour, keys: KeyTable) {
    this.#behaviour = behaviour;
    this.#keys = keys;
  }

  collect(entries: readonly MapEntry[]): void {
    const now = new Map<number, Cell>();
    for (const entry of entries) {
      const id = this.#keys.idOf(entry.key);
      now.set(id, entry.cell);
      const delta = this.#deltaOf(this.#last.get(id), entry.cell);
      if (delta !== null) this.#add(id, delta);
    }
    this.#last = now;
  }

  /** The kernel's map was emptied right after the last reading. */
  cleared(): void {
    this.#last = new Map();
  }

  /** Forgets the totals of keys that neither the kernel's map nor the history (`used`) holds; adds to `used` those it keeps. */
  retain(used: Set<number>): void {
    for (const id of this.#last.keys()) used.add(id);
    for (const id of this.#pending.keys()) used.add(id);
    for (const id of this.totals.keys()) if (!used.has(id)) this.totals.delete(id);
  }

  /** Ends the step. */
  flush(): StepDeltas {
    const step = this.#pending;
    this.#pending = new Map();
    return step;
  }

  #deltaOf(before: Cell | undefined, now: Cell): Delta | null {
    const behaviour = this.#behaviour;
    switch (behaviour.kind) {
      case 'cumulative':
        return increase(before, now, behaviour.signed);
      case 'extreme':
        return now.kind === 'extreme' && now.value !== null
          ? { kind: 'extreme', value: now.value, low: behaviour.low }
          : null;
      case 'gauge':
        return { kind: 'gauge', value: behaviour.datum(now) };
    }
  }

  #add(id: number, delta: Delta): void {
    const pending = this.#pending.get(id);
    this.#pending.set(id, pending === undefined ? delta : merge(pending, delta));
    const total = this.totals.get(id);
    this.totals.set(id, total === undefined ? delta : merge(total, delta));
  }
}
