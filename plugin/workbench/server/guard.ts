/**
 * Who may talk to the workbench. It listens on loopback and has no users, so two things are left to guard against: a web
 * page elsewhere that makes the person's browser send requests here (Origin), and a foreign name that was made to point
 * to 127.0.0.1 (Host).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

const NAMES = ['localhost', '127.0.0.1', '[::1]'];

export const allowedHosts = (port: number): Set<string> => new Set(NAMES.map((name) => `${name}:${port}`));

export function mayPass(
  headers: { host?: string | undefined; origin?: string | undefined },
  hosts: Set<string>,
): boolean {
  const { host, origin } = headers;
  if (host === undefined || !hosts.has(host)) return false;
  // Browsers leave Origin out of plain navigation only; `null` (a sandboxed frame, a file) is not ours.
  return origin === undefined || origin === `http://${host}`;
}

/** Refuses everything else with 403 before any route runs. `port` is known once it listens. */
export function addGuard(app: FastifyInstance, port: () => number): void {
  app.addHook('onRequest', async (request: FastifyRequest, reply) => {
    if (mayPass(request.headers, allowedHosts(port()))) return undefined;
    return reply
      .code(403)
      .send({ message: `The workbench answers only pages of its own: open http://localhost:${port()}.` });
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('x-frame-options', 'DENY');
    reply.header('referrer-policy', 'no-referrer');
    // Everything comes from here; Grafana's styles (emotion) and SystemJS need inline styles and no more.
    reply.header(
      'content-security-policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:",
    );
  });
}
