/** A panel with its title, its errors and its notices; what it draws comes from the registry. */
import { css } from '@emotion/css';
import {
  applyFieldOverrides,
  LoadingState,
  ThresholdsMode,
  type DataFrame,
  type DataQueryError,
  type FieldConfigSource,
  type GrafanaTheme2,
  type TimeRange,
} from '@grafana/data';
import { Icon, PanelChrome, Tooltip, useStyles2, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { fieldConfigRegistry } from '../field-config.ts';
import { noticesOf, type Notice } from './notices.ts';
import { PANELS } from './registry.ts';

interface Props {
  type: string;
  title: string;
  description?: string;
  frames: DataFrame[];
  errors: DataQueryError[];
  range: TimeRange;
  loading: boolean;
  width: number;
  height: number;
  fieldConfig: FieldConfigSource;
  options: Record<string, unknown>;
}

const ICONS = { error: 'exclamation-circle', warning: 'exclamation-triangle', info: 'info-circle' } as const;

export function PanelFrame(props: Props) {
  const { type, title, description, frames, errors, range, width, height, fieldConfig, options } = props;
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const config = useMemo(() => withDefaults(type, fieldConfig), [type, fieldConfig]);
  const shown = useMemo(
    () =>
      applyFieldOverrides({
        data: frames,
        fieldConfig: config,
        fieldConfigRegistry,
        replaceVariables: (text) => text,
        theme,
        timeZone: 'browser',
      }),
    [frames, config, theme],
  );
  const notices = noticesOf(frames);
  const Panel = PANELS[type];
  const error = errors.map(({ message }) => message ?? 'The query failed.').join(' ');
  return (
    <PanelChrome
      title={title}
      {...(description !== undefined && { description })}
      width={width}
      height={height}
      loadingState={props.loading ? LoadingState.Loading : error === '' ? LoadingState.Done : LoadingState.Error}
      statusMessage={error}
      titleItems={notices.map((notice) => (
        <NoticeIcon key={notice.text} notice={notice} />
      ))}
    >
      {(innerWidth, innerHeight) => {
        if (error !== '' && frames.length === 0) {
          return (
            <div className={styles.error} role="alert">
              <Icon name="exclamation-triangle" /> {error}
            </div>
          );
        }
        if (Panel === undefined) return <div>The workbench does not draw panels of type {type}; Grafana does.</div>;
        return (
          <Panel title={title} frames={shown} range={range} width={innerWidth} height={innerHeight} options={options} />
        );
      }}
    </PanelChrome>
  );
}

/** Colours as Grafana's panels have them when the dashboard says nothing. */
const BY_SERIES: FieldConfigSource['defaults'] = { color: { mode: 'palette-classic' } };
const BY_THRESHOLD: FieldConfigSource['defaults'] = {
  color: { mode: 'thresholds' },
  thresholds: { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }] },
};

const withDefaults = (type: string, { defaults, overrides }: FieldConfigSource): FieldConfigSource => ({
  defaults: { ...(type === 'timeseries' ? BY_SERIES : BY_THRESHOLD), ...defaults },
  overrides,
});

function NoticeIcon({ notice }: { notice: Notice }) {
  const styles = useStyles2(getStyles);
  return (
    <Tooltip content={notice.text}>
      <span className={styles[notice.severity]} tabIndex={0} role="note" aria-label={notice.text}>
        <Icon name={ICONS[notice.severity]} size="sm" />
      </span>
    </Tooltip>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const icon = { padding: theme.spacing(0.5), display: 'inline-flex' };
  return {
    error: css({ color: theme.colors.error.text, padding: theme.spacing(1), whiteSpace: 'pre-wrap' }),
    warning: css(icon, { color: theme.colors.warning.text }),
    info: css(icon, { color: theme.colors.text.secondary }),
  };
};
