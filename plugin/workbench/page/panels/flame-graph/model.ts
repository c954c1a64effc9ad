/** A flame-graph frame as boxes. Pure. Rows are depth first; a row's value holds that of its children. */
import { getValueFormat, formattedValueToString, type DataFrame } from '@grafana/data';

export interface Box {
  /** Index of the row in the frame. */
  index: number;
  label: string;
  /** Labels from the root down, one a line: the same box in the next answer. */
  path: string;
  level: number;
  value: number;
  self: number;
  /** Sum of what stands to the left: the box spans [start, start + value). */
  start: number;
}

export interface Flames {
  boxes: Box[];
  depth: number;
  unit: string;
}

/** null when a column is missing: not a flame graph. */
export function toFlames(frame: DataFrame): Flames | null {
  const column = (name: string) => frame.fields.find((field) => field.name === name);
  const [level, value, self, label] = ['level', 'value', 'self', 'label'].map(column);
  if (!level || !value || !self || !label) return null;
  const boxes: Box[] = [];
  /** Where the next box of each level begins. */
  const next: number[] = [];
  const paths: string[] = [];
  for (let index = 0; index < frame.length; index++) {
    const at = Number(level.values[index]);
    const start = next[at] ?? 0;
    const size = Number(value.values[index]);
    const name = String(label.values[index]);
    const path = at === 0 ? name : `${paths[at - 1] ?? ''}\n${name}`;
    paths[at] = path;
    boxes.push({
      index,
      label: name,
      path,
      level: at,
      value: size,
      self: Number(self.values[index]),
      start,
    });
    next[at] = start + size;
    // Children begin where their parent does.
    next[at + 1] = start;
    next.length = at + 2;
  }
  return { boxes, depth: Math.max(0, ...boxes.map((box) => box.level)) + 1, unit: value.config.unit ?? 'short' };
}

/** The boxes seen when `focus` fills the width: itself, what is above, and all below it. */
export function within(boxes: readonly Box[], focus: Box): Box[] {
  const end = focus.start + focus.value;
  return boxes.filter((box) =>
    box.level <= focus.level
      ? box.start <= focus.start && box.start + box.value >= end
      : box.start >= focus.start && box.start + box.value <= end,
  );
}

export const valueText = (value: number, unit: string): string => formattedValueToString(getValueFormat(unit)(value));
