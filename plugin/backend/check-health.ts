/** CheckHealth: what "Save & test" says. Every cause has its own sentence. */
import type { Health } from '@bpfscope/agent/protocol';
import { AgentError, type AgentErrorKind } from './agent-error.ts';
import type { Instances } from './instance.ts';
import { HEALTH_ERROR, HEALTH_OK, type CheckHealthRequest, type CheckHealthResponse } from './messages.ts';

/** The agent's API that this plugin speaks. */
const API = 1;

const answer = (status: number, message: string, verboseMessage: string, more: object = {}): CheckHealthResponse => ({
  status,
  message,
  jsonDetails: Buffer.from(JSON.stringify({ verboseMessage, ...more })),
});

/** What to do about it, below the sentence. */
const ADVICE: Readonly<Record<AgentErrorKind, string>> = {
  settings: 'Correct the settings above and save again.',
  dns: 'Check the host name. Grafana’s server has to be able to look it up, not the browser.',
  unreachable:
    'Start the agent with `bpfscope serve` on that host, and check address, port and firewall. Grafana’s server connects, not the browser.',
  timeout: 'A firewall may drop the connection, or the host is very busy. The timeout can be raised in the settings.',
  tls: 'Add the certificate authority to the settings, or correct the scheme of the URL.',
  token: 'The agent prints the path of its token file when it starts. Paste the token into the settings and save.',
  forbidden: 'The token is known but its role may not do this.',
  refused: '',
  failed: 'The log of the agent says more.',
  foreign: 'Another program answers at this address. The agent listens on port 9435 by default.',
};

const isHealth = (body: unknown): body is Health =>
  typeof body === 'object' && body !== null && typeof (body as Health).version === 'string';

/** Pure: from the agent's health to what the person reads. */
export function describeHealth(health: unknown, origin: string, metrics: number): CheckHealthResponse {
  if (!isHealth(health)) {
    return answer(HEALTH_ERROR, `${origin} answers, but not as a bpfscope agent.`, ADVICE.foreign);
  }
  const { version, api, hostname, kernel, arch, cpus } = health;
  const agent = `bpfscope ${version} on ${hostname}`;
  if (typeof api !== 'number' || api < API) {
    return answer(
      HEALTH_ERROR,
      `The agent is too old: ${agent} speaks API ${api ?? 0}, this plugin needs ${API}.`,
      'Update the agent.',
    );
  }
  if (api > API) {
    return answer(
      HEALTH_ERROR,
      `The plugin is too old: ${agent} speaks API ${api}, this plugin ${API}.`,
      'Update the plugin.',
    );
  }
  if (health.problems.length > 0) {
    const [first = '', ...rest] = health.problems;
    return answer(
      HEALTH_ERROR,
      `${hostname} cannot run queries: ${first}`,
      [...rest, `${agent}, Linux ${kernel} ${arch}`].join('\n'),
    );
  }
  const missing = health.features.filter(({ available }) => !available);
  const lines = [
    `Linux ${kernel} ${arch}, ${cpus} CPUs, ${health.runs} queries running.`,
    ...missing.map(({ name, reason }) => `Not on this kernel: ${name}${reason === undefined ? '' : ` (${reason})`}.`),
  ];
  return answer(HEALTH_OK, `${agent} is ready: Linux ${kernel}, ${metrics} metrics.`, lines.join('\n'), { health });
}

export async function checkHealth(request: CheckHealthRequest, instances: Instances): Promise<CheckHealthResponse> {
  try {
    const { agent } = instances.get(request.pluginContext);
    const health = await agent.health().catch((error: unknown) => {
      throw error instanceof AgentError && error.status === 404
        ? new AgentError('foreign', `${agent.origin} answers, but not as a bpfscope agent.`)
        : error;
    });
    const metrics = isHealth(health) && health.api === API ? (await agent.catalog()).metrics : [];
    return describeHealth(health, agent.origin, metrics.filter(({ unavailable }) => unavailable === null).length);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return answer(HEALTH_ERROR, error.message, ADVICE[error.kind]);
  }
}
