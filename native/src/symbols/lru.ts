/** Values with a weight; the least recently used go when the weights exceed the limit. */
export class LruCache<K, V> {
  readonly #limit: number;
  readonly #weigh: (value: V) => number;
  /** In order of use: a Map keeps insertion order. */
  readonly #entries = new Map<K, { value: V; weight: number }>();
  #weight = 0;
  /** Key of the last one in `#entries`, when it is still there. */
  #newest: K | undefined;

  constructor(limit: number, weigh: (value: V) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get weight(): number {
    return this.#weight;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    // Look-ups come in runs for one process: what is newest already stays where it is.
    if (entry === undefined || key === this.#newest) return entry?.value;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#newest = key;
    return entry.value;
  }

  /** A single value that is heavier than the limit is kept until the next one comes. */
  set(key: K, value: V): void {
    this.delete(key);
    const weight = this.#weigh(value);
    this.#entries.set(key, { value, weight });
    this.#newest = key;
    this.#weight += weight;
    for (const [oldest] of this.#entries) {
      if (this.#weight <= this.#limit || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (key === this.#newest) this.#newest = undefined;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }

  clear(): void {
    this.#entries.clear();
    this.#newest = undefined;
    this.#weight = 0;
  }
}
