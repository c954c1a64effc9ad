/** Gives every key of a map a small number and keeps what it means: named when first seen, while its process still lives. */
import type { Type } from '../language/types.ts';
import type { Datum } from '../decode/datum.ts';
import { decodeBytes, type DecodeContext } from '../decode/value.ts';

export class KeyTable {
  readonly #type: Type | null;
  readonly #context: DecodeContext;
  readonly #ids = new Map<string, number>();
  readonly #values = new Map<number, { readonly text: string; readonly parts: readonly Datum[] }>();
  #next = 0;

  constructor(type: Type | null, context: DecodeContext) {
    this.#type = type;
    this.#context = context;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Some column is a stack. */
  get hasStacks(): boolean {
    const types = this.#type?.kind === 'tuple' ? this.#type.elements : [this.#type];
    return types.some((type) => type?.kind === 'kstack' || type?.kind === 'ustack');
  }

  idOf(bytes: Uint8Array): number {
    const text = latin1(bytes);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#next++;
    this.#ids.set(text, id);
    this.#values.set(id, { text, parts: this.#decode(bytes) });
    return id;
  }

  /** The key's parts: one a column; none for scalar maps. */
  parts(id: number): readonly Datum[] {
    return this.#values.get(id)?.parts ?? [];
  }

  /** Forgets keys that nothing refers to any more. */
  retain(used: ReadonlySet<number>): void {
    for (const [id, { text }] of this.#values) {
      if (used.has(id)) continue;
      this.#values.delete(id);
      this.#ids.delete(text);
    }
  }

  #decode(bytes: Uint8Array): readonly Datum[] {
    if (this.#type === null) return [];
    const datum = decodeBytes(this.#type, bytes, this.#context);
    return datum !== null && typeof datum === 'object' && 'kind' in datum && datum.kind === 'tuple'
      ? datum.values
      : [datum];
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
