/** YAML text to a checked metric. A mistake names the file and the place in it. */
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { MetricFile } from './schema.ts';

export class CatalogError extends Error {
  override name = 'CatalogError';
}

export function parseMetric(text: string, file: string): MetricFile {
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    throw new CatalogError(`${file}: ${(error as Error).message}`);
  }
  if (!Value.Check(MetricFile, data)) {
    const [first] = Value.Errors(MetricFile, data);
    throw new CatalogError(`${file}: ${first?.instancePath || 'the document'} ${first?.message ?? 'does not fit'}`);
  }
  const metric: MetricFile = data;
  for (const variant of metric.variants) if ('pattern' in variant) checkPattern(variant.pattern, file);
  if (metric.export !== undefined && metric.alwaysOn !== true)
    throw new CatalogError(`${file}: only an always-on metric can be exported`);
  return metric;
}

function checkPattern(pattern: string, file: string): void {
  let groups: string[];
  try {
    groups = Object.keys(new RegExp(`${pattern}|`, 'm').exec('')?.groups ?? {});
  } catch (error) {
    throw new CatalogError(`${file}: pattern: ${(error as Error).message}`);
  }
  if (!groups.includes('value')) throw new CatalogError(`${file}: pattern has no group named "value"`);
}

/** Names, aliases and exported names must not collide. */
export function checkUnique(metrics: readonly MetricFile[]): void {
  const owner = new Map<string, string>();
  for (const metric of metrics) {
    for (const name of [metric.name, ...(metric.aliases ?? [])]) {
      const other = owner.get(name);
      if (other !== undefined) throw new CatalogError(`"${name}" names both ${other} and ${metric.name}`);
      owner.set(name, metric.name);
    }
  }
}
