/** Picking a metric of the catalog: a searchable list, and what the chosen one measures, how, and at what cost. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Badge, Button, Combobox, InlineField, Text, useStyles2 } from '@grafana/ui';
import type { Metric } from '@bpfscope/agent/protocol';
import { useId, useMemo, useState } from 'react';
import type { BpfQuery } from '../../shared/index.ts';
import { CostBadge } from './CostBadge.tsx';
import { metricOptions } from './metric-options.ts';
import type { CatalogState } from './use-catalog.ts';

interface Props {
  query: BpfQuery;
  metric: Metric | undefined;
  catalog: CatalogState;
  onPick: (name: string) => void;
  onEditAsCode: (source: string) => void;
}

export function MetricMode({ query, metric, catalog, onPick, onEditAsCode }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const [showSource, setShowSource] = useState(false);
  const options = useMemo(() => metricOptions(catalog.metrics), [catalog.metrics]);
  const source = metric?.query ?? null;

  return (
    <div className={styles.column}>
      <div className={styles.row}>
        <InlineField label="Metric" htmlFor={id} className={styles.field} grow>
          <Combobox
            id={id}
            options={options}
            value={query.metric === '' ? null : query.metric}
            loading={catalog.loading}
            placeholder="Search by name, tool or subsystem"
            // Variables ($metric) and metrics of newer agents are typed in.
            createCustomValue
            onChange={(option) => onPick(option.value)}
          />
        </InlineField>
        {metric !== undefined && (
          <div className={styles.badges}>
            <Badge
              color="blue"
              text={metric.kind}
              tooltip="What is measured: a distribution, a rate, a level or events"
            />
            {metric.unit !== '' && <Badge color="darkgrey" text={metric.unit} tooltip="Unit of the values" />}
            <CostBadge cost={metric.cost} />
            {metric.alwaysOn && (
              <Badge color="green" icon="bolt" text="always on" tooltip="Collected since the agent started" />
            )}
          </div>
        )}
        {source !== null && (
          <>
            <Button
              size="sm"
              variant="secondary"
              fill="text"
              aria-expanded={showSource}
              onClick={() => setShowSource(!showSource)}
            >
              {showSource ? 'Hide query' : 'Show query'}
            </Button>
            <Button size="sm" variant="secondary" fill="text" icon="pen" onClick={() => onEditAsCode(source)}>
              Edit as code
            </Button>
          </>
        )}
      </div>
      {metric !== undefined && (
        <Text variant="bodySmall" color="secondary">
          {metric.description}
        </Text>
      )}
      {showSource && source !== null && <pre className={styles.source}>{source.trim()}</pre>}
      {catalog.error !== null && (
        <Alert severity="error" title="The list of metrics cannot be read">
          {catalog.error}
        </Alert>
      )}
      {metric?.unavailable !== null && metric?.unavailable !== undefined && (
        <Alert severity="warning" title="Not available on this host">
          {metric.unavailable}
        </Alert>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  column: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  field: css({ margin: 0, flexGrow: 1, minWidth: 280, maxWidth: 560 }),
  badges: css({ display: 'flex', gap: theme.spacing(0.5) }),
  source: css({
    margin: 0,
    padding: theme.spacing(1),
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    background: theme.colors.background.canvas,
    borderColor: theme.colors.border.weak,
    whiteSpace: 'pre-wrap',
  }),
});
