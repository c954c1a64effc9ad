/** A dashboard of dashboards/, live. */
import { css } from '@emotion/css';
import { CoreApp, type FieldConfigSource } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { Alert } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { PanelFrame } from '../panels/PanelFrame.tsx';
import { useLiveQuery } from '../use-live-query.ts';
import { useSize } from '../use-size.ts';
import { rangeSeconds, type Dashboard, type DashboardPanel } from './dashboard-model.ts';
import { TimeBar } from './TimeBar.tsx';

/** Grafana's grid: 24 columns, rows of 30 px, 8 px between. */
const COLUMNS = 24;
const ROW_PX = 30;
const GAP_PX = 8;
const REFRESH_MS = 1000;
/** Shown at first even if the dashboard says more: an agent just started has no more, and a second stays visible. */
const FIRST_LOOK_SECONDS = 120;
const NO_CONFIG: FieldConfigSource = { defaults: {}, overrides: [] };

export function DashboardPage({ uid }: { uid: string }) {
  const [dashboard, setDashboard] = useState<Dashboard>();
  const [failure, setFailure] = useState('');
  const [seconds, setSeconds] = useState(FIRST_LOOK_SECONDS);
  const [live, setLive] = useState(true);
  const [ref, { width }] = useSize<HTMLDivElement>();

  useEffect(() => {
    getBackendSrv()
      .get<Dashboard>(`/workbench/dashboards/${encodeURIComponent(uid)}`)
      .then(
        (read) => {
          setDashboard(read);
          setSeconds(Math.min(rangeSeconds(read.time, FIRST_LOOK_SECONDS), FIRST_LOOK_SECONDS));
        },
        () => setFailure(`The dashboard ${uid} cannot be read from dashboards/.`),
      );
  }, [uid]);

  const column = (width - GAP_PX * (COLUMNS - 1)) / COLUMNS;
  return (
    <>
      <TimeBar title={dashboard?.title ?? ''} seconds={seconds} live={live} onSeconds={setSeconds} onLive={setLive} />
      {failure !== '' && <Alert severity="error" title={failure} />}
      <div ref={ref} className={styles.grid}>
        {width > 0 &&
          dashboard?.panels.map((panel) => {
            const { x, y, w, h } = panel.gridPos;
            return (
              <section
                key={panel.id}
                data-testid={`panel-${panel.id}`}
                aria-label={panel.title}
                style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }}
              >
                <LivePanel
                  panel={panel}
                  seconds={seconds}
                  live={live}
                  width={Math.floor(w * column + (w - 1) * GAP_PX)}
                  height={h * ROW_PX + (h - 1) * GAP_PX}
                />
              </section>
            );
          })}
      </div>
    </>
  );
}

interface LivePanelProps {
  panel: DashboardPanel;
  seconds: number;
  live: boolean;
  width: number;
  height: number;
}

function LivePanel({ panel, seconds, live, width, height }: LivePanelProps) {
  const state = useLiveQuery({
    app: CoreApp.Dashboard,
    id: `panel-${panel.id}`,
    source: panel.datasource ?? null,
    targets: panel.targets ?? [],
    seconds,
    refreshMs: live ? REFRESH_MS : null,
    maxDataPoints: width,
    ...(panel.interval !== undefined && { minInterval: panel.interval }),
  });
  return (
    <PanelFrame
      type={panel.type}
      title={panel.title ?? ''}
      {...(panel.description !== undefined && { description: panel.description })}
      frames={state.frames}
      errors={state.errors}
      range={state.range}
      loading={!state.answered}
      width={width}
      height={height}
      fieldConfig={panel.fieldConfig ?? NO_CONFIG}
      options={panel.options ?? {}}
    />
  );
}

const styles = {
  grid: css({ display: 'grid', gridTemplateColumns: `repeat(${COLUMNS}, 1fr)`, gridAutoRows: ROW_PX, gap: GAP_PX }),
};
