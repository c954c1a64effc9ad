/** The workbench as a Fastify application: the page, the built plugin, and the part of Grafana's API that it needs. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import type { BootData } from '../boot-data.ts';
import { addGrafanaApi, type GrafanaApi } from './grafana-api.ts';
import { addGuard } from './guard.ts';
import { PLUGIN_ID, readDashboards } from './provisioning.ts';

export interface AppOptions extends GrafanaApi {
  /** The repository's root, where plugin/dist, plugin/build/page and dashboards/ are. */
  root: string;
  /** The port in the Host header. */
  port: () => number;
}

const require = createRequire(import.meta.url);
const SPINNER =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 2a10 10 0 0 1 10 10h-3a7 7 0 0 0-7-7z"/></svg>';
const LARGEST_BODY = 4 * 1024 * 1024;

export async function makeApp(options: AppOptions): Promise<FastifyInstance> {
  const { root, sources, port } = options;
  const app = Fastify({ logger: { level: 'warn' }, bodyLimit: LARGEST_BODY, forceCloseConnections: true });
  addGuard(app, port);
  const plugin = join(root, 'plugin', 'dist');
  const page = join(root, 'plugin', 'build', 'page');
  const icons = join(dirname(require.resolve('@grafana/ui/package.json')), 'dist', 'public', 'img', 'icons');
  const files = { decorateReply: false, index: false as const, cacheControl: true };
  await app.register(fastifyStatic, { ...files, root: page, prefix: '/page/', maxAge: '1y', immutable: true });
  await app.register(fastifyStatic, { ...files, root: icons, prefix: '/public/build/img/icons/', maxAge: '1d' });
  await app.register(fastifyStatic, {
    ...files,
    root: plugin,
    prefix: `/public/plugins/${PLUGIN_ID}/`,
    maxAge: 0,
    // The executable lies beside; the browser needs the rest only.
    allowedPath: (path) => !path.includes('gpx_'),
  });
  addFonts(app);
  // @grafana/ui asks for its spinner but does not ship it.
  app.get('/public/build/img/icons/unicons/spinner.svg', async (_request, reply) =>
    reply.type('image/svg+xml').send(SPINNER),
  );
  addGrafanaApi(app, options);

  app.get('/workbench/boot.json', async (): Promise<BootData> => {
    const meta = JSON.parse(await readFile(join(plugin, 'plugin.json'), 'utf8')) as Record<string, unknown>;
    const ui = require('@grafana/ui/package.json') as { version: string };
    const dashboards = [...(await readDashboards(join(root, 'dashboards'))).values()];
    return {
      grafanaVersion: ui.version,
      plugin: {
        id: PLUGIN_ID,
        module: `/public/plugins/${PLUGIN_ID}/module.js`,
        meta: { ...meta, module: 'module', baseUrl: `/public/plugins/${PLUGIN_ID}` },
      },
      dataSources: sources.map(({ secrets: _secrets, ...shown }) => shown),
      dashboards: dashboards.map(({ uid, title }) => ({ uid, title })),
    };
  });

  app.get<{ Params: { uid: string } }>('/workbench/dashboards/:uid', async (request, reply) => {
    const dashboard = (await readDashboards(join(root, 'dashboards'))).get(request.params.uid);
    return dashboard ?? reply.code(404).send({ message: `There is no dashboard ${request.params.uid}.` });
  });

  // Every other path is a page of the single-page application.
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET' || /^\/(api|page|public|workbench)\//.test(request.url)) {
      return reply.code(404).send({ message: 'Not found.' });
    }
    return reply.type('text/html').send(await html(page));
  });
  return app;
}

/** Grafana's styles ask for these folders by its own file names; one variable font serves all weights of a family. */
const FONTS: Record<string, string> = {
  inter: '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  roboto: '@fontsource-variable/roboto-mono/files/roboto-mono-latin-wght-normal.woff2',
};

function addFonts(app: FastifyInstance): void {
  app.get<{ Params: { family: string } }>('/public/fonts/:family/:file', async (request, reply) => {
    const font = FONTS[request.params.family];
    if (font === undefined) return reply.code(404).send({ message: 'Not found.' });
    reply.type('font/woff2').header('cache-control', 'public, max-age=86400');
    return reply.send(await readFile(require.resolve(font)));
  });
}

async function html(page: string): Promise<string> {
  const entries = JSON.parse(await readFile(join(page, 'entry.json'), 'utf8')) as string[];
  const scripts = entries.map((file) => `<script defer src="/page/${file}"></script>`).join('\n    ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>bpfscope workbench</title>
    <link rel="icon" href="/public/plugins/${PLUGIN_ID}/img/logo.svg" />
    <style>
      body { margin: 0; background: #111217; }
      #root:empty::before { content: 'Loading the workbench'; color: #ccccdc; font: 14px sans-serif; padding: 16px; display: block; }
    </style>
    ${scripts}
  </head>
  <body>
    <div id="root"></div>
  </body>
</html>
`;
}
