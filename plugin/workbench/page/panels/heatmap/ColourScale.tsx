/** What the colours of a heatmap mean: from one event to the fullest cell, and how many events are shown in all. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { colourAt, groundColour } from './colours.ts';

const STOPS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export function ColourScale({ max, total }: { max: number; total: number }) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const gradient = STOPS.map((stop) => colourAt(stop, theme)).join(', ');
  return (
    <div className={styles.line} aria-hidden="true">
      <span className={styles.box} style={{ background: groundColour(theme) }} />0<span>1</span>
      <span className={styles.bar} style={{ background: `linear-gradient(to right, ${gradient})` }} />
      <span>{max.toLocaleString()} events a cell (log)</span>
      <span className={styles.total}>{total.toLocaleString()} events</span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    height: 24,
    padding: theme.spacing(0, 1),
    fontSize: 11,
    color: theme.colors.text.secondary,
  }),
  box: css({ width: 10, height: 10, border: `1px solid ${theme.colors.border.medium}` }),
  bar: css({ width: 120, height: 10, borderRadius: 2 }),
  total: css({ marginLeft: 'auto' }),
});
