/**
 * Maps that a query keeps for itself: `@start[tid] = nsecs` in one probe, read and deleted in another. Nobody wants them
 * in a panel, and sampling thousands of their keys every second is the dearest part of such a query.
 */
import { nodes, parse, type AnyNode } from '../language/index.ts';

export interface QueryMaps {
  /** With the `@`, in order of the text. */
  readonly shown: readonly string[];
  readonly working: readonly string[];
}

const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max', 'stats', 'hist', 'lhist', 'tseries']);

interface Use {
  /** Plain values stored; anything else that writes (`++`, `+=`, aggregates) makes the map a result. */
  stored: number;
  result: boolean;
  deleted: number;
  seen: number;
}

type MapNode = Extract<AnyNode, { kind: 'map' }>;

const isMap = (node: AnyNode | undefined): node is MapNode => node?.kind === 'map';

/** A map is working storage when it is only ever stored to plainly, deleted from by key, and read. */
export function queryMaps(query: string): QueryMaps {
  const uses = new Map<string, Use>();
  const useOf = ({ name }: MapNode): Use => {
    let use = uses.get(name);
    if (use === undefined) uses.set(name, (use = { stored: 0, result: false, deleted: 0, seen: 0 }));
    return use;
  };
  for (const node of nodes(parse(query).program)) {
    if (isMap(node)) useOf(node).seen += 1;
    else if (node.kind === 'assign' && isMap(node.target)) {
      const aggregate = node.value.kind === 'call' && AGGREGATES.has(node.value.name);
      if (node.op === '=' && !aggregate && node.target.keys !== null) useOf(node.target).stored += 1;
      else useOf(node.target).result = true;
    } else if (node.kind === 'update' && isMap(node.target)) useOf(node.target).result = true;
    else if (node.kind === 'for-map') useOf(node.map).result = true;
    else if (node.kind === 'call') {
      const [first] = node.args;
      if (!isMap(first)) continue;
      if (node.name === 'delete') useOf(first).deleted += 1;
      else if (node.name === 'print') useOf(first).result = true;
    }
  }
  const isWorking = ({ stored, result, deleted, seen }: Use): boolean =>
    !result && stored > 0 && deleted > 0 && seen > stored + deleted;
  const names = [...uses].map(([name, use]) => ({ name: `@${name}`, working: isWorking(use) }));
  const working = names.filter((map) => map.working).map(({ name }) => name);
  const shown = names.filter((map) => !map.working).map(({ name }) => name);
  return { shown, working };
}
