/** What few panels need, folded away: names and number of series, counters, quantiles, and the number alert rules see. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Combobox, InlineField, Input, RadioButtonGroup, Button, useStyles2, type ComboboxOption } from '@grafana/ui';
import type { Metric } from '@bpfscope/agent/protocol';
import { useId, useState } from 'react';
import { DEFAULT_QUERY, type BpfQuery, type CounterMode, type Reducer } from '../../shared/index.ts';
import { parseQuantiles, quantilesText } from './quantiles.ts';

const COUNTERS: { label: string; value: CounterMode; description: string }[] = [
  { label: 'Per second', value: 'rate', description: 'Increase divided by the length of the step' },
  { label: 'Per step', value: 'increase', description: 'The exact increase of each step' },
];

const REDUCERS: ComboboxOption<Reducer>[] = [
  { value: 'auto', label: 'Automatic', description: 'Quantile of a histogram, last value of the rest' },
  { value: 'quantile', label: 'Quantile', description: 'Of all events in the time range' },
  { value: 'above', label: 'Events above', description: 'In buckets wholly at or above the threshold' },
  { value: 'last', label: 'Last' },
  { value: 'mean', label: 'Mean' },
  { value: 'sum', label: 'Sum' },
  { value: 'min', label: 'Minimum' },
  { value: 'max', label: 'Maximum' },
  { value: 'count', label: 'Count', description: 'Steps that were collected' },
  { value: 'none', label: 'None', description: 'Time series, for a Reduce expression of your own' },
];

interface Props {
  query: BpfQuery;
  kind: Metric['kind'] | undefined;
  /** Unfolded at first. */
  open: boolean;
  onChange: (part: Partial<BpfQuery>) => void;
}

export function Options({ query, kind, open: openAtFirst, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const [open, setOpen] = useState(openAtFirst);
  const mayBe = (wanted: Metric['kind']) => kind === undefined || query.mode === 'code' || kind === wanted;

  return (
    <div>
      <Button
        size="sm"
        variant="secondary"
        fill="text"
        icon={open ? 'angle-down' : 'angle-right'}
        aria-expanded={open}
        aria-controls={`${id}-options`}
        onClick={() => setOpen(!open)}
      >
        Options
      </Button>
      {!open && <span className={styles.summary}>{summary(query)}</span>}
      {open && (
        <div id={`${id}-options`} className={styles.options}>
          <InlineField label="Legend" htmlFor={`${id}-legend`} tooltip="Series name; {{comm}} stands for a key's value">
            <Committed
              id={`${id}-legend`}
              value={query.legend}
              placeholder="labels"
              width={24}
              onCommit={(legend) => onChange({ legend })}
            />
          </InlineField>
          <InlineField
            label="Output"
            htmlFor={`${id}-output`}
            tooltip="Only the map of this name, when a query has several"
          >
            <Committed
              id={`${id}-output`}
              value={query.output}
              placeholder="all"
              width={14}
              onCommit={(output) => onChange({ output })}
            />
          </InlineField>
          <InlineField
            label="Most series"
            htmlFor={`${id}-limit`}
            tooltip="Those with the largest total; a notice says how many were left out"
          >
            <Committed
              id={`${id}-limit`}
              value={String(query.limit)}
              type="number"
              width={10}
              onCommit={(text) => onChange({ limit: Number(text) || DEFAULT_QUERY.limit })}
            />
          </InlineField>
          {mayBe('counter') && (
            <InlineField label="Counters">
              <RadioButtonGroup
                id={`${id}-counters`}
                aria-label="Counters"
                options={COUNTERS}
                value={query.counters}
                onChange={(counters) => onChange({ counters })}
              />
            </InlineField>
          )}
          {mayBe('histogram') && (
            <InlineField
              label="Quantiles"
              htmlFor={`${id}-quantiles`}
              tooltip="Per cent, for a histogram shown as time series; estimated inside a bucket"
            >
              <Committed
                id={`${id}-quantiles`}
                value={quantilesText(query.quantiles)}
                width={16}
                onCommit={(text) => onChange({ quantiles: parseQuantiles(text) ?? query.quantiles })}
              />
            </InlineField>
          )}
          <InlineField
            label="Alert value"
            htmlFor={`${id}-reducer`}
            tooltip="The one number per series that an alert rule or the format Number gets"
          >
            <Combobox
              id={`${id}-reducer`}
              width={18}
              options={REDUCERS}
              value={query.reducer}
              onChange={(option) => onChange({ reducer: option.value })}
            />
          </InlineField>
          {(query.reducer === 'quantile' || query.reducer === 'auto') && (
            <InlineField label="Quantile" htmlFor={`${id}-quantile`} tooltip="Per cent">
              <Committed
                id={`${id}-quantile`}
                value={quantilesText([query.quantile])}
                width={10}
                onCommit={(text) => onChange({ quantile: parseQuantiles(text)?.[0] ?? query.quantile })}
              />
            </InlineField>
          )}
          {query.reducer === 'above' && (
            <InlineField label="Threshold" htmlFor={`${id}-threshold`} tooltip="In the unit of the buckets">
              <Committed
                id={`${id}-threshold`}
                value={String(query.threshold)}
                type="number"
                width={14}
                onCommit={(text) => onChange({ threshold: Number(text) || 0 })}
              />
            </InlineField>
          )}
        </div>
      )}
    </div>
  );
}

interface CommittedProps {
  id: string;
  value: string;
  width: number;
  type?: 'text' | 'number';
  placeholder?: string;
  onCommit: (text: string) => void;
}

/** A field that tells only finished values (left, or Enter), so that no query runs at every key. */
function Committed({ value, onCommit, ...rest }: CommittedProps) {
  return (
    <Input
      {...rest}
      key={value}
      defaultValue={value}
      onBlur={(event) => event.currentTarget.value !== value && onCommit(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

/** What differs from the defaults, so that folded options hide no surprise. */
function summary(query: BpfQuery): string {
  const parts = [
    query.legend !== '' && `legend ${query.legend}`,
    query.output !== '' && `output ${query.output}`,
    query.limit !== DEFAULT_QUERY.limit && `at most ${query.limit} series`,
    query.counters !== DEFAULT_QUERY.counters && 'counters per step',
    query.reducer !== DEFAULT_QUERY.reducer && `alert value ${query.reducer}`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  options: css({ display: 'flex', flexWrap: 'wrap', columnGap: theme.spacing(1), paddingTop: theme.spacing(1) }),
  summary: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
