/** /api/v1: thin handlers over the service; schemas are the protocol's. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  Answer,
  Catalog,
  CheckAnswer,
  CheckRequest,
  ErrorAnswer,
  Health,
  ProbeSearch,
  QueryRequest,
  RunInfo,
  TypeSearch,
} from '../protocol/index.ts';
import type { Service } from '../service.ts';
import { callerWith } from './auth.ts';

export interface ApiOptions {
  readonly service: Service;
  readonly health: () => Health;
  readonly searchProbes: (pattern: string, limit: number) => ProbeSearch;
  readonly searchTypes: (pattern: string, limit: number) => TypeSearch;
}

const security = [{ token: [] }];
const refused = { '4xx': ErrorAnswer, '5xx': ErrorAnswer };
const Search = Type.Object({
  search: Type.String({ default: '', maxLength: 256 }),
  limit: Type.String({ default: '100', pattern: '^([1-9][0-9]{0,2}|1000)$', description: '1 to 1000' }),
});
const RunId = Type.Object({ id: Type.String({ maxLength: 128 }) });

export const api: FastifyPluginAsyncTypebox<ApiOptions> = async (
  app,
  { service, health, searchProbes, searchTypes },
) => {
  app.post(
    '/check',
    {
      schema: {
        summary: 'Compile a query without running it',
        description: 'Diagnostics with places, the probes it would attach to, what it would return. Any role.',
        tags: ['queries'],
        security,
        body: CheckRequest,
        response: { 200: CheckAnswer, ...refused },
      },
    },
    async (request) => service.check(callerWith(request, 'viewer', 'Checking'), request.body),
  );

  app.post(
    '/query',
    {
      schema: {
        summary: 'Run a query or metric if it does not run yet, and read a time range',
        description:
          'The same query is attached once, however many ask. Each call renews the lease. Metrics: any role; ' +
          'aggregate-only queries: editor; queries that show single events or text: admin.',
        tags: ['queries'],
        security,
        body: QueryRequest,
        response: { 200: Answer, ...refused },
      },
    },
    async (request) => {
      const what = request.body.metric === undefined ? 'A custom query' : 'Reading a metric';
      return service.query(
        callerWith(request, request.body.metric === undefined ? 'editor' : 'viewer', what),
        request.body,
      );
    },
  );

  app.get(
    '/runs',
    {
      schema: {
        summary: 'What is attached now',
        tags: ['runs'],
        security,
        response: { 200: Type.Object({ runs: Type.Array(RunInfo) }), ...refused },
      },
    },
    async () => ({ runs: [...service.list()] }),
  );

  app.get(
    '/runs/:id',
    { schema: { summary: 'One run', tags: ['runs'], security, params: RunId, response: { 200: RunInfo, ...refused } } },
    async (request) => service.get(request.params.id),
  );

  app.delete(
    '/runs/:id',
    {
      schema: {
        summary: 'Detach a run at once',
        description: 'Needs the role editor; always-on metrics need admin.',
        tags: ['runs'],
        security,
        params: RunId,
        response: { 204: Type.Null(), ...refused },
      },
    },
    async (request, reply) => {
      service.stop(callerWith(request, 'editor', 'Stopping a run'), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/catalog',
    { schema: { summary: 'The shipped metrics', tags: ['catalog'], security, response: { 200: Catalog, ...refused } } },
    async () => ({ metrics: service.catalog.all.map((entry) => entry.metric) }),
  );

  app.get(
    '/probes',
    {
      schema: {
        summary: 'Search probes of this host',
        description: '`search` may hold wildcards (`tracepoint:sched:*`); without any it matches anywhere in the name.',
        tags: ['catalog'],
        security,
        querystring: Search,
        response: { 200: ProbeSearch, ...refused },
      },
    },
    async (request) => searchProbes(request.query.search, Number(request.query.limit)),
  );

  app.get(
    '/types',
    {
      schema: {
        summary: "Search types of this host's kernel",
        description:
          '`search` may hold wildcards (`struct sock*`); without any it is the name of one type, which comes with its members.',
        tags: ['catalog'],
        security,
        querystring: Search,
        response: { 200: TypeSearch, ...refused },
      },
    },
    async (request) => searchTypes(request.query.search, Number(request.query.limit)),
  );

  app.get(
    '/health',
    {
      schema: {
        summary: 'The host and what it can do',
        tags: ['agent'],
        security,
        response: { 200: Health, ...refused },
      },
    },
    async () => health(),
  );
};
