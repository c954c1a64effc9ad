/**
 * /docs: the API's description and a page to try it. Built when somebody looks: it takes 20 MB that an agent which only
 * collects has no use for. A second instance, without a socket, has the same routes and their schemas.
 */
import { createRequire } from 'node:module';
import fastify, { type FastifyInstance } from 'fastify';
import { api } from './api.ts';

export function serveDocs(http: FastifyInstance, version: string): void {
  let docs: Promise<FastifyInstance> | null = null;
  const answer = async (url: string): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> => {
    const instance = await (docs ??= buildDocs(version));
    const { statusCode, headers, rawPayload } = await instance.inject({ method: 'GET', url });
    const kept = ['content-type', 'location', 'cache-control', 'etag'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return { status: statusCode, headers: Object.fromEntries(kept), body: rawPayload };
  };
  for (const url of ['/docs', '/docs/*'])
    http.get(url, async (request, reply) => {
      const { status, headers, body } = await answer(request.url);
      return reply.code(status).headers(headers).send(body);
    });
  http.addHook('onClose', async () => (await docs)?.close());
}

async function buildDocs(version: string): Promise<FastifyInstance> {
  const docs = fastify();
  const { default: swagger } = await import('@fastify/swagger');
  await docs.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'bpfscope agent', version, description: 'BPF queries in, buckets out.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
  });
  docs.setSerializerCompiler(() => (data) => JSON.stringify(data));
  docs.decorateRequest('caller', null);
  const nothing = (): never => {
    throw new Error('the documentation answers no calls');
  };
  await docs.register(api, {
    prefix: '/api/v1',
    service: {} as never,
    health: nothing,
    searchProbes: nothing,
    searchTypes: nothing,
  });
  await servePage(docs);
  return docs;
}

/** The page needs files of its package, which the executable does not hold: there /docs is the plain description. */
async function servePage(docs: FastifyInstance): Promise<void> {
  try {
    createRequire(import.meta.url).resolve('@fastify/swagger-ui/static/index.html');
  } catch {
    const hidden = { schema: { hide: true } };
    docs.get('/docs', hidden, (_request, reply) => reply.redirect('/docs/json'));
    docs.get('/docs/json', hidden, async () => docs.swagger());
    return;
  }
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  await docs.register(swaggerUi, { routePrefix: '/docs' });
}
