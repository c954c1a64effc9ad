import { fitting, NO_RULE } from './rule.ts';
import type { UnwindRule } from './rule.ts';

/** What an index in a row can say. */
const MOST_RULES = 0x1_0000;
const FIRST_ROWS = 1024;

/** Each rule once: programs have hundreds of thousands of rows and a few hundred rules. */
export class RuleList {
  readonly all: UnwindRule[] = [NO_RULE];
  /** By where the return address is, which is nearly always the same; then by the rest in one number. */
  readonly #indexes = new Map<number, Map<number, number>>();
  #last = 0;

  /** The rule may change afterwards. */
  indexOf({ cfa, offset, fp, ra }: UnwindRule): number {
    const last = this.all[this.#last];
    if (last?.offset === offset && last.cfa === cfa && last.fp === fp && last.ra === ra) return this.#last;
    const rule = fitting({ cfa, offset, fp, ra });
    let known = this.#indexes.get(rule.ra);
    if (known === undefined) this.#indexes.set(rule.ra, (known = new Map<number, number>()));
    const key = (rule.cfa * 0x100_0000 + rule.offset + 0x80_0000) * 0x1_0000 + (rule.fp + 0x8000);
    let index = known.get(key);
    if (index === undefined) {
      // Beyond what an index can say a place has no rule: it ends a stack, and says nothing wrong.
      index = this.all.length < MOST_RULES ? this.all.push(rule) - 1 : 0;
      known.set(key, index);
    }
    this.#last = index;
    return index;
  }
}

/** Places and indexes of rules, as they come. */
export class RowList {
  count = 0;
  #places = new Float64Array(FIRST_ROWS);
  #rules = new Uint16Array(FIRST_ROWS);

  add(place: number, rule: number): void {
    if (this.count === this.#places.length) {
      const [places, rules] = [this.#places, this.#rules];
      this.#places = new Float64Array(this.count * 2);
      this.#rules = new Uint16Array(this.count * 2);
      this.#places.set(places);
      this.#rules.set(rules);
    }
    this.#places[this.count] = place;
    this.#rules[this.count++] = rule;
  }

  placeAt(row: number): number {
    return this.#places[row] ?? 0;
  }

  ruleAt(row: number): number {
    return this.#rules[row] ?? 0;
  }

  /** Copies, without room to grow. */
  places(): Uint32Array {
    return new Uint32Array(this.#places.subarray(0, this.count));
  }

  rules(): Uint16Array {
    return this.#rules.slice(0, this.count);
  }
}
