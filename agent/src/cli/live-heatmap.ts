/** The live heatmap of `npm start`: redrawn in place once a second, the terminal left as it was. */
import type { WriteStream } from 'node:tty';
import type { RunningServer } from '../server.ts';
import { Heatmap } from './heatmap.ts';

const METRIC = 'runq.latency';
const MAX_ROWS = 24;

/** Starts to draw; returns how to stop. */
export function drawHeatmap(server: RunningServer, out: WriteStream): () => void {
  const entry = server.service.catalog.find(METRIC);
  const run = server.service.list().find((candidate) => candidate.metric === METRIC);
  if (entry === null || run === undefined) return () => undefined;
  const map = new Heatmap(entry.metric.title, entry.metric.unit);
  const color = process.env['NO_COLOR'] === undefined && out.getColorDepth() >= 8;
  let height = 0;

  const draw = (): void => {
    const rows = Math.min(MAX_ROWS, Math.max(5, out.rows - 5));
    const lines = map.render({ color, columns: out.columns, rows });
    const up = height > 0 ? `\u001b[${height}A` : '';
    out.write(`\u001b[?25l${up}${lines.map((line) => `\r\u001b[2K${line}\n`).join('')}\u001b[0J`);
    height = lines.length;
  };
  const resized = (): void => {
    height = 0;
    out.write('\u001b[2J\u001b[H');
    draw();
  };

  out.write(`\nYour kernel, now (Ctrl-C ends it and detaches everything):\n\n`);
  draw();
  const stop = server.engine.watch(run.id, (outputs) => {
    const output = outputs.find((candidate) => candidate.name === entry.outputs?.[0]);
    const histogram = output?.kind === 'histogram' ? output : null;
    map.add(histogram, outputs[0]?.times.at(-1) ?? Date.now());
    draw();
  });
  out.on('resize', resized);
  return () => {
    stop();
    out.off('resize', resized);
    out.write('\u001b[?25h\n');
  };
}
