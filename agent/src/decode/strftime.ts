/** strftime in the host's time zone and the C locale, with bpftrace's `%f` (microseconds), `%k` (nanoseconds), `%l` (milliseconds). */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

interface Moment {
  readonly date: Date;
  /** Within the second. */
  readonly nanoseconds: number;
}

const two = (value: number, fill = '0'): string => String(value).padStart(2, fill);
const name = (list: readonly string[], index: number): string => list[index] ?? '';
const hour12 = (date: Date): number => date.getHours() % 12 || 12;

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 1);
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000);
}

/** Week of the year, weeks starting on `first` (0 Sunday, 1 Monday). */
function weekOfYear(date: Date, first: 0 | 1): number {
  return Math.floor((dayOfYear(date) + 7 - ((date.getDay() - first + 7) % 7)) / 7);
}

/** ISO 8601 week: the year is that of the week's Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7));
  return { year: thursday.getFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}${two(size % 60)}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  const text = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
  return text;
}

const CONVERSIONS: Record<string, (moment: Moment) => string> = {
  a: ({ date }) => name(DAYS, date.getDay()).slice(0, 3),
  A: ({ date }) => name(DAYS, date.getDay()),
  b: ({ date }) => name(MONTHS, date.getMonth()).slice(0, 3),
  h: ({ date }) => name(MONTHS, date.getMonth()).slice(0, 3),
  B: ({ date }) => name(MONTHS, date.getMonth()),
  c: (moment) => expand('%a %b %e %H:%M:%S %Y', moment),
  C: ({ date }) => two(Math.trunc(date.getFullYear() / 100)),
  d: ({ date }) => two(date.getDate()),
  D: (moment) => expand('%m/%d/%y', moment),
  e: ({ date }) => two(date.getDate(), ' '),
  f: ({ nanoseconds }) => String(Math.trunc(nanoseconds / 1000)).padStart(6, '0'),
  F: (moment) => expand('%Y-%m-%d', moment),
  g: ({ date }) => two(isoWeek(date).year % 100),
  G: ({ date }) => String(isoWeek(date).year),
  H: ({ date }) => two(date.getHours()),
  I: ({ date }) => two(hour12(date)),
  j: ({ date }) => String(dayOfYear(date) + 1).padStart(3, '0'),
  k: ({ nanoseconds }) => String(nanoseconds).padStart(9, '0'),
  l: ({ nanoseconds }) => String(Math.trunc(nanoseconds / 1_000_000)).padStart(3, '0'),
  m: ({ date }) => two(date.getMonth() + 1),
  M: ({ date }) => two(date.getMinutes()),
  n: () => '\n',
  p: ({ date }) => (date.getHours() < 12 ? 'AM' : 'PM'),
  P: ({ date }) => (date.getHours() < 12 ? 'am' : 'pm'),
  r: (moment) => expand('%I:%M:%S %p', moment),
  R: (moment) => expand('%H:%M', moment),
  s: ({ date }) => String(Math.floor(date.getTime() / 1000)),
  S: ({ date }) => two(date.getSeconds()),
  t: () => '\t',
  T: (moment) => expand('%H:%M:%S', moment),
  u: ({ date }) => String(date.getDay() || 7),
  U: ({ date }) => two(weekOfYear(date, 0)),
  V: ({ date }) => two(isoWeek(date).week),
  w: ({ date }) => String(date.getDay()),
  W: ({ date }) => two(weekOfYear(date, 1)),
  x: (moment) => expand('%m/%d/%y', moment),
  X: (moment) => expand('%H:%M:%S', moment),
  y: ({ date }) => two(date.getFullYear() % 100),
  Y: ({ date }) => String(date.getFullYear()),
  z: ({ date }) => zone(date),
  Z: ({ date }) => zoneName(date),
  '%': () => '%',
};

function expand(format: string, moment: Moment): string {
  return format.replace(/%[EO]?(.)/gs, (whole, conversion: string) => CONVERSIONS[conversion]?.(moment) ?? whole);
}

/** `nanoseconds` since 1970, UTC. */
export function strftime(format: string, nanoseconds: bigint): string {
  const milliseconds = nanoseconds / 1_000_000n;
  return expand(format, { date: new Date(Number(milliseconds)), nanoseconds: Number(nanoseconds % 1_000_000_000n) });
}
