/** What a function's entry says of its name, parameters and result. */
import { AT, TAG } from './constants.ts';
import type { Die } from './die.ts';
import { placeParameters } from './calling-convention.ts';
import type { Place } from './calling-convention.ts';
import { spellingOf } from './spelling.ts';
import { typeOf } from './type-reader.ts';
import type { DwarfType } from './type.ts';

export interface Parameter {
  /** '' when the source gives none. */
  readonly name: string;
  readonly type: DwarfType;
  /** As the source writes the type: `const char*`. */
  readonly spelling: string;
  readonly place: Place;
}

export interface FunctionInfo {
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly returns: DwarfType;
}

const MOST_PARAMETERS = 256;
const MOST_ORIGINS = 8;
const CONSTANT: Place = { kind: 'nowhere', reason: 'every caller passes the same value, so the compiler left it out' };

/** The entry, what it is an instance of, and what that completes: attributes are in any of them. */
export const origins = (die: Die): Die[] => {
  const chain = [die];
  for (let at: Die | null = die; at !== null && chain.length < MOST_ORIGINS;) {
    at = at.unit.reference(at, AT.abstract_origin) ?? at.unit.reference(at, AT.specification);
    if (at !== null) chain.push(at);
  }
  return chain;
};

const firstText = (chain: readonly Die[], attribute: number): string | null => {
  for (const die of chain) {
    const text = die.unit.text(die, attribute);
    if (text !== null) return text;
  }
  return null;
};

/** As in the source; C++ and Rust names mangled, so that all of the name is known. */
export const nameOf = (die: Die): string => {
  const chain = origins(die);
  const linkage = firstText(chain, AT.linkage_name) ?? firstText(chain, AT.MIPS_linkage_name);
  // C has linkage names too, of aliases: nobody calls a function by those.
  return linkage !== null && /^_[ZR]/.test(linkage) ? linkage : (firstText(chain, AT.name) ?? linkage ?? '');
};

const typed = (chain: readonly Die[]): DwarfType => {
  const holder = chain.find((die) => die.has(AT.type));
  return holder === undefined ? { kind: 'void' } : typeOf(holder);
};

const parametersOf = (die: Die): Die[] => {
  const found: Die[] = [];
  for (const child of die.children()) {
    if (child.tag === TAG.formal_parameter && found.length < MOST_PARAMETERS) found.push(child);
  }
  return found;
};

/** null: its name is known, but not whether it has parameters (line tables only). */
export const readFunction = (die: Die, arch: 'x64' | 'arm64'): FunctionInfo | null => {
  const chain = origins(die);
  // A function that was inlined elsewhere lists its parameters in its abstract entry; here some may be left out.
  const lists = chain.map(parametersOf);
  const params = lists.reduce((longest, list) => (list.length > longest.length ? list : longest), []);
  const whole = chain.some((each) => each.has(AT.decl_line)) && die.unit.describesTypes;
  if (params.length === 0 && !whole) return null;
  const known = params.map((param) => {
    const each = origins(param);
    // Where it is always the same, nobody may put it into the register.
    const constant = each.some((one) => one.has(AT.const_value));
    const spelling = spellingOf(each.find((one) => one.has(AT.type)));
    return { name: firstText(each, AT.name) ?? '', type: typed(each), spelling, constant };
  });
  const returns = typed(chain);
  const { unit } = die;
  const language = unit.number(unit.root, AT.language) ?? 0;
  const convention = chain.reduce((found, each) => found || (each.unit.number(each, AT.calling_convention) ?? 0), 0);
  const places = placeParameters({ params: known.map(({ type }) => type), returns, language, convention }, arch);
  return {
    name: nameOf(die),
    returns,
    params: known.map(({ name, type, spelling, constant }, index) => ({
      name,
      type,
      spelling,
      place: constant ? CONSTANT : (places[index] ?? { kind: 'nowhere', reason: 'unknown' }),
    })),
  };
};
