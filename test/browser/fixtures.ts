/** Test functions with the running processes, and what several specs read from the page. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, type Page, type Response } from '@playwright/test';
import { missing, startStack, type Stack } from './stack.ts';

export { expect } from '@playwright/test';

const SCREENSHOTS = join(import.meta.dirname, '..', '..', 'artifacts', 'browser', 'screenshots');

export const test = base.extend<{ problems: string[] }, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs from this pattern
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  /** Exceptions of the page: a test that makes none expects this list to stay empty. */
  problems: async ({ page }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await use(problems);
  },
});

const reason = missing();
test.skip(reason !== null, reason ?? '');

export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** One field of a frame in Grafana's JSON form. */
export interface FrameJson {
  schema: {
    meta?: { type?: string; custom?: Record<string, unknown> };
    fields: { name: string; type: string; labels?: Record<string, string> }[];
  };
  data: { values: (number | string | null)[][] };
}

export async function framesOf(response: Response): Promise<FrameJson[]> {
  const { results } = (await response.json()) as { results: Record<string, { frames?: FrameJson[] }> };
  return Object.values(results).flatMap(({ frames }) => frames ?? []);
}

/** Answers of /api/ds/query that carry a frame of this type. */
export function queryAnswer(page: Page, accepts: (frames: FrameJson[]) => boolean): Promise<Response> {
  return page.waitForResponse(async (response) => {
    if (!response.url().includes('/api/ds/query') || !response.ok()) return false;
    return accepts(await framesOf(response));
  });
}

/** Replaces what is in the code editor as a person does: by keys. */
export async function typeQuery(page: Page, source: string): Promise<void> {
  await page.getByRole('radio', { name: 'Code' }).click({ force: true });
  const editor = page.locator('.monaco-editor').first();
  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  // insertText is one input event: the editor closes no brackets of its own then.
  await page.keyboard.insertText(source);
}

/**
 * Starts a query and waits until the agent has answered for this very text: its probes are attached from then on.
 * What the page shows is no proof of that, since Explore begins with a metric whose line looks the same.
 */
export async function startQuery(page: Page, source: string, start: () => Promise<void>): Promise<void> {
  const text = JSON.stringify(source).slice(1, -1);
  const attached = page.waitForResponse(
    (response) =>
      response.url().includes('/api/ds/query') &&
      response.ok() &&
      (response.request().postData()?.includes(text) ?? false),
  );
  await start();
  await attached;
}
