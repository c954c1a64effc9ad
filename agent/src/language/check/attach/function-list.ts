/** The kernel functions of a target, as `kernelFunctions()` lists them (`name` or `module:name`), in several orders. */

export interface FunctionList {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Whether the list has the name more than once: static functions of different files. */
  isRepeated(name: string): boolean;
  /** By name without module: the first module that has it. */
  readonly modules: ReadonlyMap<string, string>;
  /** What compilers made of functions: `name.isra.0` by `name`, the first of each. */
  readonly variants: ReadonlyMap<string, string>;
}

const KNOWN = new WeakMap<readonly string[], FunctionList>();

/** So many names are looked for in the list itself: to make a set of all takes as long as a hundred of them. */
const FEW = 20;

/** Each part is made when it is first asked for, once for each list. */
export function functionList(names: readonly string[]): FunctionList {
  let list = KNOWN.get(names);
  if (list === undefined) KNOWN.set(names, (list = new Lists(names)));
  return list;
}

class Lists implements FunctionList {
  readonly names: readonly string[];
  #asked = 0;
  #set: ReadonlySet<string> | null = null;
  #repeated: ReadonlySet<string> | null = null;
  #modules: ReadonlyMap<string, string> | null = null;
  #variants: ReadonlyMap<string, string> | null = null;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  has(name: string): boolean {
    if (this.#set === null && ++this.#asked <= FEW) return this.names.includes(name);
    this.#set ??= new Set(this.names);
    return this.#set.has(name);
  }

  isRepeated(name: string): boolean {
    if (this.#repeated === null && ++this.#asked <= FEW) return this.names.includes(name, this.names.indexOf(name) + 1);
    this.#repeated ??= repeatedOf(this.names);
    return this.#repeated.has(name);
  }

  get modules(): ReadonlyMap<string, string> {
    this.#modules ??= firsts(this.names, (listed) => {
      const colon = listed.indexOf(':');
      return colon === -1 ? null : [listed.slice(colon + 1), listed.slice(0, colon)];
    });
    return this.#modules;
  }

  get variants(): ReadonlyMap<string, string> {
    this.#variants ??= firsts(this.names, (listed) => {
      const dot = listed.indexOf('.');
      return dot === -1 ? null : [listed.slice(0, dot), listed];
    });
    return this.#variants;
  }
}

function repeatedOf(names: readonly string[]): ReadonlySet<string> {
  const once = new Set<string>();
  const again = new Set<string>();
  for (const name of names) (once.has(name) ? again : once).add(name);
  return again;
}

function firsts(
  names: readonly string[],
  entry: (name: string) => readonly [key: string, value: string] | null,
): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const name of names) {
    const found = entry(name);
    if (found !== null && !map.has(found[0])) map.set(...found);
  }
  return map;
}
