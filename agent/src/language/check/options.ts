/** What a check depends on besides the query and the host. */
import type { Config } from '../config.ts';

export interface CheckOptions {
  /** `-p`: only this process (thread group, as the agent's namespace numbers it). */
  readonly pid?: number | null;
  /** Process id of the command of `-c`. */
  readonly cpid?: number;
  /** Positional parameters, `$1` first. */
  readonly positional?: readonly string[];
  /** `-- --name=value`, read by getopt(). A flag without a value is 'true'. */
  readonly named?: Readonly<Record<string, string>>;
  /** Allows system(), signal(), override(), write_user() and probes by address. */
  readonly unsafe?: boolean;
  /** The `test:` or `bench:` probes that run; the others are left out. */
  readonly testProbes?: readonly ('test' | 'bench')[];
  /** Wins over the config block (environment variables of the command line, the agent's limits). */
  readonly config?: Partial<Config>;
  /** Iterators may be pinned: files in the BPF file system, which stay when the query has ended. */
  readonly pins?: boolean;
  /** `-k`: reads of memory that fail are reported when the query runs. */
  readonly reportReads?: boolean;
  /** Warnings are left out. */
  readonly quiet?: boolean;
}
