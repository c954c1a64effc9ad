/** What every panel gets: frames with display settings applied, and its room in CSS pixels. */
import type { DataFrame, TimeRange } from '@grafana/data';

export interface PanelProps {
  title: string;
  frames: DataFrame[];
  range: TimeRange;
  width: number;
  height: number;
  /** The panel's own `options` of the dashboard JSON. */
  options: Record<string, unknown>;
}
