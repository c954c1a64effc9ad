/** The one sentence of a failed request that helps: the agent's message, else Grafana's, else the exception's. */
export function errorText(error: unknown): string {
  const data = field(error, 'data');
  const agent = field(data, 'error');
  const candidates = [
    field(agent, 'message'),
    field(data, 'message'),
    agent,
    field(error, 'message'),
    field(error, 'statusText'),
  ];
  const found = candidates.find((text): text is string => typeof text === 'string' && text !== '');
  return found ?? 'The request failed without saying why.';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
