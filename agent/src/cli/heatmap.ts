/**
 * A heatmap in text: time runs to the right, buckets go up, shade by count. Pure; the caller owns the terminal.
 * Colours by the logarithm of the count, as counts of latencies span orders of magnitude; an empty cell is blank.
 */
import type { HistogramOutput } from '../protocol/index.ts';

export interface HeatmapStyle {
  /** ANSI 256-colour blocks; false: shades in plain characters. */
  readonly color: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** What was counted in one step, by bucket; null: the step was not collected. */
export interface HeatmapColumn {
  readonly time: number;
  readonly counts: ReadonlyMap<number, number> | null;
  /** Upper bounds by bucket key, to label the rows. */
}

const SHADES = [' ', '░', '▒', '▓', '█'];
/** Dark blue to yellow, of the 256-colour palette. */
const RAMP = [17, 18, 19, 55, 91, 127, 163, 199, 203, 209, 215, 221, 227];
const GAP = '·';
const LABEL_WIDTH = 8;

export class Heatmap {
  readonly #title: string;
  readonly #unit: string;
  readonly #columns: HeatmapColumn[] = [];

  constructor(title: string, unit: string) {
    this.#title = title;
    this.#unit = unit;
  }

  /** One step of a histogram; all its series are added up. */
  add(output: HistogramOutput | null, time: number): void {
    const counts = new Map<number, number>();
    for (const series of output?.series ?? []) {
      for (const [index, bucket] of (output?.buckets ?? []).entries()) {
        const count = Number(series.counts[index]?.[0] ?? 0);
        if (count > 0) counts.set(bucket.upper ?? Infinity, (counts.get(bucket.upper ?? Infinity) ?? 0) + count);
      }
    }
    this.#columns.push({ time, counts: output === null ? null : counts });
    if (this.#columns.length > 1000) this.#columns.shift();
  }

  /** Lines without a newline at the end. */
  render(style: HeatmapStyle): string[] {
    const width = Math.max(1, style.columns - LABEL_WIDTH - 2);
    const shown = this.#columns.slice(-width);
    const bounds = this.#bounds(shown, Math.max(1, style.rows - 3));
    const most = Math.max(1, ...shown.flatMap(({ counts }) => [...(counts?.values() ?? [])]));
    const lines = [this.#header(shown, style)];
    for (const bound of [...bounds].reverse()) {
      const cells = shown.map(({ counts }) =>
        cell(counts === null ? null : (counts.get(bound) ?? 0), most, style.color),
      );
      lines.push(`${formatBound(bound, this.#unit).padStart(LABEL_WIDTH)} │${cells.join('')}`);
    }
    lines.push(`${' '.repeat(LABEL_WIDTH)} └${'─'.repeat(Math.min(width, Math.max(shown.length, 10)))}`);
    lines.push(this.#times(shown));
    return lines;
  }

  /** Every bound from the lowest to the highest that has a count, so that rows do not jump; the highest fit first. */
  #bounds(shown: readonly HeatmapColumn[], rows: number): number[] {
    const seen = new Set<number>();
    for (const { counts } of shown) for (const bound of counts?.keys() ?? []) seen.add(bound);
    const sorted = [...seen].sort((a, b) => a - b);
    const all: number[] = [];
    for (const bound of sorted) {
      for (let next = all.at(-1); next !== undefined && next * 2 < bound && next > 0;) {
        next *= 2;
        all.push(next);
      }
      all.push(bound);
    }
    return all.slice(-rows);
  }

  #header(shown: readonly HeatmapColumn[], style: HeatmapStyle): string {
    const last = [...(shown.at(-1)?.counts?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    const text = `${this.#title}: ${last.toLocaleString('en')} in the last second, one column a second`;
    return text.slice(0, style.columns);
  }

  #times(shown: readonly HeatmapColumn[]): string {
    const first = shown[0];
    const last = shown.at(-1);
    if (first === undefined || last === undefined) return '';
    const from = clock(first.time);
    const to = clock(last.time);
    const gap = shown.length - from.length - to.length;
    return `${' '.repeat(LABEL_WIDTH + 2)}${gap > 0 ? from + ' '.repeat(gap) + to : to}`;
  }
}

function cell(count: number | null, most: number, color: boolean): string {
  if (count === null) return GAP;
  if (count === 0) return ' ';
  const heat = most <= 1 ? 1 : Math.log1p(count) / Math.log1p(most);
  if (!color) return SHADES[Math.max(1, Math.round(heat * (SHADES.length - 1)))] ?? ' ';
  const code = RAMP[Math.min(RAMP.length - 1, Math.floor(heat * RAMP.length))] ?? 17;
  return `\u001b[48;5;${code}m \u001b[0m`;
}

const clock = (time: number): string => new Date(time).toTimeString().slice(0, 8);

const TIME_STEPS = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
] as const;

/** The upper bound of a bucket: `<16 µs`, `<1.05 s`. Other units get plain numbers. */
export function formatBound(bound: number, unit: string): string {
  const base = TIME_STEPS.find(([name]) => name === unit)?.[1];
  if (bound === Infinity) return 'more';
  if (base === undefined) return `<${bound >= 10_000 ? bound.toExponential(1) : String(bound)}`;
  const nanoseconds = bound * base;
  const [name, size] = [...TIME_STEPS].reverse().find(([, step]) => nanoseconds >= step) ?? TIME_STEPS[0];
  const value = nanoseconds / size;
  return `<${value >= 100 || Number.isInteger(value) ? Math.round(value) : Number(value.toPrecision(3))} ${name}`;
}
