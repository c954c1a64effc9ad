/** `bpfscope catalog`: the shipped metrics as this host can run them; with a name, one of them and its query. */
import { Command } from 'commander';
import { EMBEDDED } from '../catalog/embedded.ts';
import { HostCatalog, type HostMetric } from '../catalog/host-catalog.ts';
import { hostFacts } from '../catalog/host-facts.ts';
import { hostTarget } from '../engine/index.ts';
import { environmentProblems } from '../environment.ts';
import { EnvironmentError } from './usage-error.ts';

export function catalogCommand(): Command {
  return new Command('catalog')
    .description('List the shipped metrics; with a name, show one and its query')
    .argument('[name]', 'a metric, or the name that another tool has for it')
    .option('--json', 'print JSON')
    .option('--verify', 'attach every metric once, and say which ones this kernel refuses')
    .action(async (name: string | undefined, options: { json?: boolean; verify?: boolean }) => {
      const catalog = new HostCatalog(EMBEDDED, hostFacts(hostTarget()));
      if (options.verify === true) {
        process.exitCode = await verify(catalog);
        return;
      }
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

async function verify(catalog: HostCatalog): Promise<number> {
  const problem = environmentProblems()[0];
  if (problem !== undefined) throw new EnvironmentError(problem.text);
  const { verifyCatalog } = await import('./catalog-verify.ts');
  let attached = 0;
  let refused = 0;
  for await (const { name, refusal } of verifyCatalog(catalog, hostTarget())) {
    if (refusal === null) attached += 1;
    else {
      refused += 1;
      process.stdout.write(`refused: ${name}\n${refusal}`);
    }
  }
  const unavailable = catalog.all.filter(({ source }) => source === null).length;
  process.stdout.write(
    `${attached} metrics attached, ${refused} refused, ${unavailable} need what this host does not have\n`,
  );
  return refused === 0 ? 0 : 1;
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
