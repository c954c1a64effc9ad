/**
 * clear() and zero() of aggregates, so that every addition is shown once while programs go on adding. Nothing is taken
 * from the kernel where that can be had: what was shown is subtracted from all later readings. Programs pay nothing for
 * it, and no addition is between two places. What is really removed - because programs look at the map, or because too
 * many keys would stay - is what was there, and what came after the print is added to the next reading.
 */
import type { Cell } from '../decode/cell.ts';
import type { MapEntry } from '../decode/map-view.ts';
import type { Aggregate } from '../language/types.ts';
import { differenceOf, isNothing, isZero, sumOf } from './cell-sum.ts';
import type { MapReader, RawMap } from './map-reader.ts';

/** Added to what the kernel's map has under a key; below zero for what was shown. */
interface Carried {
  readonly key: Uint8Array;
  readonly cell: Cell;
  /** Also when nothing was added since: zero() keeps keys. */
  readonly shown: boolean;
}

export interface ClearedMapOptions {
  readonly of: Aggregate;
  /** Elements that may stay in the kernel's map when it is cleared; 0: it is always emptied. */
  readonly room: number;
  readonly keyed: boolean;
}

const textOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');

export class ClearedMap implements MapReader {
  readonly map: MapReader['map'];
  readonly #raw: RawMap;
  readonly #options: ClearedMapOptions;
  #carried = new Map<string, Carried>();
  /** What was last printed, until it is cleared. */
  #printed: readonly MapEntry[] | null = null;
  /** Elements in the kernel's map when it was last read. */
  #count = 0;

  constructor(map: MapReader['map'], raw: RawMap, options: ClearedMapOptions) {
    this.map = map;
    this.#raw = raw;
    this.#options = options;
  }

  read(): MapEntry[] {
    const raw = this.#raw.read();
    this.#count = raw.length;
    return this.#withCarried(raw);
  }

  print(): MapEntry[] {
    const entries = this.read();
    this.#printed = entries;
    return entries;
  }

  clear(ofPrinted: boolean): MapEntry[] {
    const printed = this.#take(ofPrinted);
    if (ofPrinted && printed === null) return [];
    const { room } = this.#options;
    const shown = printed ?? (room === 0 ? null : this.read());
    const stays = room > 0 && this.#count <= room;
    if (shown === null || (printed === null && !stays)) {
      const entries = this.#withCarried(this.#raw.take());
      this.#carried.clear();
      return entries;
    }
    if (!stays) for (const { key, cell } of this.#raw.take()) this.#carry(key, cell);
    for (const [text, one] of this.#carried) if (one.shown) this.#carried.set(text, { ...one, shown: false });
    this.#subtract(shown, false);
    if (!stays) for (const [text, { cell }] of this.#carried) if (isZero(cell)) this.#carried.delete(text);
    return [...shown];
  }

  zero(ofPrinted: boolean): MapEntry[] {
    if (!this.#options.keyed) return this.clear(ofPrinted);
    const printed = this.#take(ofPrinted);
    if (ofPrinted && printed === null) return [];
    const shown = printed ?? this.read();
    if (this.#options.room > 0) this.#subtract(shown, true);
    else {
      this.#raw.zero();
      this.#carried.clear();
    }
    return [...shown];
  }

  /**
   * Without a print since the last clear nothing is to be cleared: another CPU's run has cleared it, or the event of the
   * print was lost.
   */
  #take(ofPrinted: boolean): readonly MapEntry[] | null {
    const printed = this.#printed;
    this.#printed = null;
    return ofPrinted ? printed : null;
  }

  #withCarried(raw: readonly MapEntry[]): MapEntry[] {
    if (this.#carried.size === 0) return [...raw];
    const { of, keyed } = this.#options;
    const entries: MapEntry[] = [];
    const missing = new Map(this.#carried);
    for (const entry of raw) {
      const text = textOf(entry.key);
      const carried = missing.get(text);
      missing.delete(text);
      const cell = carried === undefined ? entry.cell : sumOf(of, entry.cell, carried.cell);
      if (!keyed || carried === undefined || carried.shown || !isNothing(cell)) entries.push({ key: entry.key, cell });
    }
    for (const { key, cell } of missing.values()) if (!isNothing(cell)) entries.push({ key, cell });
    return entries;
  }

  #subtract(shown: readonly MapEntry[], stay: boolean): void {
    for (const { key, cell } of shown) {
      const nothing = differenceOf(this.#options.of, cell, cell);
      const before = this.#carried.get(textOf(key))?.cell ?? nothing;
      this.#carried.set(textOf(key), { key, cell: differenceOf(this.#options.of, before, cell), shown: stay });
    }
  }

  #carry(key: Uint8Array, cell: Cell): void {
    const before = this.#carried.get(textOf(key))?.cell;
    const sum = before === undefined ? cell : sumOf(this.#options.of, before, cell);
    this.#carried.set(textOf(key), { key, cell: sum, shown: false });
  }
}
