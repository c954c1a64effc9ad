/** Numbers and durations in attach points. */

import { DURATIONS } from '../../parser/literals.ts';

/** Decimal, hexadecimal, with `_` and `1e6`; null for anything else. */
export function parseNumber(text: string): bigint | null {
  const exponent = /^([1-9])e([0-9]{1,2})$/i.exec(text);
  if (exponent !== null) return BigInt(exponent[1] ?? '0') * 10n ** BigInt(exponent[2] ?? '0');
  if (!/^(0x[0-9a-f]+|\d[\d_]*)$/i.test(text) || text.endsWith('_') || text.length > 24) return null;
  const value = BigInt(text.replaceAll('_', ''));
  return value < 1n << 64n ? value : null;
}

/** Nanoseconds of `5ms` or of a plain number; null for anything else. */
export function parseDuration(text: string): bigint | null {
  const match = /^(\d[\d_]*)(ns|us|ms|s|m|h|d)$/.exec(text);
  if (match === null) return parseNumber(text);
  const value = parseNumber(match[1] ?? '');
  return value === null ? null : value * (DURATIONS[match[2] ?? 'ns'] ?? 1n);
}

export function unitNs(unit: string): bigint | null {
  return unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' ? (DURATIONS[unit] ?? null) : null;
}
