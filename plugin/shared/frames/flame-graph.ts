/**
 * Flame graph: depth-first rows of level, value (children included), self and label; row 0 is the root. Other key columns
 * than the stack (a process name, say) become frames below the root.
 */
import type { Key, NumberOutput } from '@bpfscope/agent/protocol';
import type { Frame } from '../frame.ts';
import { total } from '../numbers.ts';
import { frame, type Context } from './context.ts';

interface Node {
  value: number;
  self: number;
  children: Map<string, Node>;
}

const node = (): Node => ({ value: 0, self: 0, children: new Map() });

/** Plain columns first, in their order, then the frames of the stacks, root first. */
const path = (key: Key): string[] => [
  ...key.filter((part) => !Array.isArray(part)).map(String),
  ...key.filter((part) => Array.isArray(part)).flat(),
];

export const hasStack = (output: NumberOutput): boolean => output.keys.some(({ type }) => type === 'stack');

export function flameGraphFrames(output: NumberOutput, context: Context): Frame[] {
  const root = node();
  for (const series of output.series) {
    const value = total(output.kind, series) ?? 0;
    let at = root;
    at.value += value;
    for (const label of path(series.key)) {
      const next = at.children.get(label) ?? node();
      at.children.set(label, next);
      next.value += value;
      at = next;
    }
    at.self += value;
  }
  const rows: { level: number; value: number; self: number; label: string }[] = [];
  // A stack of a thousand frames is fine for a loop and not for recursion in every browser.
  const pending: { level: number; label: string; at: Node }[] = [{ level: 0, label: 'all', at: root }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { level, label, at } = next;
    rows.push({ level, value: at.value, self: at.self, label });
    const children = [...at.children].sort(([, a], [, b]) => a.value - b.value);
    for (const [name, child] of children) pending.push({ level: level + 1, label: name, at: child });
  }
  const unit = output.unit === null ? {} : { config: { unit: output.unit } };
  const flame = frame(context, output, null, [
    { name: 'level', type: 'number', values: rows.map(({ level }) => level) },
    { name: 'value', type: 'number', ...unit, values: rows.map(({ value }) => value) },
    { name: 'self', type: 'number', ...unit, values: rows.map(({ self }) => self) },
    { name: 'label', type: 'string', values: rows.map(({ label }) => label) },
  ]);
  if (flame.meta) flame.meta.preferredVisualisationType = 'flamegraph';
  return [flame];
}
