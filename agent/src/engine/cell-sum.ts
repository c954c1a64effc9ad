/** Cells of aggregates added and subtracted: what a map holds beside what was already shown of it. */
import type { Cell } from '../decode/cell.ts';
import { add, compare, subtract } from '../decode/integer.ts';
import type { Aggregate } from '../language/types.ts';

/** Aggregates that only ever grow by what is added to them: a reading and an earlier one have a difference. */
export const isCumulative = ({ kind }: Aggregate): boolean => CUMULATIVE.has(kind);

const CUMULATIVE: ReadonlySet<Aggregate['kind']> = new Set(['count', 'sum', 'avg', 'stats', 'hist', 'lhist']);

export function sumOf(of: Aggregate, a: Cell, b: Cell): Cell {
  const signed = 'signed' in of && of.signed;
  if (a.kind === 'number' && b.kind === 'number') return { kind: 'number', value: add(a.value, b.value, signed) };
  if (a.kind === 'average' && b.kind === 'average') {
    return { kind: 'average', total: add(a.total, b.total, signed), count: add(a.count, b.count, false) };
  }
  if (a.kind === 'histogram' && b.kind === 'histogram') {
    return { kind: 'histogram', counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)) };
  }
  if (a.kind === 'extreme' && b.kind === 'extreme') return { kind: 'extreme', value: better(of, a, b) };
  return b;
}

/** Differences may be negative, also of unsigned numbers. Of extremes: the first, when it is beyond the second. */
export function differenceOf(of: Aggregate, a: Cell, b: Cell): Cell {
  if (a.kind === 'number' && b.kind === 'number') return { kind: 'number', value: subtract(a.value, b.value, true) };
  if (a.kind === 'average' && b.kind === 'average') {
    return { kind: 'average', total: subtract(a.total, b.total, true), count: subtract(a.count, b.count, true) };
  }
  if (a.kind === 'histogram' && b.kind === 'histogram') {
    return { kind: 'histogram', counts: a.counts.map((count, index) => count - (b.counts[index] ?? 0)) };
  }
  if (a.kind === 'extreme' && b.kind === 'extreme') {
    return { kind: 'extreme', value: better(of, a, b) === b.value ? null : a.value };
  }
  return a;
}

/** Whether nothing was added: of a sum also when what was added is 0. */
export function isNothing(cell: Cell): boolean {
  switch (cell.kind) {
    case 'number':
      return cell.value === 0;
    case 'average':
      // The total of an addition is there before it counts.
      return cell.count === 0;
    case 'histogram':
      return cell.counts.every((count) => count === 0);
    case 'extreme':
      return cell.value === null;
    default:
      return false;
  }
}

export const isZero = (cell: Cell): boolean => isNothing(cell) && (cell.kind !== 'average' || cell.total === 0);

type Extreme = Extract<Cell, { kind: 'extreme' }>;

function better(of: Aggregate, a: Extreme, b: Extreme): Extreme['value'] {
  if (a.value === null) return b.value;
  if (b.value === null) return a.value;
  const order = compare(a.value, b.value);
  return (of.kind === 'min' ? order < 0 : order > 0) ? a.value : b.value;
}
