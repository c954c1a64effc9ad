/**
 * Dashboard variables in bpftrace source. `$name` is the language's own scratch variable and `$1` its parameter, so only
 * the braced form `${name}` is ever replaced.
 */
import type { ScopedVars } from '@grafana/data';

export type Replace = (text: string, scopedVars: ScopedVars, format?: string | ((value: unknown) => string)) => string;

const PLACE = /\$\{[A-Za-z_]\w*(?:\.[^}:]*)?(?::[^}]*)?\}/g;
const ESCAPES: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A value as it may stand inside a string literal or, if it is a number or a name, by itself. */
export function escapeValue(value: unknown): string {
  const values = Array.isArray(value) ? value : [value];
  return values.map((one) => String(one).replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? '')).join(',');
}

/** Replaces `${name}`; an explicit format (`${name:csv}`) is the author's own choice and wins. */
export function replaceBraced(text: string, scopedVars: ScopedVars, replace: Replace): string {
  return text.replace(PLACE, (place) => replace(place, scopedVars, place.includes(':') ? undefined : escapeValue));
}
