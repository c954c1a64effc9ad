/** A heatmap on a canvas: uPlot has the axes, the cursor and the geometry, the cells are drawn here. */
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { ColourScale } from './ColourScale.tsx';
import { colourTable } from './colours.ts';
import { CellTooltip, type Hovered } from './CellTooltip.tsx';
import { cellAt, edgeLabel, type Grid } from './model.ts';

interface Props {
  grid: Grid;
  range: TimeRange;
  width: number;
  height: number;
  /** What is counted, for people who do not see the picture. */
  label: string;
}

const SCALE_PX = 30;
const LEAST_TICK_PX = 16;

export function Heatmap({ grid, range, width, height, label }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  // uPlot's hooks live as long as the plot and read what is current.
  const current = useRef({ grid, range });
  current.current = { grid, range };
  const plotHeight = height - SCALE_PX;
  const widest = useMemo(() => Math.max(...grid.rows.map((_, edge) => edgeLabel(grid, edge).length), 3), [grid]);

  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    const made = new uPlot(
      options(theme, widest, () => current.current, setHovered),
      data(current.current.grid),
      place.current,
    );
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [theme, widest]);

  useEffect(() => {
    if (width > 0 && plotHeight > 0) plot.current?.setSize({ width, height: plotHeight });
  }, [width, plotHeight, theme, widest]);

  useEffect(() => {
    const drawn = plot.current;
    // The data of the scales only; the cells are read from the grid when drawn. A scale without data of its own keeps
    // its range unless told: a bucket that is new would be cut off.
    drawn?.batch(() => {
      drawn.setData(data(grid), true);
      drawn.setScale('y', { min: 0, max: Math.max(1, grid.rows.length) });
    });
  }, [grid, range, theme, widest]);

  return (
    <div
      className={styles.frame}
      role="img"
      aria-label={`${label}: heatmap of ${grid.total.toLocaleString()} events in ${grid.rows.length} buckets and ${grid.times.length} steps`}
      data-testid="heatmap"
      data-rows={grid.rows.length}
      data-columns={grid.times.length}
      data-total={grid.total}
      data-max={grid.max}
      data-first-time={grid.times[0]}
      data-step={grid.step}
    >
      <div ref={place} />
      <ColourScale max={grid.max} total={grid.total} />
      {hovered !== null && <CellTooltip grid={grid} hovered={hovered} width={width} />}
    </div>
  );
}

/** uPlot wants numbers for its scales: times in seconds, and one empty series to own the y scale. */
function data(grid: Grid): uPlot.AlignedData {
  const seconds = grid.times.map((time) => time / 1000);
  return [seconds, seconds.map(() => null)];
}

type Current = () => { grid: Grid; range: TimeRange };

function options(
  theme: GrafanaTheme2,
  widest: number,
  current: Current,
  hover: (cell: Hovered | null) => void,
): uPlot.Options {
  const axis = {
    stroke: theme.colors.text.secondary,
    font: `11px ${theme.typography.fontFamily}`,
    ticks: { stroke: theme.colors.border.weak, width: 1, size: 4 },
  };
  return {
    width: 100,
    height: 100,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: {
        time: true,
        range: () => {
          const { range } = current();
          return [range.from.valueOf() / 1000, range.to.valueOf() / 1000];
        },
      },
      y: { auto: false, range: () => [0, Math.max(1, current().grid.rows.length)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 80,
        size: 26,
        values: (_plot, splits) => splits.map((second) => dateTimeFormat(second * 1000, { format: 'HH:mm:ss' })),
      },
      {
        ...axis,
        grid: { show: false },
        size: Math.ceil(widest * 6.5) + 16,
        splits: (plot) => edges(current().grid, plot.bbox.height / devicePixelRatio),
        values: (_plot, splits) => splits.map((edge) => label(current().grid, edge)),
      },
    ],
    series: [{}, { scale: 'y', paths: () => null, points: { show: false } }],
    hooks: {
      draw: [(plot) => drawCells(plot, current().grid, theme)],
      setCursor: [(plot) => hover(under(plot, current().grid))],
    },
  };
}

/** Without bounds a row has a name, shown at its middle. */
function label(grid: Grid, edge: number): string {
  return grid.hasBounds ? edgeLabel(grid, edge) : (grid.rows[Math.floor(edge)]?.label ?? '');
}

/** As many edges as have room, evenly taken from the lowest up. */
function edges(grid: Grid, heightPx: number): number[] {
  const rows = grid.rows.length;
  const every = Math.max(1, Math.ceil(LEAST_TICK_PX / Math.max(1, heightPx / rows)));
  const offset = grid.hasBounds ? 0 : 0.5;
  const last = grid.hasBounds ? rows : rows - 1;
  return Array.from({ length: Math.floor(last / every) + 1 }, (_, index) => index * every + offset);
}

function drawCells(plot: uPlot, grid: Grid, theme: GrafanaTheme2): void {
  const { ctx, bbox } = plot;
  const colour = colourTable(grid.max, theme);
  const gap = Math.min(1, bbox.width / Math.max(1, grid.times.length) / 6);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const tops = grid.rows.map((_, row) => plot.valToPos(row + 1, 'y', true));
  const bottoms = grid.rows.map((_, row) => plot.valToPos(row, 'y', true));
  grid.times.forEach((end, column) => {
    const left = plot.valToPos((end - grid.step) / 1000, 'x', true);
    const right = plot.valToPos(end / 1000, 'x', true);
    const x = Math.round(left);
    const width = Math.max(1, Math.round(right) - x - gap);
    grid.counts.forEach((counts, row) => {
      const count = counts[column];
      if (count === null || count === undefined) return;
      const top = Math.round(tops[row] ?? 0);
      ctx.fillStyle = colour(count);
      ctx.fillRect(x, top, width, Math.max(1, Math.round(bottoms[row] ?? 0) - top - gap));
    });
  });
  ctx.restore();
}

function under(plot: uPlot, grid: Grid): Hovered | null {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0 || top < 0) return null;
  const cell = cellAt(grid, plot.posToVal(left, 'x') * 1000, plot.posToVal(top, 'y'));
  if (cell === null) return null;
  const { offsetLeft, offsetTop } = plot.over;
  return { ...cell, x: left + offsetLeft, y: top + offsetTop };
}

const getStyles = (_theme: GrafanaTheme2) => ({ frame: css({ position: 'relative', overflow: 'visible' }) });
