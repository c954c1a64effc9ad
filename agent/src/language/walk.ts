import type { Block, ConfigBlock, Expr, Item, Program, Stmt, TypeName } from './ast.ts';

/** Every part of a tree that has a `kind` and a place. */
export type AnyNode = Expr | Stmt | Item | Block | TypeName;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

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
    const children = Object.values(parent).filter(isObject);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined) stack.push(child);
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
