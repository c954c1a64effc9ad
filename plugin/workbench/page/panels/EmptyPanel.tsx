/** Said instead of a picture: nothing came, or nothing that this panel can draw. */
import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { hasFields } from './frames.ts';

export function EmptyPanel({ frames, wants }: { frames: DataFrame[]; wants: string }) {
  const styles = useStyles2(getStyles);
  const came = frames.some((frame) => hasFields(frame) && frame.length > 0);
  return (
    <div className={styles.empty}>
      {came ? `This answer has no data for this panel: it shows ${wants}.` : 'No data yet'}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  empty: css({
    display: 'grid',
    placeItems: 'center',
    height: '100%',
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
});
