/** Every run leaves two lines: who began it with what, and what it cost in the end. */
import type { FastifyBaseLogger } from 'fastify';
import type { RunInfo } from '../protocol/index.ts';
import type { Caller } from './tokens.ts';

/** Longer queries are cut in the log; the hash stays whole. */
const QUERY_LENGTH = 1000;

export class Audit {
  readonly #log: FastifyBaseLogger;
  readonly #open = new Map<string, { run: RunInfo; who: string }>();

  constructor(log: FastifyBaseLogger) {
    this.#log = log.child({ audit: true });
  }

  started(caller: Caller, run: RunInfo): void {
    this.#open.set(run.id, { run, who: caller.name });
    const query = run.query.length > QUERY_LENGTH ? `${run.query.slice(0, QUERY_LENGTH)}...` : run.query;
    const { id, hash, metric, programs, cost } = run;
    this.#log.info({
      event: 'run-started',
      who: caller.name,
      role: caller.role,
      run: id,
      hash,
      metric,
      query,
      programs,
      cost,
    });
  }

  stopped(caller: Caller, run: RunInfo): void {
    this.#log.info({ event: 'run-stopped', who: caller.name, role: caller.role, run: run.id, hash: run.hash });
  }

  refused(caller: Caller, what: string, code: string): void {
    this.#log.info({ event: 'refused', who: caller.name, role: caller.role, what: what.slice(0, QUERY_LENGTH), code });
  }

  /** Writes the end of the runs that live no more. */
  sweep(live: readonly RunInfo[]): void {
    const running = new Map(live.map((run) => [run.id, run]));
    for (const [id, { run, who }] of this.#open) {
      const now = running.get(id);
      if (now?.state === 'running') {
        this.#open.set(id, { run: now, who });
        continue;
      }
      this.#open.delete(id);
      const { hash, metric, startedAt, cost } = now ?? run;
      this.#log.info({
        event: 'run-ended',
        who,
        run: id,
        hash,
        metric,
        seconds: (Date.now() - startedAt) / 1000,
        cost,
      });
    }
  }
}
