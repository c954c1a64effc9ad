/** The agent's own numbers, by prom-client: requests, process, and what is attached. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RunInfo } from '../protocol/index.ts';

export class AgentMetrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #runs: Gauge<'state'>;
  readonly #programs: Gauge;
  readonly #started: Counter;
  readonly #seen = new Set<string>();

  constructor(version: string) {
    const registers = [this.registry];
    this.#requests = new Histogram({
      name: 'bpfscope_http_request_duration_seconds',
      help: 'Time to answer API requests.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.#runs = new Gauge({ name: 'bpfscope_runs', help: 'Queries by state.', labelNames: ['state'], registers });
    this.#programs = new Gauge({ name: 'bpfscope_programs', help: 'BPF programs loaded now.', registers });
    this.#started = new Counter({ name: 'bpfscope_runs_started_total', help: 'Queries attached.', registers });
    const info = new Gauge({
      name: 'bpfscope_build_info',
      help: 'Version of the agent; always 1.',
      labelNames: ['version', 'runtime'],
      registers,
    });
    info.set({ version, runtime: 'bun' in process.versions ? 'bun' : `node ${process.versions.node}` }, 1);
    const memory: Gauge = new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory of the agent.',
      registers,
      collect: () => memory.set(process.memoryUsage.rss()),
    });
    const cpu: Counter = new Counter({
      name: 'process_cpu_seconds_total',
      help: 'CPU time of the agent, user and system.',
      registers,
      collect: () => {
        const { user, system } = process.cpuUsage();
        cpu.reset();
        cpu.inc((user + system) / 1e6);
      },
    });
    const start = new Gauge({
      name: 'process_start_time_seconds',
      help: 'When the agent began, in Unix seconds.',
      registers,
    });
    start.set(Date.now() / 1000 - process.uptime());
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** Takes stock of the runs, before a scrape. */
  runs(list: readonly RunInfo[]): void {
    const states = { running: 0, ended: 0, failed: 0 };
    let programs = 0;
    for (const run of list) {
      states[run.state] += 1;
      if (run.state === 'running') programs += run.programs;
      if (this.#seen.has(run.id)) continue;
      this.#seen.add(run.id);
      this.#started.inc();
    }
    const live = new Set(list.map((run) => run.id));
    for (const id of this.#seen) if (!live.has(id)) this.#seen.delete(id);
    for (const [state, count] of Object.entries(states)) this.#runs.set({ state }, count);
    this.#programs.set(programs);
  }
}
