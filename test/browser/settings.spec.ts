/** The data source's settings, and what is seen when the agent is gone. */
import { expect, keepScreenshot, test } from './fixtures.ts';
import { startStack } from './stack.ts';

test('the test button says that the agent is ready, and the token never reaches the page', async ({
  page,
  stack,
  problems,
}) => {
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => bodies.push(response.text().catch(() => '')));
  await page.goto(`${stack.url}/settings`);
  await expect(page.getByRole('textbox', { name: /^Token/ })).toHaveValue('configured');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(/is ready/).first()).toBeVisible();
  await keepScreenshot(page, 'settings');
  expect((await Promise.all(bodies)).some((body) => body.includes(stack.token))).toBe(false);
  expect(problems).toEqual([]);
});

test('an agent that dies is named in one sentence in every panel', async ({ page }) => {
  const stack = await startStack();
  try {
    await page.goto(stack.url);
    await expect(page.getByTestId('heatmap').first()).toBeVisible();
    await stack.killAgent();
    await expect(page.getByTestId('panel-1').getByRole('alert')).toContainText(stack.agentUrl);
    await keepScreenshot(page, 'agent-down');
  } finally {
    await stack.close();
  }
});
