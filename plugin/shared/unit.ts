/**
 * Bucket bounds as people read them, for the names of heatmap rows. Grafana formats values by unit itself, but a row's
 * name is text, and it has to be right without any panel setting.
 */

interface Scale {
  /** Each unit with how many of the base unit it holds, ascending. */
  steps: readonly (readonly [size: number, suffix: string])[];
}

const SI = (suffix: string): Scale => ({
  steps: [
    [1, ` ${suffix}`],
    [1e3, ` k${suffix}`],
    [1e6, ` M${suffix}`],
    [1e9, ` G${suffix}`],
    [1e12, ` T${suffix}`],
  ],
});

/** From a base of `perSecond` units in a second up to days. */
const time = (perSecond: number): Scale => {
  const all = [
    [perSecond / 1e9, ' ns'],
    [perSecond / 1e6, ' µs'],
    [perSecond / 1e3, ' ms'],
    [perSecond, ' s'],
    [perSecond * 60, ' min'],
    [perSecond * 3600, ' h'],
    [perSecond * 86400, ' d'],
  ] as const;
  return { steps: all.filter(([size]) => size >= 1) };
};

const PLAIN: Scale = {
  steps: [
    [1, ''],
    [1e3, ' K'],
    [1e6, ' M'],
    [1e9, ' G'],
    [1e12, ' T'],
  ],
};

const BINARY: Scale = {
  steps: [
    [1, ' B'],
    [2 ** 10, ' KiB'],
    [2 ** 20, ' MiB'],
    [2 ** 30, ' GiB'],
    [2 ** 40, ' TiB'],
  ],
};

/** Keyed by Grafana unit id. */
const SCALES: Readonly<Record<string, Scale>> = {
  ns: time(1e9),
  µs: time(1e6),
  us: time(1e6),
  ms: time(1e3),
  s: time(1),
  bytes: BINARY,
  decbytes: SI('B'),
  hertz: SI('Hz'),
};

const scaleOf = (unit: string | null): Scale => (unit !== null && SCALES[unit]) || PLAIN;

const stepFor = (scale: Scale, value: number): readonly [number, string] => {
  let chosen = scale.steps[0] ?? [1, ''];
  for (const step of scale.steps) if (Math.abs(value) >= step[0]) chosen = step;
  return chosen;
};

/** Three digits, without trailing zeros; integers below 1000 are never shortened. */
const digits = (value: number): string => String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3)));

const scaled = (value: number, [size, suffix]: readonly [number, string]): string => digits(value / size) + suffix;

/** `16384` in `ns` is `16.4 µs`. */
export function formatBound(value: number, unit: string | null): string {
  return scaled(value, stepFor(scaleOf(unit), value));
}

/** `[16384, 32768)` in `ns` is `16.4–32.8 µs`; open ends are `< …` and `≥ …`; a bucket of one integer is that integer. */
export function formatRange(lower: number | null, upper: number | null, unit: string | null): string {
  if (lower === null && upper === null) return 'all';
  if (lower === null) return `< ${formatBound(upper ?? 0, unit)}`;
  if (upper === null) return `≥ ${formatBound(lower, unit)}`;
  if (upper - lower === 1 && Number.isInteger(lower)) return formatBound(lower, unit);
  const scale = scaleOf(unit);
  const high = stepFor(scale, upper);
  const low = lower === 0 ? high : stepFor(scale, lower);
  const shared = low[0] === high[0];
  const from = shared ? digits(lower / high[0]) : scaled(lower, low);
  const to = scaled(upper, high);
  // A dash between negative numbers reads as another sign.
  return lower < 0 ? `${from} to ${to}` : `${from}–${to}`;
}

export interface Rate {
  unit: string;
  /** What a value per second is multiplied with to be in that unit. */
  scale: number;
}

const RATES: Readonly<Record<string, Rate>> = {
  short: { unit: 'cps', scale: 1 },
  none: { unit: 'cps', scale: 1 },
  bytes: { unit: 'binBps', scale: 1 },
  decbytes: { unit: 'Bps', scale: 1 },
  // Time per time is a share: 10^9 ns of CPU time in a second are one whole CPU, 100 %.
  ns: { unit: 'percentunit', scale: 1e-9 },
  µs: { unit: 'percentunit', scale: 1e-6 },
  us: { unit: 'percentunit', scale: 1e-6 },
  ms: { unit: 'percentunit', scale: 1e-3 },
  s: { unit: 'percentunit', scale: 1 },
};

/** How an increase per second of this unit is shown. */
export function rateOf(unit: string | null): Rate {
  return RATES[unit ?? 'short'] ?? { unit: `suffix: ${unit}/s`, scale: 1 };
}
