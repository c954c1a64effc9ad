/** Grafana's panel types that the workbench draws, by their plugin id. */
import type { ComponentType } from 'react';
import { FlameGraphPanel } from './FlameGraphPanel.tsx';
import { HeatmapPanel } from './HeatmapPanel.tsx';
import type { PanelProps } from './panel-props.ts';
import { StatPanel } from './StatPanel.tsx';
import { TablePanel } from './TablePanel.tsx';
import { TextPanel } from './TextPanel.tsx';
import { TimeSeriesPanel } from './TimeSeriesPanel.tsx';

export const PANELS: Readonly<Record<string, ComponentType<PanelProps>>> = {
  flamegraph: FlameGraphPanel,
  heatmap: HeatmapPanel,
  stat: StatPanel,
  table: TablePanel,
  text: TextPanel,
  timeseries: TimeSeriesPanel,
};
