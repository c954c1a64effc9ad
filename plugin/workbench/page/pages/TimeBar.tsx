/** How far back to look, and whether to follow. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Combobox, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

const RANGES: [seconds: number, label: string][] = [
  [60, 'Last minute'],
  [120, 'Last 2 minutes'],
  [300, 'Last 5 minutes'],
  [900, 'Last 15 minutes'],
  [1800, 'Last 30 minutes'],
  [3600, 'Last hour'],
];

interface Props {
  title?: string;
  seconds: number;
  live: boolean;
  onSeconds: (seconds: number) => void;
  onLive: (live: boolean) => void;
  children?: ReactNode;
}

export function TimeBar({ title, seconds, live, onSeconds, onLive, children }: Props) {
  const styles = useStyles2(getStyles);
  const options = RANGES.map(([value, label]) => ({ value, label }));
  if (!RANGES.some(([value]) => value === seconds)) options.push({ value: seconds, label: `Last ${seconds} s` });
  return (
    <div className={styles.bar}>
      {title !== undefined && <h1 className={styles.title}>{title}</h1>}
      {children}
      <span className={styles.space} />
      <label htmlFor="time-range" className={styles.label}>
        Time range
      </label>
      <Combobox
        id="time-range"
        width={20}
        options={options}
        value={seconds}
        onChange={(option) => onSeconds(option.value)}
      />
      <Button
        variant={live ? 'success' : 'secondary'}
        fill={live ? 'outline' : 'solid'}
        icon={live ? 'pause' : 'play'}
        aria-pressed={live}
        onClick={() => onLive(!live)}
      >
        {live ? 'Live' : 'Paused'}
      </Button>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginBottom: theme.spacing(1) }),
  title: css({ margin: 0, fontSize: theme.typography.h4.fontSize }),
  label: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  space: css({ flexGrow: 1 }),
});
