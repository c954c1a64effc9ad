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

/** Requires a known token on every route except those with `config.open` and the API's description, which says nothing of the host. */
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
  app.addHook('onRequest', async (request) => {
    if ((request.routeOptions.config as { open?: boolean }).open === true) return;
    if (request.routeOptions.url?.startsWith('/docs') === true) return;
    const header = request.headers.authorization;
    if (header === undefined) throw new ApiError('token-missing');
    const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
    if (token === undefined) throw new ApiError('token-missing', 'The Authorization header is not `Bearer TOKEN`.');
    const caller = tokens.find(token);
    if (caller === null) {
      refuseGuessing(request.ip);
      countWrong(request.ip);
      throw new ApiError('token-wrong');
    }
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
