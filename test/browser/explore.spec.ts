/** Explore: the plugin's own editor, typed into, against this machine's kernel. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, framesOf, keepScreenshot, queryAnswer, startQuery, test, typeQuery } from './fixtures.ts';

/** Writes under a name that no other process of this machine has, and without dd's own three lines. */
function runDd(options: string[]): void {
  const dd = join(mkdtempSync(join(tmpdir(), 'bpfscope-dd-')), 'dd-browser');
  copyFileSync('/usr/bin/dd', dd);
  execFileSync(dd, ['if=/dev/zero', 'of=/dev/null', 'status=none', ...options]);
  rmSync(dirname(dd), { recursive: true });
}

/** Where a character of a drawn line begins, in pixels of the page. */
function leftOf(line: Locator, character: string): Promise<number> {
  return line.evaluate((element, wanted) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().x;
    }
    return Number.NaN;
  }, character);
}

test('a typed query counts exactly what happened', async ({ page, stack, problems }) => {
  await page.goto(`${stack.url}/explore`);
  const source = 'tracepoint:syscalls:sys_enter_write /comm == "dd-browser"/ { @writes[comm] = count(); }';
  await typeQuery(page, source);
  // The agent's opinion: it parses, the probe exists.
  await expect(page.getByTestId('bpfscope-check')).toContainText('tracepoint:syscalls:sys_enter_write');
  await page.getByRole('combobox', { name: 'Show as' }).click();
  await page.getByRole('option', { name: /^Table/ }).click();
  await startQuery(page, source, () => page.getByRole('button', { name: 'Run query' }).click());
  await expect(page.getByTestId('run-line')).toContainText('Attached probes');

  const WRITES = 20_000;
  const running = queryAnswer(page, (frames) =>
    frames.some((frame) => frame.data.values.some((column) => Number(column[0]) >= WRITES)),
  );
  runDd(['bs=1', `count=${WRITES}`]);
  const [frame] = await framesOf(await running);
  const counts = frame?.data.values.find((column) => typeof column[0] === 'number') ?? [];
  expect(counts[0]).toBe(WRITES);
  await expect(page.getByTestId('explore-table')).toContainText('dd-browser');
  await keepScreenshot(page, 'explore-table');
  expect(problems).toEqual([]);
});

test('a histogram becomes a heatmap within two seconds', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  await typeQuery(page, 'tracepoint:syscalls:sys_exit_read /args.ret > 0/ { @bytes = hist(args.ret); }');
  await expect(page.getByTestId('bpfscope-check')).toContainText('sys_exit_read');
  const start = Date.now();
  await page.keyboard.press('ControlOrMeta+Enter');
  await queryAnswer(page, (frames) =>
    frames.some(
      ({ schema, data }) => schema.meta?.custom?.['output'] === '@bytes' && (data.values[0]?.length ?? 0) > 0,
    ),
  );
  // Printed, not asserted: a loaded machine is no reason to fail. The figure is in the log.
  console.log(`heatmap of a typed query after ${Date.now() - start} ms`);
  await expect(page.getByTestId('explore-heatmap').getByTestId('heatmap')).toBeVisible();
  await keepScreenshot(page, 'explore-heatmap');
});

test('a bucket that appears later has its row', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  const source = 'tracepoint:syscalls:sys_enter_write /comm == "dd-browser"/ { @size = hist(args.count); }';
  await typeQuery(page, source);
  await startQuery(page, source, () => page.keyboard.press('ControlOrMeta+Enter'));
  await expect(page.getByTestId('run-line')).toContainText('Attached probes');
  const heatmap = page.getByTestId('explore-heatmap').getByTestId('heatmap');
  runDd(['bs=4', 'count=10']);
  await expect(heatmap).toHaveAttribute('data-total', '10');
  const before = Number(await heatmap.getAttribute('data-rows'));
  runDd(['bs=65536', 'count=20']);
  await expect(heatmap).toHaveAttribute('data-total', '30');
  expect(Number(await heatmap.getAttribute('data-rows'))).toBeGreaterThan(before);

  // The uppermost row is the largest bucket: nothing of it is cut off. Paused, so that the columns stand still.
  await page.getByRole('button', { name: 'Live' }).click();
  const plot = heatmap.locator('.u-over');
  const box = await plot.boundingBox();
  const rows = Number(await heatmap.getAttribute('data-rows'));
  if (box === null) throw new Error('the plot has no size');
  const tooltip = page.getByTestId('heatmap-tooltip');
  await plot.hover({ position: { x: box.width - 40, y: box.height / rows / 2 } });
  await expect(tooltip).toContainText('65.5');
  await plot.hover({ position: { x: box.width - 40, y: box.height - box.height / rows / 2 } });
  await expect(tooltip).toContainText('4');
});

test('a syntax error has its marker where it is', async ({ page, stack, problems }) => {
  await page.goto(`${stack.url}/explore`);
  const source = 'tracepoint:raw_syscalls:sys_enter { @ = count(; }';
  await typeQuery(page, source);
  const check = page.getByTestId('bpfscope-check');
  await expect(check).toContainText(`1:${source.indexOf(';') + 1}`);
  const squiggle = page.locator('.squiggly-error').first();
  await expect(squiggle).toBeVisible();

  // The marker begins where the semicolon is drawn. The editor draws a line anew when its colours or markers change,
  // so both places are read until they agree.
  await expect
    .poll(async () => {
      const mark = await squiggle.boundingBox();
      return mark === null ? Number.NaN : Math.abs(mark.x - (await leftOf(page.locator('.view-line').first(), ';')));
    })
    .toBeLessThan(3);
  await keepScreenshot(page, 'explore-syntax-error');
  expect(problems).toEqual([]);
});

test('what only the kernel knows is marked by the agent', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  await typeQuery(page, 'tracepoint:sched:sched_swich { @ = count(); }');
  await expect(page.getByTestId('bpfscope-check')).toContainText('sched_switch');
  await expect(page.locator('.squiggly-error').first()).toBeVisible();
});

test('running a wrong query shows its error and the page lives on', async ({ page, stack, problems }) => {
  await page.goto(`${stack.url}/explore`);
  await typeQuery(page, 'tracepoint:no:such { @ = count(); }');
  await page.getByRole('button', { name: 'Run query' }).click();
  await expect(page.getByTestId('explore-table').getByRole('alert')).toContainText('no:such');
  await keepScreenshot(page, 'explore-error');
  expect(problems).toEqual([]);
});

test('completion knows the probes of this kernel', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  await typeQuery(page, 'tracepoint:sched:sched_sw');
  await page.keyboard.press('Control+Space');
  await expect(page.locator('.suggest-widget')).toContainText('sched_switch');
});

test("completion knows the kernel's structs and their members", async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  await typeQuery(page, 'begin { $t = (struct task_str');
  await page.keyboard.press('Control+Space');
  await expect(page.locator('.suggest-widget')).toContainText('task_struct');
  await page.keyboard.press('Escape');
  await typeQuery(page, 'begin { print(curtask->mm->total_v');
  await page.keyboard.press('Control+Space');
  await expect(page.locator('.suggest-widget')).toContainText('total_vm');
});

test('a metric is found by the name of the tool people know', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  const picker = page.getByRole('combobox', { name: 'Metric' });
  // The catalog is there, and with it the name of the metric that is chosen; opening the picker clears it.
  await expect(picker).toHaveValue(/Run queue latency/);
  await expect(page.getByText('always on')).toBeVisible();
  await picker.click();
  await expect(picker).toHaveValue('');
  await picker.fill('runqlat');
  await page
    .getByRole('option', { name: /run.queue latency/i })
    .first()
    .click();
  await expect(page.getByTestId('explore-heatmap').getByTestId('heatmap')).toBeVisible();
});

test('an example of the cheat sheet runs when clicked', async ({ page, stack }) => {
  await page.goto(`${stack.url}/explore`);
  await page.getByRole('button', { name: 'Cheat sheet' }).click();
  await page.getByRole('button', { name: /Who makes system calls/ }).click();
  await expect(page.getByTestId('explore-timeseries')).toBeVisible();
});
