/** The backend's own numbers; Grafana publishes them at /metrics/plugins/<id>. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CollectMetricsResponse } from './messages.ts';

const registry = new Registry();

const queries = new Counter({
  name: 'bpfscope_plugin_queries_total',
  help: 'Queries answered, by result: ok, downstream (the user or the agent), plugin (this process).',
  labelNames: ['result'],
  registers: [registry],
});
const seconds = new Histogram({
  name: 'bpfscope_plugin_query_duration_seconds',
  help: 'Time from a query to its frames, the agent included.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [registry],
});
new Gauge({
  name: 'bpfscope_plugin_resident_memory_bytes',
  help: 'Resident memory of the plugin process.',
  registers: [registry],
  collect() {
    this.set(process.memoryUsage.rss());
  },
});

export function observeQuery(result: 'ok' | 'downstream' | 'plugin', duration: number): void {
  queries.inc({ result });
  seconds.observe(duration);
}

export async function collectMetrics(): Promise<CollectMetricsResponse> {
  return { metrics: { prometheus: Buffer.from(await registry.metrics()) } };
}
