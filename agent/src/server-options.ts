/** How an agent can be started, and what is taken when nothing is said. Without a web server, so that help is fast. */
export interface ServerOptions {
  /** Default 127.0.0.1. Any other address needs TLS or `plainHttp`. */
  readonly host: string;
  /** Default 9435; 0: any free one. */
  readonly port: number;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Certificates that clients must have been signed by. */
  readonly clientCa?: string;
  /** Allows other addresses without TLS, where the network itself is trusted. */
  readonly plainHttp: boolean;
  readonly alwaysOn: boolean;
  readonly maxRuns: number;
  readonly historySeconds: number;
  /** MiB that all runs together may remember. */
  readonly memory: number;
  /** Has the kernel time all BPF programs, so that runs have a cost. */
  readonly runStats: boolean;
  readonly logLevel: string;
  /** Where the log goes; default standard error. */
  readonly logFile?: string;
}

export const DEFAULTS: ServerOptions = {
  host: '127.0.0.1',
  port: 9435,
  plainHttp: false,
  alwaysOn: true,
  maxRuns: 64,
  historySeconds: 3600,
  memory: 256,
  runStats: false,
  logLevel: 'info',
};
