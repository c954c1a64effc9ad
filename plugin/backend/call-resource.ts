/** CallResource: what the editor asks of the agent. Only what is listed; the token never leaves this process. */
import type { Settings } from '../shared/index.ts';
import { AgentError } from './agent-error.ts';
import type { Instances } from './instance.ts';
import { log } from './log.ts';
import type { CallResourceRequest, CallResourceResponse, PluginContext } from './messages.ts';
import { mayRunCustomQueries } from './roles.ts';

interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Query parameters that are passed on. */
  parameters: readonly string[];
  /** For people who may write queries of their own. */
  custom: boolean;
}

const ROUTES: Readonly<Record<string, Route>> = {
  catalog: { method: 'GET', parameters: [], custom: false },
  health: { method: 'GET', parameters: [], custom: false },
  probes: { method: 'GET', parameters: ['search', 'q', 'limit', 'offset', 'type'], custom: true },
  types: { method: 'GET', parameters: ['search', 'limit'], custom: true },
  runs: { method: 'GET', parameters: [], custom: true },
  check: { method: 'POST', parameters: [], custom: true },
};

/** One run by its id: detached on request. The agent decides whether the token may. */
const RUN: Route = { method: 'DELETE', parameters: [], custom: true };

const routeOf = (name: string): Route | undefined =>
  /^runs\/[\w-]{1,128}$/.test(name) ? RUN : Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;

const json = (code: number, body: object): CallResourceResponse => ({
  code,
  headers: { 'content-type': { values: ['application/json'] } },
  body: Buffer.from(JSON.stringify(body)),
});

const refuse = (code: number, name: string, message: string): CallResourceResponse =>
  json(code, { message, error: { code: name, message } });

function passedOn(url: string, { parameters }: Route): string {
  const asked = new URL(url, 'http://plugin').searchParams;
  const kept = new URLSearchParams();
  for (const name of parameters) for (const value of asked.getAll(name)) kept.append(name, value);
  const text = kept.toString();
  return text === '' ? '' : `?${text}`;
}

const mayCall = (route: Route, context: PluginContext | null, settings: Settings): boolean =>
  !route.custom || mayRunCustomQueries(context, settings);

export async function callResource(request: CallResourceRequest, instances: Instances): Promise<CallResourceResponse> {
  const name = request.path.replace(/^\/+|\/+$/g, '');
  const route = routeOf(name);
  if (!route) return refuse(404, 'unknown-resource', `The plugin has no resource ${name}.`);
  if (request.method.toUpperCase() !== route.method) {
    return refuse(405, 'wrong-method', `The resource ${name} takes ${route.method}.`);
  }
  try {
    const { agent, settings } = instances.get(request.pluginContext);
    if (!mayCall(route, request.pluginContext, settings)) {
      return refuse(403, 'role', `This needs the ${settings.customQueryRole} role on this data source.`);
    }
    const body = route.method === 'POST' ? request.body : undefined;
    const {
      status,
      contentType,
      body: bytes,
    } = await agent.raw(route.method, name + passedOn(request.url, route), body);
    // A 401 of the agent is about the data source's token; the browser would take it for its own session.
    if (status === 401) return refuse(403, 'token', 'The agent does not accept the token of this data source.');
    return { code: status, headers: { 'content-type': { values: [contentType] } }, body: bytes };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    log('warn', 'resource call failed', { path: name, error: error.message });
    return refuse(error.status, error.kind, error.message);
  }
}
