/** What bpftrace 0.27 prints without -f. */
import { mapText } from '../../decode/map-text.ts';
import { datumText } from '../../decode/text.ts';
import type { Benchmark } from '../../engine/benchmark.ts';
import type { Printer, Streams } from './printer.ts';

const ROW_GAP = 2;

function benchmarkTable(found: readonly Benchmark[]): string {
  const rows = [
    ['BENCHMARK', 'AVERAGE TIME'],
    ...found.map(({ name, nanoseconds }) => [name, `${String(nanoseconds)} ns`]),
  ];
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = ([name = '', time = '']: string[]): string =>
    `${name.padEnd(width(0) + ROW_GAP)}${time.padStart(width(1))}\n`;
  return rows.map(line).join('');
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
    lost: (events) => err(`Lost ${events} events\n`),
    notice: (_code, text) => err(`WARNING: ${text}\n`),
    end: () => out('\n\n'),
  };
}
