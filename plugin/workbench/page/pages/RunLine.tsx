/** What the query costs and has lost, in a line: the facts Grafana shows in its query inspector. */
import { css } from '@emotion/css';
import { getValueFormat, formattedValueToString, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { noticesOf } from '../panels/notices.ts';
import type { LiveState } from '../use-live-query.ts';

export function RunLine({ state }: { state: LiveState }) {
  const styles = useStyles2(getStyles);
  const stats = state.frames.flatMap((frame) => frame.meta?.stats ?? []);
  const notices = noticesOf(state.frames);
  if (stats.length === 0 && notices.length === 0) return null;
  return (
    <div className={styles.line} data-testid="run-line">
      {stats.map((stat) => (
        <span key={stat.displayName}>
          {stat.displayName} <b>{formattedValueToString(getValueFormat(stat.unit ?? 'none')(stat.value))}</b>
        </span>
      ))}
      {notices.map((notice) => (
        <span key={notice.text} className={styles[notice.severity]}>
          {notice.text}
        </span>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: theme.spacing(2),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightRegular },
  }),
  error: css({ color: theme.colors.error.text }),
  warning: css({ color: theme.colors.warning.text }),
  info: css({ color: theme.colors.info.text }),
});
