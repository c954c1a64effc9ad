/** The line under the code: what is wrong and how to mend it, or what the query will attach to and cost. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { CostBadge } from './CostBadge.tsx';
import type { CheckState } from './use-check.ts';

const SHOWN = 3;

export function CheckLine({ check }: { check: CheckState }) {
  const styles = useStyles2(getStyles);
  const { diagnostics, answer, failure } = check;
  const first = diagnostics.slice(0, SHOWN);

  return (
    <div className={styles.line} role="status" aria-live="polite" data-testid="bpfscope-check">
      {first.map((one) => (
        <div key={`${one.start}:${one.code}:${one.message}`} className={styles[one.severity]}>
          <Icon name={one.severity === 'info' ? 'info-circle' : 'exclamation-triangle'} size="sm" />
          <span>
            {one.line}:{one.column} {one.message}
            {one.hint !== undefined && <span className={styles.hint}> {one.hint}</span>}
          </span>
        </div>
      ))}
      {diagnostics.length > SHOWN && <div className={styles.hint}>and {diagnostics.length - SHOWN} more</div>}
      {failure !== null && (
        <div className={styles.warning}>
          <Icon name="exclamation-triangle" size="sm" />
          <span>The agent could not check this query: {failure}</span>
        </div>
      )}
      {answer?.ok === true && (
        <div className={styles.good}>
          <Icon name="check" size="sm" />
          <span title={answer.probes.join('\n')}>
            {answer.probeCount === 1 ? (answer.probes[0] ?? '1 probe') : `${answer.probeCount} probes`}
          </span>
          {answer.outputs.length > 0 && (
            <span className={styles.hint}>
              {answer.outputs.map((output) => `${output.name} (${output.kind})`).join(', ')}
            </span>
          )}
          {answer.cost !== null && <CostBadge cost={answer.cost} />}
        </div>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const row = { display: 'flex', gap: theme.spacing(0.75), alignItems: 'center' };
  return {
    line: css({ fontSize: theme.typography.bodySmall.fontSize, minHeight: theme.spacing(3) }),
    error: css(row, { color: theme.colors.error.text }),
    warning: css(row, { color: theme.colors.warning.text }),
    info: css(row, { color: theme.colors.info.text }),
    good: css(row, { color: theme.colors.text.primary, '& > svg': { color: theme.colors.success.text } }),
    hint: css({ color: theme.colors.text.secondary }),
  };
};
