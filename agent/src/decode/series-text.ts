/** A tseries as a graph of characters: time runs down, values to the right. */
import type { SeriesPoint } from './map-view.ts';
import type { Int } from './integer.ts';
import { strftime } from './strftime.ts';

const WIDTH = 53;
const LEFT = 21;

/** Unit of the shortest step: how many digits of the second are shown. */
function unitOf(interval: bigint): { readonly name: string; readonly digits: number } {
  if (interval % 1_000_000_000n === 0n) return { name: 's', digits: 0 };
  if (interval % 1_000_000n === 0n) return { name: 'ms', digits: 3 };
  if (interval % 1000n === 0n) return { name: 'us', digits: 6 };
  return { name: 'ns', digits: 9 };
}

const fraction = (time: bigint, digits: number): string =>
  digits === 0 ? '' : `.${strftime('%k', time).slice(0, digits)}`;

/** `2026-01-02T03:04:05.000000000`, as JSON shows the start of an interval. */
export function isoTime(time: bigint): string {
  return `${strftime('%Y-%m-%dT%H:%M:%S', time)}${fraction(time, 9)}`;
}

export function seriesText(points: readonly SeriesPoint[], interval: bigint): string {
  const values = points.flatMap(({ value }) => (value === null ? [] : [BigInt(value)]));
  if (values.length === 0) return '<no data>';
  let min = values.reduce((a, b) => (b < a ? b : a));
  let max = values.reduce((a, b) => (b > a ? b : a));
  if (min === max) {
    min -= 1n;
    max += 1n;
  }
  const unit = unitOf(interval);
  const heading = unit.digits === 0 ? 'hh:mm:ss' : `hh:mm:ss.${unit.name}`;
  const timeWidth = 8 + (unit.digits === 0 ? 0 : unit.digits + 1);
  const indent = ' '.repeat(timeWidth + 1);
  const scale = `${indent}${String(min).padEnd(LEFT)}${String(max).padStart(WIDTH - LEFT)}\n`;
  const zero = min < 0n && max > 0n ? offsetOf(0n, min, max, WIDTH) : 0;
  const rows = points.map((point) => {
    const time = `${strftime('%H:%M:%S', point.time)}${fraction(point.time, unit.digits)}`;
    return `${time} ${rowText(point.value, min, max, zero)}\n`;
  });
  const top = `${heading.padEnd(timeWidth + 1)}|${'_'.repeat(WIDTH - 2)}|\n`;
  const bottom = `${indent}v${'_'.repeat(WIDTH - 2)}v\n`;
  return scale + top + rows.join('') + bottom + scale;
}

function rowText(value: Int | null, min: bigint, max: bigint, zero: number): string {
  const line = Array.from({ length: WIDTH }, () => ' ');
  line[0] = '|';
  line[WIDTH - 1] = '|';
  if (zero > 0) line[zero] = '.';
  if (value === null) return `${line.join('')} -`;
  line[Math.min(WIDTH - 1, Math.max(0, offsetOf(BigInt(value), min, max, WIDTH - 1)))] = '*';
  return `${line.join('')} ${value}`;
}

function offsetOf(value: bigint, min: bigint, max: bigint, width: number): number {
  return Math.trunc((width * Number(value - min)) / Number(max - min));
}
