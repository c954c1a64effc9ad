/** What one cell says: its bucket, its time, its count, and its part of the step. */
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Grid } from './model.ts';

export interface Hovered {
  row: number;
  column: number;
  /** CSS pixels from the upper left corner of the plot. */
  x: number;
  y: number;
}

const TOOLTIP_PX = 230;

export function CellTooltip({ grid, hovered, width }: { grid: Grid; hovered: Hovered; width: number }) {
  const styles = useStyles2(getStyles);
  const { row, column, x, y } = hovered;
  const bucket = grid.rows[row];
  const end = grid.times[column];
  const count = grid.counts[row]?.[column];
  if (bucket === undefined || end === undefined || count === undefined) return null;
  const all = grid.counts.reduce((sum, counts) => sum + (counts[column] ?? 0), 0);
  const left = x + TOOLTIP_PX + 16 > width ? x - TOOLTIP_PX - 8 : x + 14;
  return (
    <div
      className={styles.box}
      style={{ left: Math.max(0, left), top: y + 14 }}
      role="tooltip"
      data-testid="heatmap-tooltip"
    >
      <div className={styles.time}>
        {dateTimeFormat(end - grid.step, { format: 'HH:mm:ss.SSS' })} –{' '}
        {dateTimeFormat(end, { format: 'HH:mm:ss.SSS' })}
      </div>
      <div className={styles.row}>
        <span>Bucket</span>
        <b>{bucket.label}</b>
      </div>
      {count === null ? (
        <div className={styles.row}>
          <span>not collected</span>
        </div>
      ) : (
        <div className={styles.row}>
          <span>Events</span>
          <b>
            {count.toLocaleString()}
            {all > 0 && ` (${((100 * count) / all).toFixed(1)} %)`}
          </b>
        </div>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    zIndex: theme.zIndex.tooltip,
    width: TOOLTIP_PX,
    padding: theme.spacing(1),
    pointerEvents: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
  }),
  time: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(0.5) }),
  row: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2) }),
});
