/**
 * Colours of counts. Logarithmic from one event to the fullest cell, because one slow request among a million fast ones is
 * what people look for. A cell with no events has the ground colour; a cell that was not collected is not drawn.
 */
import type { GrafanaTheme2 } from '@grafana/data';
import { interpolateInferno, interpolateYlOrRd } from 'd3-scale-chromatic';

/** Position of a count between 0 (one event) and 1 (the fullest cell). */
export function intensity(count: number, max: number): number {
  if (max <= 1) return 1;
  return Math.min(1, Math.max(0, Math.log(count) / Math.log(max)));
}

/** Both ends are kept off the background, so that a single event is seen. */
export function colourAt(position: number, theme: GrafanaTheme2): string {
  return theme.isDark ? interpolateInferno(0.22 + 0.73 * position) : interpolateYlOrRd(0.15 + 0.85 * position);
}

export function groundColour(theme: GrafanaTheme2): string {
  return theme.isDark ? '#23232c' : '#e9e9ee';
}

/** Colours of all counts up to `max`, computed once per drawing. */
export function colourTable(max: number, theme: GrafanaTheme2): (count: number) => string {
  const STEPS = 64;
  const table = Array.from({ length: STEPS + 1 }, (_, index) => colourAt(index / STEPS, theme));
  const ground = groundColour(theme);
  return (count) => (count <= 0 ? ground : (table[Math.round(intensity(count, max) * STEPS)] ?? ground));
}
