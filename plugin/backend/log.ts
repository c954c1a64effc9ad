/** Log lines on stderr as Grafana's plugin host reads them: one JSON object a line, keys of hclog. */

export type Level = 'debug' | 'info' | 'warn' | 'error';
type Details = Readonly<Record<string, string | number | boolean>>;

/** `2026-11-21T07:45:00.123000Z`: the host parses six fractional digits and takes anything else for raw text. */
const timestamp = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** The host cuts lines of 64 KB. */
const MOST = 16_384;
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text);

export function logLine(level: Level, message: string, details: Details, date: Date): string {
  const safe = Object.entries(details).map(([key, value]) => [key, typeof value === 'string' ? cut(value) : value]);
  return `${JSON.stringify({
    '@level': level,
    '@message': cut(message),
    '@timestamp': timestamp(date),
    '@module': 'bpfscope',
    ...Object.fromEntries(safe),
  })}\n`;
}

export function log(level: Level, message: string, details: Details = {}): void {
  process.stderr.write(logLine(level, message, details, new Date()));
}
