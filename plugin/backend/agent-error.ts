/** What can go wrong between this process and an agent, with the sentence that a person reads. */

/** `refused`: the agent's own 4xx; its text is meant for the person who asked. */
export type AgentErrorKind =
  'settings' | 'dns' | 'unreachable' | 'timeout' | 'tls' | 'token' | 'forbidden' | 'refused' | 'failed' | 'foreign';

export class AgentError extends Error {
  readonly kind: AgentErrorKind;
  /** HTTP status for Grafana's caller. 401 is never used: the browser would take it for its own session. */
  readonly status: number;

  constructor(kind: AgentErrorKind, message: string, status = STATUS[kind]) {
    super(message);
    this.name = 'AgentError';
    this.kind = kind;
    this.status = status;
  }
}

const STATUS: Readonly<Record<AgentErrorKind, number>> = {
  settings: 400,
  dns: 502,
  unreachable: 502,
  timeout: 504,
  tls: 502,
  token: 403,
  forbidden: 403,
  refused: 400,
  failed: 502,
  foreign: 502,
};

const CONNECTION: Readonly<Record<string, readonly [AgentErrorKind, (url: URL) => string]>> = {
  ENOTFOUND: ['dns', ({ hostname }) => `The host name ${hostname} is not known: DNS has no address for it.`],
  EAI_AGAIN: ['dns', ({ hostname }) => `The host name ${hostname} could not be looked up: DNS does not answer.`],
  ECONNREFUSED: [
    'unreachable',
    ({ origin }) => `No agent listens at ${origin} (connection refused). Is bpfscope running there?`,
  ],
  EHOSTUNREACH: ['unreachable', ({ origin }) => `There is no route to ${origin}.`],
  ENETUNREACH: ['unreachable', ({ origin }) => `There is no route to ${origin}.`],
  ECONNRESET: ['unreachable', ({ origin }) => `The connection to ${origin} was closed before an answer came.`],
  ETIMEDOUT: ['timeout', ({ origin }) => `${origin} does not answer (connection timed out).`],
  EPROTO: ['tls', ({ origin }) => `${origin} does not speak TLS; should the URL begin with http://?`],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'tls',
    ({ origin }) => `${origin} does not speak TLS; should the URL begin with http://?`,
  ],
};

const isCertificate = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ALTNAME|ERR_SSL|ERR_OSSL/.test(code);

/** From what node:http throws. */
export function connectionError(error: unknown, url: URL): AgentError {
  if (error instanceof AgentError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const known = CONNECTION[code];
  if (known) return new AgentError(known[0], known[1](url));
  if (isCertificate(code)) {
    return new AgentError('tls', `The certificate of ${url.origin} is not accepted: ${message} (${code}).`);
  }
  return new AgentError(
    'unreachable',
    `${url.origin} cannot be reached: ${message}${code === '' ? '' : ` (${code})`}.`,
  );
}

interface ErrorBody {
  error?: { code?: unknown; message?: unknown; hint?: unknown; diagnostics?: unknown };
}
interface Place {
  line?: unknown;
  column?: unknown;
  message?: unknown;
  hint?: unknown;
  severity?: unknown;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The agent's own words: message, each error with its place, hint. */
export function refusalText(body: unknown, status: number): string {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody;
  if (typeof error?.message !== 'string') return `The agent answered with HTTP status ${status}.`;
  const diagnostics = (Array.isArray(error.diagnostics) ? error.diagnostics : []) as Place[];
  const errors = diagnostics.filter(({ severity }) => severity === undefined || severity === 'error');
  const lines = errors.slice(0, 5).map(({ line, column, message, hint }) => {
    const place = typeof line === 'number' ? `${line}:${String(column)}: ` : '';
    return `${place}${sentence(String(message))}${typeof hint === 'string' ? ` ${sentence(hint)}` : ''}`;
  });
  if (errors.length > 5) lines.push(`… and ${errors.length - 5} more.`);
  const head = sentence(error.message);
  const hint = typeof error.hint === 'string' ? ` ${sentence(error.hint)}` : '';
  if (lines.length === 0) return head + hint;
  // The agent's head may be its first error itself: said once.
  const repeated = errors.some(({ message }) => head.includes(String(message)));
  return (repeated ? lines : [head, ...lines]).join('\n');
}

/** From an answer of the agent that is not 2xx. */
export function answerError(status: number, body: unknown, hasToken: boolean): AgentError {
  if (status === 401) {
    return new AgentError(
      'token',
      hasToken
        ? 'The agent does not accept the token of this data source.'
        : 'The agent wants a token, and this data source has none.',
    );
  }
  const text = refusalText(body, status);
  if (status === 403) return new AgentError('forbidden', text);
  if (status >= 400 && status < 500) return new AgentError('refused', text, status);
  return new AgentError('failed', text);
}
