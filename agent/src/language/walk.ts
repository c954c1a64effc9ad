import type { Block, ConfigBlock, Expr, Item, Program, Stmt, TypeName } from './ast.ts';

/** Every part of a tree that has a `kind` and a place. */
export type AnyNode = Expr | Stmt | Item | Block | TypeName;

function isNode(value: object): value is AnyNode {
  return 'kind' in value && 'span' in value;
}

/**
 * The nodes below a program's items and config, parents before children, in order of the text. A walk by the shape of
 * the data: a new kind of node needs nothing here. Iterative, so height does not matter.
 */
export function* nodes(root: Program | AnyNode | ConfigBlock): Generator<AnyNode> {
  const stack: object[] = [];
  const pushChildren = (parent: object): void => {
    const first = stack.length;
    for (const key in parent) {
      // Places are half of all objects.
      const child: unknown = key === 'span' ? null : parent[key as keyof typeof parent];
      if (typeof child === 'object' && child !== null) stack.push(child);
    }
    for (let low = first, high = stack.length - 1; low < high; low++, high--) {
      [stack[low], stack[high]] = [stack[high] as object, stack[low] as object];
    }
  };
  if (root && 'kind' in root && root.kind === 'program') {
    stack.push(root.items, ...(root.config === null ? [] : [root.config]));
  } else {
    stack.push(root);
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isNode(node)) yield node;
    pushChildren(node);
  }
}
