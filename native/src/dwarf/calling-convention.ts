/**
 * Where parameters are when a function is entered: System V x86-64 psABI (section 3.2.3) and the Procedure Call Standard
 * for the Arm 64-bit Architecture (section 6.8).
 */
import { CONVENTION, LANGUAGE } from './constants.ts';
import { sizeOfType } from './type-reader.ts';
import type { DwarfType } from './type.ts';

export type Place =
  /** Number of the integer argument register, as in arg0. */
  | { readonly kind: 'register'; readonly index: number }
  /** Bytes above the stack pointer at the function's first instruction. */
  | { readonly kind: 'stack'; readonly offset: number }
  | { readonly kind: 'nowhere'; readonly reason: string };

export interface Signature {
  readonly params: readonly DwarfType[];
  readonly returns: DwarfType;
  /** DW_LANG_* and DW_CC_*, 0 when not said. */
  readonly language: number;
  readonly convention: number;
}

interface Convention {
  readonly integers: number;
  /** Bytes between the stack pointer and the first argument on the stack. */
  readonly stackStart: number;
  /** A struct that does not fit in registers is passed by its address. */
  readonly largeByAddress: boolean;
  /** The address of a large result takes the first register. */
  readonly resultTakesRegister: boolean;
  readonly floats: number;
}

const CONVENTIONS: Readonly<Record<'x64' | 'arm64', Convention>> = {
  x64: { integers: 6, stackStart: 8, largeByAddress: false, resultTakesRegister: true, floats: 8 },
  arm64: { integers: 8, stackStart: 0, largeByAddress: true, resultTakesRegister: false, floats: 8 },
};

const nowhere = (reason: string): Place => ({ kind: 'nowhere', reason });

const OWN_CONVENTION: ReadonlyMap<number, string> = new Map([
  [LANGUAGE.go, 'Go'],
  [LANGUAGE.swift, 'Swift'],
]);

/** One for each parameter. Reasons are ends of the sentence "args.x cannot be read: …". */
export const placeParameters = (signature: Signature, arch: 'x64' | 'arm64'): Place[] => {
  const { params, language, convention } = signature;
  const own = OWN_CONVENTION.get(language);
  if (own !== undefined) return params.map(() => nowhere(`${own} passes arguments in its own way`));
  if (convention === CONVENTION.nocall) {
    return params.map(() => nowhere('the compiler changed how this function takes its arguments'));
  }
  return new Placing(signature, CONVENTIONS[arch]).all();
};

class Placing {
  readonly #signature: Signature;
  readonly #rules: Convention;
  #integers = 0;
  #floats = 0;
  #stack: number;
  /** From here on nobody knows. */
  #lost: string | null = null;

  constructor(signature: Signature, rules: Convention) {
    this.#signature = signature;
    this.#rules = rules;
    this.#stack = rules.stackStart;
    this.#result(signature.returns);
  }

  all(): Place[] {
    return this.#signature.params.map((type) => (this.#lost === null ? this.#place(type) : nowhere(this.#lost)));
  }

  #result(type: DwarfType): void {
    if (!this.#rules.resultTakesRegister || type.kind !== 'struct') return;
    if (type.byReference === true || type.size > 16) this.#integers++;
    else if (type.byReference === null) this.#lost = 'the compiler does not say how the result, a class, is returned';
    else if (this.#signature.language === LANGUAGE.rust && type.size > 0) {
      this.#lost = 'Rust does not fix how such a result is returned';
    }
  }

  #place(type: DwarfType): Place {
    if (type.kind === 'float') return this.#float(type.size, type.complex);
    if (type.kind === 'struct') return this.#struct(type);
    if (type.kind === 'array' || type.kind === 'unknown') {
      this.#lost = 'it comes after a value whose place is not known';
      return nowhere('the way such a value is passed is not known');
    }
    return this.#integer(sizeOfType(type));
  }

  #integer(size: number): Place {
    if (size <= 8) {
      if (this.#integers < this.#rules.integers) return { kind: 'register', index: this.#integers++ };
      return this.#onStack(8, 8);
    }
    // Two registers or the stack; on arm64 an even one and the next.
    if (this.#rules.largeByAddress) this.#integers += this.#integers % 2;
    this.#take(2, size, 16);
    return nowhere(`it is an integer of ${size} bytes`);
  }

  #float(size: number, complex: boolean): Place {
    const reason = 'it is a floating-point number, in a register that BPF programs cannot read';
    // x87's long double is in memory.
    if (size > 8 && !complex && !this.#rules.largeByAddress) this.#onStack(16, 16);
    else if (this.#floats < this.#rules.floats) this.#floats += complex && size > 8 ? 2 : 1;
    else this.#onStack(Math.max(8, size), Math.max(8, size));
    return nowhere(reason);
  }

  #struct(type: Extract<DwarfType, { kind: 'struct' }>): Place {
    const reason = `it is a ${type.union ? 'union' : 'struct'} passed by value`;
    if (type.byReference === true) {
      this.#integer(8);
      return nowhere(reason);
    }
    if (type.byReference === null || this.#signature.language === LANGUAGE.rust || type.size === 0) {
      this.#lost = `it comes after ${type.name === '' ? 'a struct' : type.name}, whose place is not known`;
      return nowhere(reason);
    }
    const classes = type.size > 16 ? null : eightbytes(type);
    if (classes === null && this.#rules.largeByAddress && type.size > 16 && !isVector(type)) this.#integer(8);
    else if (classes === null) this.#onStack(type.size, Math.max(8, type.align));
    else this.#small(classes, type);
    return nowhere(reason);
  }

  #small(classes: readonly ('integer' | 'float')[], type: Extract<DwarfType, { kind: 'struct' }>): void {
    const floats = classes.filter((one) => one === 'float').length;
    if (this.#rules.largeByAddress) {
      // On arm64 only structs of floats alone are in vector registers, a register for each member.
      if (isVector(type)) this.#floats += Math.max(1, floatMembers(type));
      else this.#take(classes.length, type.size, Math.max(8, type.align));
      return;
    }
    const integers = classes.length - floats;
    const fits = this.#integers + integers <= this.#rules.integers && this.#floats + floats <= this.#rules.floats;
    if (!fits) this.#onStack(type.size, Math.max(8, type.align));
    else {
      this.#integers += integers;
      this.#floats += floats;
    }
  }

  #take(registers: number, size: number, align: number): void {
    if (this.#integers + registers <= this.#rules.integers) {
      this.#integers += registers;
      return;
    }
    // On arm64 nothing goes to registers once something did not fit.
    if (this.#rules.largeByAddress) this.#integers = this.#rules.integers;
    this.#onStack(size, align);
  }

  #onStack(size: number, align: number): Place {
    const start = this.#rules.stackStart;
    const offset = start + Math.ceil((this.#stack - start) / align) * align;
    this.#stack = offset + Math.ceil(size / 8) * 8;
    return { kind: 'stack', offset };
  }
}

/** Every scalar of a struct with its place; null for one that registers do not take: unaligned members, vectors. */
const scalars = (type: DwarfType, offset: number, found: { offset: number; type: DwarfType }[], depth = 0): boolean => {
  if (depth > 16 || found.length > 64) return false;
  if (type.kind === 'struct') {
    const members = type.members();
    if (members === null) return false;
    return members.every((member) =>
      member.bits === undefined
        ? scalars(member.type, offset + member.offset, found, depth + 1)
        : found.push({ offset: offset + Math.floor(member.bits.offset / 8), type: member.type }) > 0,
    );
  }
  if (type.kind === 'array') {
    const size = sizeOfType(type.of);
    for (let i = 0; i < type.count && i < 64; i++) {
      if (!scalars(type.of, offset + i * size, found, depth + 1)) return false;
    }
    return true;
  }
  const size = sizeOfType(type);
  if (size > 8 || (size > 0 && offset % size !== 0)) return false;
  found.push({ offset, type });
  return true;
};

/** What each eight bytes of a small struct are; null when the struct is passed in memory. */
const eightbytes = (type: DwarfType): ('integer' | 'float')[] | null => {
  const found: { offset: number; type: DwarfType }[] = [];
  if (!scalars(type, 0, found)) return null;
  const count = Math.ceil(sizeOfType(type) / 8);
  return Array.from({ length: count }, (_, word) => {
    const inside = found.filter(({ offset }) => Math.floor(offset / 8) === word);
    return inside.length > 0 && inside.every((one) => one.type.kind === 'float') ? 'float' : 'integer';
  });
};

const floatMembers = (type: DwarfType): number => {
  const found: { offset: number; type: DwarfType }[] = [];
  return scalars(type, 0, found) ? found.length : 0;
};

/** A homogeneous floating-point aggregate: up to four floats of one size and nothing else. */
const isVector = (type: DwarfType): boolean => {
  const found: { offset: number; type: DwarfType }[] = [];
  if (!scalars(type, 0, found) || found.length === 0 || found.length > 4) return false;
  const size = sizeOfType(found[0]?.type ?? type);
  return found.every((one) => one.type.kind === 'float' && sizeOfType(one.type) === size);
};
