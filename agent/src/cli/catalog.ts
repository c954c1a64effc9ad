/** `bpfscope catalog`: the shipped metrics as this host can run them; with a name, one of them and its query. */
import { Command } from 'commander';
import { EMBEDDED } from '../catalog/embedded.ts';
import { HostCatalog, type HostMetric } from '../catalog/host-catalog.ts';
import { hostFacts } from '../catalog/host-facts.ts';
import { hostTarget } from '../engine/index.ts';

export function catalogCommand(): Command {
  return new Command('catalog')
    .description('List the shipped metrics; with a name, show one and its query')
    .argument('[name]', 'a metric, or the name that another tool has for it')
    .option('--json', 'print JSON')
    .action((name: string | undefined, options: { json?: boolean }) => {
      const catalog = new HostCatalog(EMBEDDED, hostFacts(hostTarget()));
      const entry = name === undefined ? null : catalog.find(name);
      if (name !== undefined && entry === null) {
        const near = catalog.suggest(name);
        const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
        process.stderr.write(`ERROR: the catalog has no metric "${name}".${hint}\n`);
        process.exitCode = 1;
        return;
      }
      const shown = entry === null ? catalog.all : [entry];
      if (options.json === true)
        process.stdout.write(
          `${JSON.stringify(
            shown.map(({ metric }) => metric),
            null,
            2,
          )}\n`,
        );
      else process.stdout.write(entry === null ? listing(shown) : page(entry));
    });
}

/** One line a metric, by group. */
export function listing(entries: readonly HostMetric[]): string {
  const width = Math.max(...entries.map(({ metric }) => metric.name.length));
  const lines: string[] = [];
  let group = '';
  for (const { metric } of entries) {
    if (metric.group !== group) lines.push('', (group = metric.group));
    const state = metric.unavailable === null ? (metric.alwaysOn ? ' (always on)' : '') : ` (${metric.unavailable})`;
    lines.push(`  ${metric.name.padEnd(width)}  ${metric.cost.padEnd(11)}  ${metric.title}${state}`);
  }
  return `${lines.slice(1).join('\n')}\n`;
}

function page({ metric, source }: HostMetric): string {
  const lines = [
    `${metric.name}: ${metric.title}`,
    metric.description,
    '',
    `kind ${metric.kind}, unit ${metric.unit}, cost ${metric.cost}`,
  ];
  if (metric.labels.length > 0) lines.push(`by ${metric.labels.join(', ')}`);
  if (metric.aliases.length > 0) lines.push(`also known as ${metric.aliases.join(', ')}`);
  if (metric.unavailable !== null) lines.push('', metric.unavailable);
  else if (source?.kind === 'query') lines.push('', source.query);
  else if (source !== null) lines.push('', `${source.counter.file}: ${source.counter.pattern}`);
  return `${lines.join('\n')}\n`;
}
