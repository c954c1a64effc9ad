/** All shipped metrics, checked. */
import { EMBEDDED } from './embedded.ts';
import { checkUnique, parseMetric } from './parse.ts';
import type { MetricFile } from './schema.ts';

export function loadMetrics(
  files: readonly (readonly [file: string, text: string])[] = EMBEDDED,
): readonly MetricFile[] {
  const metrics = files.map(([file, text]) => parseMetric(text, file));
  checkUnique(metrics);
  return metrics;
}
