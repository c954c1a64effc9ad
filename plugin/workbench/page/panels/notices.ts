/** What an answer says about itself: loss, truncation, a collection that began late. */
import type { DataFrame } from '@grafana/data';

export interface Notice {
  severity: 'info' | 'warning' | 'error';
  text: string;
}

const ORDER = { error: 0, warning: 1, info: 2 };

/** Each text once, the gravest first. */
export function noticesOf(frames: readonly DataFrame[]): Notice[] {
  const byText = new Map<string, Notice>();
  for (const { severity, text } of frames.flatMap((frame) => frame.meta?.notices ?? [])) {
    if (!byText.has(text)) byText.set(text, { severity, text });
  }
  return [...byText.values()].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
