/** Heatmap panel: one heatmap a frame; with several (a histogram per key) a row of names to choose from. */
import { RadioButtonGroup } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { Heatmap } from './heatmap/Heatmap.tsx';
import { toGrid } from './heatmap/model.ts';
import { isHeatmap } from './frames.ts';
import { EmptyPanel } from './EmptyPanel.tsx';
import type { PanelProps } from './panel-props.ts';

const CHOICE_PX = 34;
const MOST_CHOICES = 8;

export function HeatmapPanel({ frames, range, width, height, title }: PanelProps) {
  const heatmaps = frames.filter(isHeatmap);
  const names = heatmaps.map((frame, index) => frame.name ?? `histogram ${index + 1}`);
  const [chosen, setChosen] = useState<string>();
  const index = Math.max(0, names.indexOf(chosen ?? ''));
  const frame = heatmaps[index];
  const grid = useMemo(() => (frame === undefined ? null : toGrid(frame)), [frame]);
  if (grid === null || grid.times.length === 0) return <EmptyPanel frames={frames} wants="a histogram" />;

  const several = heatmaps.length > 1;
  return (
    <>
      {several && (
        <div style={{ height: CHOICE_PX }}>
          <RadioButtonGroup
            size="sm"
            aria-label="Histogram"
            options={names.slice(0, MOST_CHOICES).map((name) => ({ label: name, value: name }))}
            value={names[index] ?? ''}
            onChange={setChosen}
          />
        </div>
      )}
      <Heatmap grid={grid} range={range} width={width} height={several ? height - CHOICE_PX : height} label={title} />
    </>
  );
}
