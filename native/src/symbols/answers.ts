/** Answers that are kept, of all binaries together: a host runs more programs than any one of them has functions. */

/** Holders of answers, and how many they have together; all forget when it is full. */
export class AnswerRoom {
  readonly #most: number;
  /** Those that keep something. */
  readonly #holders = new Set<Map<unknown, unknown>>();
  #kept = 0;

  constructor(most: number) {
    this.#most = most;
  }

  keep<K, V>(holder: Map<K, V>, key: K, value: V): void {
    if (this.#kept >= this.#most) {
      for (const one of this.#holders) one.clear();
      this.#holders.clear();
      this.#kept = 0;
    }
    this.#holders.add(holder);
    this.#kept++;
    holder.set(key, value);
  }
}
