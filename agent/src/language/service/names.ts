import type { Program } from '../ast.ts';
import { nodes } from '../walk.ts';
import type { AnyNode } from '../walk.ts';

/** `@name`s or `$name`s in a tree, sorted, without the one that is being typed at `except`. */
export function declaredNames(root: Program | AnyNode, kind: 'map' | 'variable', except: number): string[] {
  const found = new Set<string>();
  for (const node of nodes(root)) {
    if (kind === 'map' && node.kind === 'map-decl') found.add(`@${node.name}`);
    if (kind === 'map' && node.kind === 'map' && node.span.start !== except) found.add(`@${node.name}`);
    if (kind === 'variable') {
      if (node.kind === 'function') for (const { name } of node.params) found.add(`$${name}`);
      if (node.kind === 'variable' && node.span.start !== except) found.add(`$${node.name}`);
      if (
        (node.kind === 'let' || node.kind === 'for-map' || node.kind === 'for-range') &&
        node.nameSpan.start !== except
      ) {
        found.add(`$${node.name}`);
      }
    }
  }
  return [...found].filter((name) => name !== '$').sort();
}
