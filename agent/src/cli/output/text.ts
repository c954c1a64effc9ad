/** What bpftrace 0.27 prints without -f. */
import { mapText } from '../../decode/map-text.ts';
import { datumText } from '../../decode/text.ts';
import type { Benchmark } from '../../engine/benchmark.ts';
import type { Printer, Streams, TestEvent, TestResult } from './printer.ts';

/** In the order of the names. */
function benchmarkTable(found: readonly Benchmark[]): string {
  const sorted = [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = [
    ['BENCHMARK', 'NANOSECONDS'],
    ...sorted.map(({ name, nanoseconds }) => [name, String(nanoseconds)]),
  ] as const;
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const lines = rows.map((row) => `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`);
  const [head = '', ...body] = lines;
  return `${[rule, head, rule, ...body, rule].join('\n')}\n`;
}

const some = (count: number): string => `${count} test${count === 1 ? '' : 's'}`;

function testText(event: TestEvent): string {
  switch (event.kind) {
    case 'all':
      return `[==========] Running ${some(event.count)}.\n`;
    case 'begin':
      return `[ RUN      ] ${event.name}\n`;
    case 'end': {
      const { name, passed, milliseconds } = event.result;
      return `${passed ? '[       OK ]' : '[  FAILED  ]'} ${name} (${milliseconds} ms)\n`;
    }
    case 'over':
      return testSummary(event.results);
  }
}

function testSummary(results: readonly TestResult[]): string {
  const failed = results.filter(({ passed }) => !passed);
  const time = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = [
    `[==========] ${some(results.length)} ran. (${time} ms total)`,
    `[  PASSED  ] ${some(results.length - failed.length)}.`,
  ];
  if (failed.length > 0) lines.push(`[  FAILED  ] ${some(failed.length)}:`);
  return [...lines, ...failed.map(({ name }) => `[  FAILED  ] ${name}`), ''].join('\n');
}

export function textPrinter({ out, err }: Streams): Printer {
  return {
    attached: (probes) => err(`Attached ${probes} probe${probes === 1 ? '' : 's'}\n`),
    text: (text) => out(text),
    message: (_kind, _text, rendered) => err(rendered),
    value: (value) => out(`${datumText(value)}\n`),
    map: (view) => out(mapText(view)),
    time: (text) => out(text),
    join: (text) => out(`${text}\n`),
    cat: (text) => out(text),
    system: (text) => out(text),
    runtimeError: (_message, rendered) => err(rendered),
    benchmarks: (found) => out(benchmarkTable(found)),
    test: (event) => out(testText(event)),
    lost: (events) => err(`Lost ${events} events\n`),
    notice: (_code, text) => err(`WARNING: ${text}\n`),
    end: () => out('\n\n'),
  };
}
