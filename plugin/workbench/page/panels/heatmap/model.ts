/**
 * A `heatmap-rows` frame as a grid. Pure. Field 0 holds the times, each at the END of its step; every number field is a
 * row, lowest first. `null` stays `null`: that step was not collected, which is not the same as zero.
 */
import { FieldType, getFieldDisplayName, type DataFrame } from '@grafana/data';
import { formatBound, formatRange } from '../../../../shared/index.ts';

export interface Row {
  label: string;
  /** [lower, upper), when the frame says so. */
  lower: number | null;
  upper: number | null;
}

export interface Grid {
  /** Lowest bucket first. */
  rows: Row[];
  unit: string | null;
  hasBounds: boolean;
  /** Unix milliseconds, the ends of the steps. */
  times: number[];
  /** Milliseconds that a column covers. */
  step: number;
  /** counts[row][column]. */
  counts: (number | null)[][];
  /** Largest count of one cell. */
  max: number;
  /** All events shown. */
  total: number;
}

interface Bounds {
  lower: number | null;
  upper: number | null;
}

export function toGrid(frame: DataFrame): Grid | null {
  const time = frame.fields.find((field) => field.type === FieldType.time);
  const fields = frame.fields.filter((field) => field.type === FieldType.number);
  if (time === undefined || fields.length === 0) return null;
  const custom = frame.meta?.custom ?? {};
  const bounds = (Array.isArray(custom['buckets']) ? custom['buckets'] : []) as Bounds[];
  const hasBounds = bounds.length === fields.length;
  const unit = typeof custom['bucketUnit'] === 'string' ? custom['bucketUnit'] : null;
  const times = [...time.values] as number[];

  const rows = fields.map((field, index): Row => {
    const bound = hasBounds ? bounds[index] : undefined;
    const lower = bound?.lower ?? null;
    const upper = bound?.upper ?? null;
    const label = bound ? formatRange(lower, upper, unit) : getFieldDisplayName(field, frame, [frame]);
    return { label, lower, upper };
  });
  const counts = fields.map((field) => [...field.values] as (number | null)[]);
  let max = 0;
  let total = 0;
  for (const row of counts) {
    for (const count of row) {
      if (count === null) continue;
      max = Math.max(max, count);
      total += count;
    }
  }
  return { rows, unit, hasBounds, times, step: stepOf(times, time.config.interval ?? undefined), counts, max, total };
}

/** The frame's own interval, else the smallest distance of two columns. */
function stepOf(times: readonly number[], interval: number | undefined): number {
  if (interval !== undefined && interval > 0) return interval;
  const distances = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return distances.length === 0 ? 1000 : Math.min(...distances);
}

/** Text at the lower edge of a row; `grid.rows.length` is the upper edge of the last one. */
export function edgeLabel(grid: Grid, edge: number): string {
  const row = grid.rows[edge];
  const bound = row === undefined ? (grid.rows[edge - 1]?.upper ?? null) : row.lower;
  if (bound !== null) return formatBound(bound, grid.unit);
  return row === undefined ? '∞' : '';
}

/** Row and column under a point; null outside or in a gap between columns. */
export function cellAt(grid: Grid, timeMs: number, y: number): { row: number; column: number } | null {
  const row = Math.floor(y);
  if (row < 0 || row >= grid.rows.length) return null;
  const column = grid.times.findIndex((end) => timeMs > end - grid.step && timeMs <= end);
  return column < 0 ? null : { row, column };
}
