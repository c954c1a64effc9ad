/** Ask anything: the plugin's own query editor, and its answer in the form that fits. */
import { css } from '@emotion/css';
import {
  CoreApp,
  dateTime,
  type DataQuery,
  type DataSourceApi,
  type FieldConfigSource,
  type GrafanaTheme2,
  type TimeRange,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { Button, Drawer, useStyles2 } from '@grafana/ui';
import { useCallback, useEffect, useState } from 'react';
import { useHistory, useLocation } from 'react-router-dom';
import { hasFields, isFlameGraph, isHeatmap, isTimeSeries } from '../panels/frames.ts';
import { PanelFrame } from '../panels/PanelFrame.tsx';
import { useLiveQuery, type LiveState } from '../use-live-query.ts';
import { useSize } from '../use-size.ts';
import { RunLine } from './RunLine.tsx';
import { TimeBar } from './TimeBar.tsx';

const REFRESH_MS = 1000;
const PICTURE_PX = 380;
const TABLE_PX = 320;
const CONFIG: FieldConfigSource = { defaults: { custom: { fillOpacity: 10 } }, overrides: [] };

export function ExplorePage() {
  const styles = useStyles2(getStyles);
  const history = useHistory();
  const { search } = useLocation();
  const [source, setSource] = useState<DataSourceApi>();
  const [query, setQuery] = useState<DataQuery>();
  /** What was last run; editing alone asks nothing. */
  const [asked, setAsked] = useState<DataQuery>();
  const [revision, setRevision] = useState(0);
  const [seconds, setSeconds] = useState(120);
  const [live, setLive] = useState(true);
  const [help, setHelp] = useState(false);
  const [ref, { width }] = useSize<HTMLDivElement>();

  useEffect(() => {
    void getDataSourceSrv()
      .get(null)
      .then((api) => {
        const first = fromAddress(search) ?? { refId: 'A', ...api.getDefaultQuery?.(CoreApp.Explore) };
        setSource(api);
        setQuery(first);
        setAsked(first);
      });
    // Only the address the page was opened with counts; later ones are written by this page.
  }, []);

  const run = useCallback(
    (next: DataQuery) => {
      setAsked(next);
      setRevision((before) => before + 1);
      history.replace(`/explore?query=${encodeURIComponent(JSON.stringify(next))}`);
    },
    [history],
  );
  // Editors call onChange and onRunQuery in one go: the run has to see the change.
  const [pending, setPending] = useState(0);
  useEffect(() => {
    if (pending > 0 && query !== undefined) run(query);
  }, [pending]);

  const state = useLiveQuery({
    app: CoreApp.Explore,
    id: 'explore',
    source: null,
    targets: asked === undefined ? [] : [asked],
    seconds,
    refreshMs: live ? REFRESH_MS : null,
    maxDataPoints: asked === undefined ? 0 : Math.max(100, width),
    revision,
  });

  const Editor = source?.components?.QueryEditor;
  const Help = source?.components?.QueryEditorHelp;
  return (
    <div ref={ref} className={styles.page}>
      <TimeBar title="Explore" seconds={seconds} live={live} onSeconds={setSeconds} onLive={setLive}>
        <Button variant="secondary" fill="text" icon="question-circle" onClick={() => setHelp(true)}>
          Cheat sheet
        </Button>
      </TimeBar>
      {source !== undefined && query !== undefined && Editor !== undefined && (
        <div className={styles.editor}>
          <Editor
            datasource={source}
            query={query}
            app={CoreApp.Explore}
            onChange={setQuery}
            onRunQuery={() => setPending((before) => before + 1)}
          />
          <RunLine state={state} />
        </div>
      )}
      {asked !== undefined && <Results state={state} width={width} />}
      {help && Help !== undefined && source !== undefined && query !== undefined && (
        <Drawer title="bpfscope" size="sm" onClose={() => setHelp(false)}>
          <Help
            datasource={source}
            query={query}
            onClickExample={(example) => {
              setQuery(example);
              run(example);
              setHelp(false);
            }}
          />
        </Drawer>
      )}
    </div>
  );
}

interface View {
  type: string;
  title: string;
  height: number;
}

/** What an answer is shown as; an error alone needs one panel to stand in. */
function views({ frames }: LiveState): View[] {
  const filled = frames.filter(hasFields);
  const found: View[] = [];
  if (filled.some(isHeatmap)) found.push({ type: 'heatmap', title: 'Heatmap', height: PICTURE_PX });
  if (filled.some(isFlameGraph)) found.push({ type: 'flamegraph', title: 'Flame graph', height: PICTURE_PX });
  if (filled.some(isTimeSeries)) found.push({ type: 'timeseries', title: 'Time series', height: PICTURE_PX });
  if (filled.some((frame) => !isHeatmap(frame) && !isFlameGraph(frame) && !isTimeSeries(frame)))
    found.push({ type: 'table', title: 'Table', height: TABLE_PX });
  return found.length > 0 ? found : [{ type: 'table', title: 'Answer', height: 160 }];
}

function Results({ state, width }: { state: LiveState; width: number }) {
  if (width === 0) return null;
  return (
    <>
      {views(state).map(({ type, title, height }) => (
        <section key={type} data-testid={`explore-${type}`} aria-label={title}>
          <PanelFrame
            type={type}
            title={title}
            frames={state.frames}
            errors={state.errors}
            range={collected(state)}
            loading={!state.answered}
            width={width}
            height={height}
            fieldConfig={CONFIG}
            options={{}}
          />
        </section>
      ))}
    </>
  );
}

const LEAST_SECONDS = 30;

/** From when collection began, if that is within the range: a query just started fills its picture at once. */
function collected({ frames, range }: LiveState): TimeRange {
  const starts = frames
    .map((frame) => (frame.meta?.custom?.['run'] as { startedAt?: number } | undefined)?.startedAt)
    .filter((start) => start !== undefined);
  const began = Math.min(...starts);
  const latest = range.to.valueOf() - LEAST_SECONDS * 1000;
  const from = Math.min(began, latest);
  return Number.isFinite(from) && from > range.from.valueOf() ? { ...range, from: dateTime(from) } : range;
}

function fromAddress(search: string): DataQuery | undefined {
  const text = new URLSearchParams(search).get('query');
  if (text === null) return undefined;
  try {
    const query = JSON.parse(text) as unknown;
    return typeof query === 'object' && query !== null ? { ...query, refId: 'A' } : undefined;
  } catch {
    return undefined;
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  editor: css({
    padding: theme.spacing(1.5),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
});
