/** Debugging information entries: a tag, attributes, children (DWARF 5, section 2). */
import type { Abbreviation } from './abbreviation.ts';
import { DwarfError } from './error.ts';
import { readForm, skipForm } from './form.ts';
import type { FormValue } from './form.ts';
import { DwarfReader } from './reader.ts';
import type { Unit } from './compilation.ts';

/** No entry has more: a loop in damaged data ends. */
const MOST_CHILDREN = 1 << 22;

export class Die {
  readonly unit: Unit;
  /** In the unit. */
  readonly offset: number;
  readonly abbreviation: Abbreviation;
  /** Where its attributes are in the unit. */
  readonly #attributesAt: number;
  #values: (FormValue | null)[] | null = null;
  #end = -1;

  constructor(unit: Unit, offset: number, abbreviation: Abbreviation, attributesAt: number) {
    this.unit = unit;
    this.offset = offset;
    this.abbreviation = abbreviation;
    this.#attributesAt = attributesAt;
  }

  get tag(): number {
    return this.abbreviation.tag;
  }

  /** The attribute as it is written; null when the entry has none. */
  value(attribute: number): FormValue | null {
    const index = this.abbreviation.attributes.indexOf(attribute);
    return index < 0 ? null : (this.#read()[index] ?? null);
  }

  has(attribute: number): boolean {
    return this.abbreviation.attributes.includes(attribute);
  }

  /** Where the next entry begins: its first child when it has children. */
  get end(): number {
    this.#read();
    return this.#end;
  }

  *children(): Generator<Die> {
    if (!this.abbreviation.hasChildren) return;
    let at = this.end;
    for (let count = 0; ; count++) {
      if (count > MOST_CHILDREN) throw new DwarfError('an entry without an end');
      const child = this.unit.dieAt(at);
      if (child === null) return;
      yield child;
      at = child.next();
    }
  }

  /** Where the entry after this one and its children begins. */
  next(): number {
    if (!this.abbreviation.hasChildren) return this.end;
    const sibling = this.abbreviation.sibling < 0 ? null : (this.#read()[this.abbreviation.sibling] ?? null);
    // A sibling before its own end would make a loop.
    if (sibling !== null && sibling.value > this.offset) return sibling.value;
    return this.unit.skipChildren(this.end);
  }

  #read(): (FormValue | null)[] {
    if (this.#values !== null) return this.#values;
    const reader = new DwarfReader(this.unit.bytes, this.#attributesAt);
    const { forms, implicit } = this.abbreviation;
    const { header } = this.unit;
    this.#values = forms.map((form, index) => readForm(reader, form, implicit[index] ?? 0, header));
    this.#end = reader.at;
    return this.#values;
  }
}

/** Goes over the attributes of an entry without looking at them. */
export const skipAttributes = (reader: DwarfReader, { steps }: Abbreviation, header: Unit['header']): void => {
  for (const step of steps) {
    if (step > 0) reader.at += step;
    else skipForm(reader, -step, header);
  }
};
