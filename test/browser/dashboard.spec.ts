/** The shipped dashboard on this machine's kernel: what is drawn is what the API answered. */
import type { Response } from '@playwright/test';
import { expect, framesOf, keepScreenshot, queryAnswer, test, type FrameJson } from './fixtures.ts';

interface Cell {
  row: number;
  column: number;
  count: number;
}

const isHeatmap = (frame: FrameJson) => frame.schema.meta?.type === 'heatmap-rows';

/** Counts by row (lowest bucket first) of a heatmap frame; field 0 is the time. */
const countsOf = (frame: FrameJson) => frame.data.values.slice(1) as (number | null)[][];

function cells(frame: FrameJson): Cell[] {
  return countsOf(frame).flatMap((counts, row) =>
    counts.flatMap((count, column) => (count === null ? [] : [{ row, column, count }])),
  );
}

/** The question whose answer is `response`: what the page's time axis spans. */
const rangeOf = (response: Response): { from: number; to: number } => {
  const { from, to } = response.request().postDataJSON() as { from: string; to: string };
  return { from: Number(from), to: Number(to) };
};

test('the heatmap shows exactly what the API answered', async ({ page, stack, problems }) => {
  await page.goto(stack.url);
  const heatmap = page.getByTestId('heatmap').first();
  // Some steps with events, so that there is something to compare.
  await expect
    .poll(async () => Number(await heatmap.getAttribute('data-columns')), { timeout: 30_000 })
    .toBeGreaterThan(5);

  // Paused, a change of the range asks exactly once: what is drawn then is that answer.
  await page.getByRole('button', { name: 'Live' }).click();
  await expect(page.getByRole('button', { name: 'Paused' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  const answered = queryAnswer(page, (frames) => frames.some(isHeatmap));
  await page.getByRole('combobox', { name: 'Time range' }).click();
  await page.getByRole('option', { name: 'Last minute' }).click();
  const response = await answered;
  const frame = (await framesOf(response)).find(isHeatmap);
  if (frame === undefined) throw new Error('unreachable: the answer was chosen for its heatmap');
  const times = frame.data.values[0] as number[];
  const all = cells(frame);
  const total = all.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBeGreaterThan(0);
  await expect(heatmap).toHaveAttribute('data-first-time', String(times[0]));
  await expect(heatmap).toHaveAttribute('data-total', String(total));
  await expect(heatmap).toHaveAttribute('data-rows', String(countsOf(frame).length));
  await expect(heatmap).toHaveAttribute('data-columns', String(times.length));
  await keepScreenshot(page, 'dashboard');

  // The fullest cell and a cell without events, where the time and the bucket say they are.
  const step = Number(await heatmap.getAttribute('data-step'));
  const { from, to } = rangeOf(response);
  const plot = heatmap.locator('.u-over');
  const box = await plot.boundingBox();
  if (box === null) throw new Error('the plot has no size');
  const place = ({ row, column }: Cell) => ({
    x: (((times[column] ?? 0) - step / 2 - from) / (to - from)) * box.width,
    y: (1 - (row + 0.5) / countsOf(frame).length) * box.height,
  });
  // Cells at the edge of the range may be cut.
  const whole = all.filter(({ column }) => (times[column] ?? 0) - step > from && (times[column] ?? 0) < to);
  const fullest = whole.reduce((best, cell) => (cell.count > best.count ? cell : best));
  const empty = whole.find(({ count }) => count === 0);

  await plot.hover({ position: place(fullest) });
  const tooltip = page.getByTestId('heatmap-tooltip');
  await expect(tooltip).toContainText(fullest.count.toLocaleString('en-US'));
  await expect(tooltip).toContainText(frame.schema.fields[fullest.row + 1]?.name ?? 'no such row');

  const pixel = (x: number, y: number) =>
    heatmap.locator('canvas').evaluate(
      (canvas: HTMLCanvasElement, at) => {
        const outer = canvas.getBoundingClientRect();
        const scale = canvas.width / outer.width;
        const context = canvas.getContext('2d');
        if (context === null) throw new Error('no 2d context');
        return [...context.getImageData((at.x - outer.left) * scale, (at.y - outer.top) * scale, 1, 1).data];
      },
      { x: box.x + x, y: box.y + y },
    );
  const colourAt = (cell: Cell) => pixel(place(cell).x, place(cell).y);
  const ground = [0x23, 0x23, 0x2c, 255];
  expect(await colourAt(fullest)).not.toEqual(ground);
  expect((await colourAt(fullest))[3]).toBe(255);
  if (empty !== undefined) expect(await colourAt(empty)).toEqual(ground);
  // Before the first step nothing was collected: no cell, not even an empty one.
  if ((times[0] ?? 0) - 3 * step > from) {
    const { x, y } = place({ row: 0, column: 0, count: 0 });
    const [, , , alpha] = await pixel(x - (2 * step * box.width) / (to - from), y);
    expect(alpha).toBe(0);
  }
  expect(problems).toEqual([]);
});

test('every panel of the dashboard shows data, and none an error', async ({ page, stack, problems }) => {
  await page.goto(stack.url);
  const panels = page.locator('section[data-testid^="panel-"]');
  await expect(panels.first()).toBeVisible();
  for (const panel of await panels.all()) {
    await expect(panel.getByText('No data')).toHaveCount(0, { timeout: 30_000 });
    await expect(panel.getByRole('alert')).toHaveCount(0);
  }
  await expect(page.getByTestId('agent-state')).toHaveAttribute('data-status', 'success');
  expect(problems).toEqual([]);
});

test('the light theme is kept', async ({ page, stack }) => {
  await page.goto(stack.url);
  await page.getByRole('button', { name: 'Switch to the light theme' }).click();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Switch to the dark theme' })).toBeVisible();
  await expect(page.getByTestId('heatmap').first()).toBeVisible();
  await keepScreenshot(page, 'dashboard-light');
});
