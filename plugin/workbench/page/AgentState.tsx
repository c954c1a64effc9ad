/** Whether the agent answers, as the plugin's own health check says. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { Tooltip, useStyles2 } from '@grafana/ui';
import { useEffect, useState } from 'react';

interface State {
  status: 'unknown' | 'success' | 'error';
  message: string;
}

const PERIOD_MS = 10_000;

export function AgentState() {
  const styles = useStyles2(getStyles);
  const [state, setState] = useState<State>({ status: 'unknown', message: 'Asking the agent' });

  useEffect(() => {
    let current = true;
    const ask = async () => {
      const next = await askHealth();
      if (current) setState(next);
    };
    void ask();
    const timer = setInterval(() => void ask(), PERIOD_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, []);

  return (
    <Tooltip content={state.message}>
      <span className={styles.state} role="status" data-testid="agent-state" data-status={state.status}>
        <span className={styles[state.status]} aria-hidden="true" />
        {state.status === 'error' ? state.message : state.status === 'success' ? 'agent connected' : 'agent ...'}
      </span>
    </Tooltip>
  );
}

async function askHealth(): Promise<State> {
  try {
    const source = await getDataSourceSrv().get(null);
    const result: unknown = await source.testDatasource();
    const { status, message } = result as { status?: string; message?: string };
    return { status: status === 'success' ? 'success' : 'error', message: message ?? '' };
  } catch (error) {
    return { status: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

const getStyles = (theme: GrafanaTheme2) => {
  const dot = (background: string) => css({ width: 8, height: 8, borderRadius: '50%', background, flexShrink: 0 });
  return {
    state: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      maxWidth: 520,
      overflow: 'hidden',
      whiteSpace: 'nowrap',
      textOverflow: 'ellipsis',
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    success: dot(theme.colors.success.main),
    error: dot(theme.colors.error.main),
    unknown: dot(theme.colors.text.disabled),
  };
};
