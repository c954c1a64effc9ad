/**
 * Variables that are first assigned in an inner block and used outside of it, as older bpftrace allowed: the fix declares
 * them in front of that block.
 */
import type { Block, Program } from '../ast.ts';
import type { Span } from '../diagnostic.ts';

export interface Escape {
  readonly name: string;
  /** The first assignment. */
  readonly span: Span;
  /** Where a declaration in the outermost block would stand. */
  readonly before: number;
}

type AnyNode = Readonly<Record<string, unknown>> & { readonly kind: string; readonly span: Span };

/** A node to look at, or what is to be done then. */
type Step = AnyNode | (() => unknown);

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'kind' in value && 'span' in value;

const children = (node: AnyNode): AnyNode[] =>
  Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);

export function escapingVariables(program: Program): Escape[] {
  return program.items.flatMap((item) => {
    if (item.kind === 'probe') return new Body([]).escapes(item.body);
    if (item.kind !== 'macro' && item.kind !== 'function') return [];
    const params = item.params.filter((param) => !('kind' in param) || param.kind === 'variable');
    return new Body(params.map(({ name }) => name)).escapes(item.body);
  });
}

/** One walk over a body, in the order of the text. */
class Body {
  private readonly scopes: Set<string>[];
  /** First assignments in blocks that are over, by name. */
  private readonly left = new Map<string, Escape>();
  private readonly assigned = new Map<string, Escape>();
  private readonly found: Escape[] = [];
  private before = 0;

  constructor(params: readonly string[]) {
    this.scopes = [new Set(params)];
  }

  escapes(block: Block): Escape[] {
    for (const node of [...block.statements, ...(block.value === null ? [] : [block.value])]) {
      this.before = node.span.start;
      this.visit(node as unknown as AnyNode);
    }
    return this.found;
  }

  /** Without recursion: chains of operators are as deep as they are long. */
  private visit(root: AnyNode): void {
    const waiting: Step[] = [root];
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (typeof step === 'function') step();
      else waiting.push(...this.stepsOf(step).reverse());
    }
  }

  /** What is to be done for a node, in order. */
  private stepsOf(node: AnyNode): Step[] {
    if (node.kind === 'variable') return [() => this.use(node)];
    if (node.kind === 'let') return [...children(node), () => this.scopes.at(-1)?.add(String(node['name']))];
    if (node.kind === 'assign') {
      const { target, value } = node;
      if (!isNode(target) || !isNode(value)) return [];
      return [value, ...(target.kind === 'variable' ? [() => this.assign(target, node['op'] === '=')] : [target])];
    }
    const loop = node.kind === 'for-map' || node.kind === 'for-range';
    if (node.kind !== 'block' && !loop) return children(node);
    const scope = new Set(loop ? [String(node['name'])] : []);
    return [() => this.scopes.push(scope), ...children(node), () => this.leave()];
  }

  private leave(): void {
    for (const name of this.scopes.pop() ?? []) {
      const first = this.assigned.get(name);
      if (first !== undefined && !this.left.has(name)) this.left.set(name, first);
    }
  }

  private knows(name: string): boolean {
    return this.scopes.some((scope) => scope.has(name));
  }

  private assign(target: AnyNode, plain: boolean): void {
    const name = String(target['name']);
    if (this.knows(name)) return;
    if (!plain) return this.use(target);
    this.scopes.at(-1)?.add(name);
    this.assigned.set(name, { name, span: target.span, before: this.before });
  }

  private use(node: AnyNode): void {
    const name = String(node['name']);
    const first = this.knows(name) ? undefined : this.left.get(name);
    if (first === undefined) return;
    this.found.push(first);
    this.scopes[0]?.add(name);
  }
}
