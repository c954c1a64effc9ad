/** One unit, its entries and what their attributes mean: texts, addresses, references, ranges. */
import type { Abbreviations } from './abbreviation.ts';
import { AT, FORM, TAG } from './constants.ts';
import { Die, skipAttributes } from './die.ts';
import { DwarfError } from './error.ts';
import type { DwarfFile } from './file.ts';
import type { FormValue } from './form.ts';
import { readRanges } from './ranges.ts';
import type { Range } from './ranges.ts';
import { DwarfReader } from './reader.ts';
import { textAt } from '../elf/file.ts';
import type { UnitHeader } from './unit.ts';

const INDEXED_TEXT: ReadonlySet<number> = new Set([
  FORM.strx,
  FORM.strx1,
  FORM.strx2,
  FORM.strx3,
  FORM.strx4,
  FORM.GNU_str_index,
]);
const INDEXED_ADDRESS: ReadonlySet<number> = new Set([
  FORM.addrx,
  FORM.addrx1,
  FORM.addrx2,
  FORM.addrx3,
  FORM.addrx4,
  FORM.GNU_addr_index,
]);
const LOCAL: ReadonlySet<number> = new Set([FORM.ref1, FORM.ref2, FORM.ref4, FORM.ref8, FORM.ref_udata]);
const SUPPLEMENTARY: ReadonlySet<number> = new Set([FORM.ref_sup4, FORM.ref_sup8, FORM.GNU_ref_alt]);

export class Unit {
  readonly file: DwarfFile;
  readonly header: UnitHeader;
  readonly bytes: Uint8Array;
  /** Of a unit in a .dwo file: the unit of the binary that stands for it. */
  readonly skeleton: Unit | null;
  readonly #abbreviations: Abbreviations;
  #root: Die | null = null;

  constructor(
    file: DwarfFile,
    header: UnitHeader,
    bytes: Uint8Array,
    abbreviations: Abbreviations,
    skeleton: Unit | null,
  ) {
    this.file = file;
    this.header = header;
    this.bytes = bytes;
    this.#abbreviations = abbreviations;
    this.skeleton = skeleton;
  }

  get root(): Die {
    if (this.#root === null) {
      this.#root = this.dieAt(this.header.first);
      if (this.#root === null) throw new DwarfError('an empty unit');
    }
    return this.#root;
  }

  /** False where only names and line numbers were asked of the compiler (-g1). */
  get describesTypes(): boolean {
    for (const { tag } of this.#abbreviations.values()) {
      if (tag === TAG.base_type || tag === TAG.formal_parameter) return true;
    }
    return false;
  }

  /** null: the end of a list of children. */
  dieAt(offset: number): Die | null {
    const reader = new DwarfReader(this.bytes, offset);
    const code = reader.uleb();
    if (code === 0) return null;
    const abbreviation = this.#abbreviations.get(code);
    if (abbreviation === undefined) throw new DwarfError(`an entry of unknown kind ${code}`);
    return new Die(this, offset, abbreviation, reader.at);
  }

  /** Where the list of children that begins here ends. */
  skipChildren(offset: number): number {
    const reader = new DwarfReader(this.bytes, offset);
    for (let depth = 1; depth > 0;) {
      const code = reader.uleb();
      if (code === 0) {
        depth--;
        continue;
      }
      const abbreviation = this.#abbreviations.get(code);
      if (abbreviation === undefined) throw new DwarfError(`an entry of unknown kind ${code}`);
      skipAttributes(reader, abbreviation, this.header);
      if (abbreviation.hasChildren) depth++;
    }
    return reader.at;
  }

  /** Children of some tags, without looking at the attributes of the others where that can be avoided. */
  *childrenOf(die: Die, tags: ReadonlySet<number>): Generator<Die> {
    if (!die.abbreviation.hasChildren) return;
    const reader = new DwarfReader(this.bytes, die.end);
    for (;;) {
      const offset = reader.at;
      const code = reader.uleb();
      if (code === 0) return;
      const abbreviation = this.#abbreviations.get(code);
      if (abbreviation === undefined) throw new DwarfError(`an entry of unknown kind ${code}`);
      const wanted = tags.has(abbreviation.tag);
      if (!wanted && !abbreviation.hasChildren) {
        skipAttributes(reader, abbreviation, this.header);
        continue;
      }
      const child = new Die(this, offset, abbreviation, reader.at);
      if (wanted) yield child;
      reader.at = child.next();
    }
  }

  /**
   * Every entry of some tags, wherever it is; those inside of tags in `closed` are left out. Entries as a rule know where
   * the next one after their children is, so this touches little of a unit.
   */
  *entries(tags: ReadonlySet<number>, closed: ReadonlySet<number>): Generator<Die> {
    const reader = new DwarfReader(this.bytes, this.header.first);
    for (let depth = 0; ;) {
      const offset = reader.at;
      const code = reader.uleb();
      if (code === 0) {
        if (--depth <= 0) return;
        continue;
      }
      const abbreviation = this.#abbreviations.get(code);
      if (abbreviation === undefined) throw new DwarfError(`an entry of unknown kind ${code}`);
      const { tag, hasChildren, sibling } = abbreviation;
      const wanted = tags.has(tag);
      if (wanted || (sibling >= 0 && hasChildren && closed.has(tag))) {
        const die = new Die(this, offset, abbreviation, reader.at);
        if (wanted) yield die;
        const skips = hasChildren && closed.has(tag);
        reader.at = skips ? die.next() : die.end;
        if (hasChildren && !skips) depth++;
      } else {
        skipAttributes(reader, abbreviation, this.header);
        if (hasChildren) depth++;
      }
      if (depth === 0) return;
    }
  }

  text(die: Die, attribute: number): string | null {
    const value = die.value(attribute);
    return value === null ? null : this.#text(value);
  }

  number(die: Die, attribute: number): number | null {
    const value = die.value(attribute);
    if (value === null || value.form === FORM.block1 || value.form === FORM.exprloc) return null;
    return value.value;
  }

  /** A block's bytes, of an expression as a rule. */
  block(value: FormValue): Uint8Array {
    return this.bytes.subarray(value.value, value.value + value.length);
  }

  /** An address attribute; null for none and for one that is something else. */
  address(die: Die, attribute: number): number | null {
    const value = die.value(attribute);
    if (value === null) return null;
    if (value.form === FORM.addr) return value.value;
    return INDEXED_ADDRESS.has(value.form) ? this.indexedAddress(value.value) : null;
  }

  indexedAddress(index: number): number {
    const owner = this.skeleton ?? this;
    const size = this.header.addressSize;
    return owner.file.section('addr').uint(owner.#base(AT.addr_base, AT.GNU_addr_base, 8) + index * size, size);
  }

  /** Where the code of an entry is; empty when it has none. */
  ranges(die: Die): readonly Range[] {
    const low = this.address(die, AT.low_pc);
    const high = die.value(AT.high_pc);
    if (low !== null && high !== null) {
      const end =
        high.form === FORM.addr
          ? high.value
          : INDEXED_ADDRESS.has(high.form)
            ? this.indexedAddress(high.value)
            : low + high.value;
      return end > low ? [{ start: low, end }] : [];
    }
    const list = die.value(AT.ranges);
    return list === null ? [] : readRanges(this, list);
  }

  /** What ranges are counted from: where the unit's code begins. */
  get base(): number {
    const { root } = this.skeleton ?? this;
    return (this.skeleton ?? this).address(root, AT.low_pc) ?? 0;
  }

  /** The first of the range lists that indexes count from. */
  get rangeListsBase(): number {
    const header = this.header.wide ? 20 : 12;
    return this.#base(AT.rnglists_base, AT.rnglists_base, header);
  }

  /** The entry that an attribute refers to, in whatever unit or file; null for none. */
  reference(die: Die, attribute: number): Die | null {
    const value = die.value(attribute);
    if (value === null) return null;
    if (LOCAL.has(value.form)) return this.dieAt(value.value);
    if (value.form === FORM.ref_addr) return this.file.dieAt(value.value);
    if (SUPPLEMENTARY.has(value.form)) return this.file.supplementary?.dieAt(value.value) ?? null;
    return value.exact === undefined || value.form !== FORM.ref_sig8 ? null : this.file.typeBySignature(value.exact);
  }

  #text(value: FormValue): string | null {
    const { form } = value;
    if (form === FORM.string) return textAt(this.bytes, value.value);
    if (form === FORM.strp) return this.file.section('str').text(value.value);
    if (form === FORM.line_strp) return this.file.section('line_str').text(value.value);
    if (form === FORM.strp_sup || form === FORM.GNU_strp_alt) {
      return this.file.supplementary?.section('str').text(value.value) ?? null;
    }
    if (!INDEXED_TEXT.has(form)) return null;
    const size = this.header.wide ? 8 : 4;
    // In a .dwo file of the GNU kind the table has no header.
    const header = this.header.version >= 5 ? (this.header.wide ? 16 : 8) : 0;
    const at = this.#base(AT.str_offsets_base, AT.str_offsets_base, header) + value.value * size;
    return this.file.section('str').text(this.file.section('str_offsets').uint(at, size));
  }

  /** A base attribute of the unit, or where the section's table begins when there is only one table. */
  #base(attribute: number, gnu: number, otherwise: number): number {
    const { root } = this;
    return root.value(attribute)?.value ?? root.value(gnu)?.value ?? (gnu === AT.GNU_addr_base ? 0 : otherwise);
  }
}
