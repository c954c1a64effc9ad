/** The bearer token of a request, as a decorated `request.caller`; and what slows down guessing. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { atLeast, type Caller, type Role, type Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

const WRONG_PER_MINUTE = 60;

/** The token of an Authorization header; null when it holds none. */
function tokenOf(header: string, isPage: boolean): string | null {
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (token !== undefined || !isPage) return token ?? null;
  const basic = /^Basic +([\w+/=]+) *$/i.exec(header)?.[1];
  return basic === undefined
    ? null
    : Buffer.from(basic, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');
}

/**
 * Requires a known token on every route except those with `config.open`. For /docs a browser asks the person who looks:
 * the token is the password there, the name does not matter.
 */
export function authenticate(app: FastifyInstance, tokens: Tokens, now: () => number = Date.now): void {
  const wrong = new Map<string, { count: number; since: number }>();

  const refuseGuessing = (address: string): void => {
    const seen = wrong.get(address);
    if (seen !== undefined && now() - seen.since < 60_000 && seen.count >= WRONG_PER_MINUTE)
      throw new ApiError('too-many-requests');
  };
  const countWrong = (address: string): void => {
    const seen = wrong.get(address);
    if (seen === undefined || now() - seen.since >= 60_000) {
      if (wrong.size > 1000) wrong.clear();
      wrong.set(address, { count: 1, since: now() });
    } else seen.count += 1;
  };

  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    if ((request.routeOptions.config as { open?: boolean }).open === true) return;
    const isPage = request.routeOptions.url?.startsWith('/docs') === true;
    if (isPage) reply.header('www-authenticate', 'Basic realm="bpfscope: the token is the password"');
    const header = request.headers.authorization;
    if (header === undefined) throw new ApiError('token-missing');
    const token = tokenOf(header, isPage);
    if (token === null) throw new ApiError('token-missing', 'The Authorization header is not `Bearer TOKEN`.');
    const caller = tokens.find(token);
    if (caller === null) {
      refuseGuessing(request.ip);
      countWrong(request.ip);
      throw new ApiError('token-wrong');
    }
    if (isPage) reply.removeHeader('www-authenticate');
    request.caller = caller;
  });
}

/** The caller of an authenticated route, who must have this role at least. */
export function callerWith(request: FastifyRequest, role: Role, what: string): Caller {
  const caller = request.caller;
  if (caller === null) throw new ApiError('token-missing');
  if (!atLeast(caller, role))
    throw new ApiError('role-too-low', `${what} needs a token with the role ${role}; this one is ${caller.role}.`, {
      hint: 'Pick a metric from the catalog, or ask the person who runs the agent for another token.',
    });
  return caller;
}
