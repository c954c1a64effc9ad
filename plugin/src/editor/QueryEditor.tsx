/** Grafana's query row for bpfscope: pick a metric, or write bpftrace source, and say how to show it. */
import { css } from '@emotion/css';
import { CoreApp, type GrafanaTheme2, type QueryEditorProps } from '@grafana/data';
import { Button, InlineField, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { useId } from 'react';
import type { BpfQuery } from '../../shared/index.ts';
import type { BpfDataSource } from '../datasource.ts';
import { completeQuery, type SavedQuery } from '../saved-query.ts';
import type { SavedSettings } from '../saved-settings.ts';
import { CodeMode } from './CodeMode.tsx';
import { FormatField } from './FormatField.tsx';
import { MetricMode } from './MetricMode.tsx';
import { Options } from './Options.tsx';
import { useCatalog } from './use-catalog.ts';

export type Props = QueryEditorProps<BpfDataSource, SavedQuery, SavedSettings>;

const MODES: { label: string; value: BpfQuery['mode']; description: string }[] = [
  { label: 'Metric', value: 'metric', description: 'One of the metrics that come with the agent' },
  { label: 'Code', value: 'code', description: 'A bpftrace query of your own' },
];

export function QueryEditor({ datasource, query: saved, onChange, onRunQuery, app }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const query = completeQuery(saved);
  const catalog = useCatalog(datasource);
  const metric = catalog.metrics.find((one) => one.name === query.metric);

  const change = (part: Partial<BpfQuery>) => onChange({ ...query, ...part });
  const changeAndRun = (part: Partial<BpfQuery>) => {
    change(part);
    onRunQuery();
  };

  return (
    <div className={styles.editor} data-testid="bpfscope-query-editor">
      <div className={styles.row}>
        <RadioButtonGroup
          id={`${id}-mode`}
          aria-label="How to ask"
          options={MODES}
          value={query.mode}
          onChange={(mode) => change({ mode })}
        />
        <InlineField label="Show as" htmlFor={`${id}-format`} className={styles.field}>
          <FormatField id={`${id}-format`} value={query.format} onChange={(format) => changeAndRun({ format })} />
        </InlineField>
        <span className={styles.space} />
        {(query.mode === 'code' || app === CoreApp.Explore) && (
          <Button icon="play" size="sm" variant="secondary" onClick={onRunQuery} tooltip="Ctrl+Enter in the code">
            Run query
          </Button>
        )}
      </div>
      {query.mode === 'metric' ? (
        <MetricMode
          query={query}
          metric={metric}
          catalog={catalog}
          onPick={(name) => changeAndRun({ metric: name })}
          onEditAsCode={(source) => change({ mode: 'code', query: source })}
        />
      ) : (
        <CodeMode
          datasource={datasource}
          query={query}
          onChange={(source) => change({ query: source })}
          onRun={onRunQuery}
        />
      )}
      <Options
        query={query}
        kind={metric?.kind}
        // An alert rule depends on them: they are not hidden there.
        open={app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting}
        onChange={changeAndRun}
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  editor: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  field: css({ margin: 0 }),
  space: css({ flexGrow: 1 }),
});
