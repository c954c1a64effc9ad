/** The metrics of a folder, checked: for tests, and for whoever writes metrics. The agent itself has them in embedded.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkUnique, parseMetric } from './parse.ts';
import type { MetricFile } from './schema.ts';

export function loadMetrics(folder: string): readonly MetricFile[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const metrics = files.map((file) => parseMetric(readFileSync(join(folder, file), 'utf8'), file));
  checkUnique(metrics);
  return metrics;
}
