/** The three calls of Grafana's HTTP API that data sources make, answered by the plugin's own backend process. */
import type { FastifyInstance } from 'fastify';
import type { PluginHost } from '../../host/index.ts';
import { pluginContext, type Caller, type DataSource, type HostQuery } from '../../host/index.ts';
import { jsonFrame } from '../../backend/json-frame.ts';
import type { ProvisionedDataSource } from './provisioning.ts';

/** There are no users here: whoever sits at this machine may ask what its token may. */
const CALLER: Caller = { role: 'Admin', login: 'workbench' };

export interface GrafanaApi {
  host: () => Promise<PluginHost>;
  sources: readonly ProvisionedDataSource[];
}

interface QueryBody {
  from: string;
  to: string;
  queries: (HostQuery & { datasource?: { uid?: string } })[];
}

const MILLISECONDS = { type: 'string', pattern: '^[0-9]{1,15}$' };
const QUERY_BODY = {
  type: 'object',
  required: ['from', 'to', 'queries'],
  properties: {
    from: MILLISECONDS,
    to: MILLISECONDS,
    queries: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['refId'], properties: { refId: { type: 'string' } } },
    },
  },
};

const toDataSource = ({ uid, name, url, jsonData, secrets }: ProvisionedDataSource): DataSource => ({
  uid,
  name,
  url,
  jsonData,
  secureJsonData: secrets,
});

export function addGrafanaApi(app: FastifyInstance, { host, sources }: GrafanaApi): void {
  const contextOf = (uid: string | undefined) => {
    const source = uid === undefined ? sources[0] : sources.find((one) => one.uid === uid);
    return source === undefined ? undefined : pluginContext(toDataSource(source), CALLER);
  };

  app.post<{ Body: QueryBody }>('/api/ds/query', { schema: { body: QUERY_BODY } }, async (request, reply) => {
    const { from, to, queries } = request.body;
    const context = contextOf(queries[0]?.datasource?.uid);
    if (context === undefined) return reply.code(404).send({ message: 'Unknown data source.' });
    const answers = await (await host()).queryData(context, { from: Number(from), to: Number(to), queries });
    const results = Object.fromEntries(
      Object.entries(answers).map(([refId, { frames, ...rest }]) => [
        refId,
        { ...rest, frames: frames.map((frame) => jsonFrame(frame)) },
      ]),
    );
    const worst = Math.max(200, ...Object.values(answers).map(({ status, error }) => (error ? status || 500 : 200)));
    return reply.code(worst).send({ results });
  });

  app.route<{ Params: { uid: string; '*': string } }>({
    method: ['GET', 'POST'],
    url: '/api/datasources/uid/:uid/resources/*',
    handler: async (request, reply) => {
      const context = contextOf(request.params.uid);
      if (context === undefined) return reply.code(404).send({ message: 'Unknown data source.' });
      const path = request.params['*'];
      const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
      const answer = await (
        await host()
      ).callResource({
        pluginContext: context,
        path,
        method: request.method,
        url: path + query,
        headers: {},
        body: Buffer.from(request.body === undefined ? '' : JSON.stringify(request.body)),
      });
      const type = answer.headers['content-type']?.values[0] ?? 'application/json';
      return reply.code(answer.code).type(type).send(answer.body);
    },
  });

  app.get<{ Params: { uid: string } }>('/api/datasources/uid/:uid/health', async (request, reply) => {
    const context = contextOf(request.params.uid);
    if (context === undefined) return reply.code(404).send({ message: 'Unknown data source.' });
    const { status, message, jsonDetails } = await (await host()).checkHealth(context);
    const details: unknown = jsonDetails.length === 0 ? {} : JSON.parse(Buffer.from(jsonDetails).toString('utf8'));
    const ok = status === 1;
    return reply.code(ok ? 200 : 400).send({ status: ok ? 'OK' : 'ERROR', message, details });
  });
}
