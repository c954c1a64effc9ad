/**
 * Every way in which the API refuses. A code never changes its meaning; docs/errors.md explains each (a test holds
 * the two together). Messages are for the person in front of the panel: what is wrong, then what to do.
 */
import type { DiagnosticMessage, ErrorAnswer } from '../protocol/index.ts';

interface ErrorRow {
  readonly status: number;
  /** Used when the place that refuses has nothing more precise to say. */
  readonly message: string;
  readonly hint?: string;
}

export const ERRORS = {
  'request-invalid': { status: 400, message: 'The request is not what this call expects.' },
  'body-not-json': {
    status: 415,
    message: 'The request body is not JSON.',
    hint: 'Send Content-Type: application/json.',
  },
  'token-missing': {
    status: 401,
    message: 'This call needs a token.',
    hint: "Send Authorization: Bearer TOKEN; the token is in the agent's token file.",
  },
  'token-wrong': {
    status: 401,
    message: 'The agent does not know this token.',
    hint: "Copy it again from the agent's token file; the agent reads the file at start.",
  },
  'role-too-low': { status: 403, message: 'The role of this token does not allow that.' },
  'not-found': { status: 404, message: 'There is no such address.', hint: 'The API is described at /docs.' },
  'run-unknown': {
    status: 404,
    message: 'There is no such run.',
    hint: 'It may have ended; GET /api/v1/runs lists those that live.',
  },
  'metric-unknown': {
    status: 404,
    message: 'The catalog has no such metric.',
    hint: 'GET /api/v1/catalog lists them.',
  },
  'metric-unavailable': { status: 422, message: 'This host cannot collect this metric.' },
  'query-invalid': { status: 422, message: 'The query is wrong.' },
  'request-too-large': {
    status: 413,
    message: 'The request is larger than 256 KiB.',
    hint: 'A query of that size is no panel query; run it with `bpfscope run FILE`.',
  },
  'range-invalid': { status: 400, message: '`to` must be later than `from`.' },
  'too-many-runs': {
    status: 429,
    message: 'Too many queries are running on this host.',
    hint: 'Stop one (DELETE /api/v1/runs/ID) or wait until a lease ends.',
  },
  'too-many-requests': { status: 429, message: 'Too many wrong tokens from this address.', hint: 'Wait a minute.' },
  'not-permitted': { status: 503, message: 'The kernel does not permit the agent to do that.' },
  'host-incapable': { status: 503, message: 'This host cannot run BPF queries.' },
  'shutting-down': { status: 503, message: 'The agent is shutting down.' },
  internal: {
    status: 500,
    message: 'The agent failed at this; that is a bug.',
    hint: "The agent's log has the details under this request's id.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Thrown by handlers; the error handler of the app turns it into an `ErrorAnswer`. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly diagnostics: readonly DiagnosticMessage[] | undefined;

  constructor(
    code: ErrorCode,
    message?: string,
    more: { hint?: string | undefined; diagnostics?: readonly DiagnosticMessage[] } = {},
  ) {
    const row: ErrorRow = ERRORS[code];
    super(message ?? row.message);
    this.name = 'ApiError';
    this.code = code;
    this.hint = more.hint ?? (message === undefined ? row.hint : undefined);
    this.diagnostics = more.diagnostics;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  body(): ErrorAnswer {
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(this.hint === undefined ? {} : { hint: this.hint }),
        ...(this.diagnostics === undefined ? {} : { diagnostics: [...this.diagnostics] }),
      },
    };
  }
}
