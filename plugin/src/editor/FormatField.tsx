/** The choice of how an answer is shaped. */
import { Combobox, type ComboboxOption } from '@grafana/ui';
import type { Format } from '../../shared/index.ts';

const FORMATS: ComboboxOption<Format>[] = [
  { value: 'auto', label: 'Automatic', description: 'Histograms as heatmap, numbers as time series, events as table' },
  { value: 'heatmap', label: 'Heatmap', description: 'One row a bucket, one column a step' },
  { value: 'timeseries', label: 'Time series', description: 'One series a key; quantiles of a histogram' },
  { value: 'table', label: 'Table', description: 'One row a key or event, over the whole time range' },
  { value: 'flamegraph', label: 'Flame graph', description: 'Maps keyed by kernel or user stack' },
  { value: 'number', label: 'Number', description: 'One number a key, as an alert rule sees it' },
];

interface Props {
  id: string;
  value: Format;
  onChange: (format: Format) => void;
}

export function FormatField({ id, value, onChange }: Props) {
  return <Combobox id={id} options={FORMATS} value={value} width={18} onChange={(option) => onChange(option.value)} />;
}
