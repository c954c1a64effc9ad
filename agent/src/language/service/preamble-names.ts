/** What the C preamble of a query gives names to: constants, macros and types, for completion and hover. */
import type { Program } from '../ast.ts';

export interface PreambleName {
  readonly name: string;
  /** How it is declared. */
  readonly text: string;
}

/** `#define`s and enumerators. */
export function preambleConstants(program: Program): PreambleName[] {
  const found = new Map<string, string>();
  for (const item of program.preamble) {
    if (item.kind === 'directive') {
      if (item.define !== undefined) found.set(item.define.name, item.text);
      continue;
    }
    for (const type of item.types) {
      if (type.kind !== 'enum') continue;
      const owner = type.name === '' ? 'enum' : `enum ${type.name}`;
      for (const { name, value } of type.members) found.set(name, `${owner} { ${name} = ${String(value)} }`);
    }
  }
  return [...found].map(([name, text]) => ({ name, text }));
}

/** Structs, unions, enums and typedefs: with their tag, as they are written in a type. */
export function preambleTypes(program: Program, source: string): (PreambleName & { readonly tag: string })[] {
  return program.preamble.flatMap((item) =>
    item.kind === 'c-declaration'
      ? item.types
          .filter(({ name }) => name !== '')
          .map(({ kind, name, span }) => ({
            name,
            tag: kind === 'typedef' ? '' : kind,
            text: source.slice(span.start, span.end),
          }))
      : [],
  );
}
