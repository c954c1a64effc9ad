/** Time series, drawn by @grafana/ui. */
import { LegendDisplayMode, SortOrder, TooltipDisplayMode, type VizLegendOptions } from '@grafana/schema';
import { TimeSeries, TooltipPlugin } from '@grafana/ui';
import { EmptyPanel } from './EmptyPanel.tsx';
import { isTimeSeries } from './frames.ts';
import type { PanelProps } from './panel-props.ts';

const LEGEND: VizLegendOptions = {
  displayMode: LegendDisplayMode.List,
  placement: 'bottom',
  showLegend: true,
  calcs: [],
};

export function TimeSeriesPanel({ frames, range, width, height, options }: PanelProps) {
  const series = frames.filter(isTimeSeries);
  if (series.length === 0) return <EmptyPanel frames={frames} wants="time series" />;
  const legend = { ...LEGEND, ...(options['legend'] as Partial<VizLegendOptions> | undefined) };
  return (
    <TimeSeries frames={series} timeRange={range} timeZone="browser" width={width} height={height} legend={legend}>
      {(config, aligned) => (
        <TooltipPlugin
          config={config}
          data={aligned}
          frames={series}
          timeZone="browser"
          mode={TooltipDisplayMode.Multi}
          sortOrder={SortOrder.Descending}
        />
      )}
    </TimeSeries>
  );
}
