/** Every shipped metric compiles, passes the verifier of this kernel, and attaches. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent, type TestAgent } from '../http/agent.ts';

const root = process.getuid?.() === 0;

describe.skipIf(!root)('the catalog on this kernel (needs root)', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startAgent({ alwaysOn: false });
  });
  afterAll(() => agent.close());

  it('runs every metric that is available here', async () => {
    const refused: string[] = [];
    let ran = 0;
    for (const { metric } of agent.server.service.catalog.all) {
      if (metric.unavailable !== null) continue;
      const now = Date.now();
      const { status, json, text } = await agent.call('query', { metric: metric.name, from: now - 1000, to: now });
      if (status !== 200) refused.push(`${metric.name}: ${text}`);
      else {
        ran += 1;
        const { run } = json as { run: { id: string } };
        await agent.call(`runs/${run.id}`, undefined, 'DELETE');
      }
    }
    expect(refused).toEqual([]);
    expect(ran).toBeGreaterThan(100);
  });

  it('says what is missing for the rest', () => {
    for (const { metric } of agent.server.service.catalog.all)
      if (metric.unavailable !== null) expect(metric.unavailable).toMatch(/^Needs .*\.$/);
  });
});
