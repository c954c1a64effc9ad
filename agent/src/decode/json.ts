/** Decoded values in bpftrace's JSON form, character for character: arrays without blanks, objects with. */
import { fitsDouble, type Int } from './integer.ts';
import type { Datum } from './datum.ts';
import { datumText, keyText } from './text.ts';
import { isInt } from './datum.ts';

/** An integer that a double cannot hold is written as a string. */
export function intJson(value: Int): string {
  return fitsDouble(value) ? String(value) : `"${value}"`;
}

const ESCAPES: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function stringJson(text: string): string {
  // Bytes that are no UTF-8 are the lone surrogates that stand for them.
  // eslint-disable-next-line no-control-regex -- control characters are exactly what has to be escaped
  const escaped = text.replace(/["\\\u0000-\u001f\udc80-\udcff]/gu, (character) => {
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

export function datumJson(value: Datum): string {
  if (value === null) return 'null';
  if (isInt(value)) return intJson(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return stringJson(value);
  if (value instanceof Uint8Array) return stringJson(datumText(value));
  switch (value.kind) {
    case 'symbol':
      return value.isText === true ? stringJson(value.symbol) : intJson(value.number);
    case 'array':
    case 'tuple':
      return `[${value.values.map(datumJson).join(',')}]`;
    case 'record':
      return objectJson(value.fields.map(([name, field]) => [name, datumJson(field)]));
    case 'stack':
      return stringJson(datumText(value));
  }
}

export function objectJson(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, json]) => `${stringJson(name)}: ${json}`).join(', ')}}`;
}

/** A map key as JSON member name: text without blanks and without the parentheses of a tuple. */
export function keyName(key: Datum): string {
  return keyText(key).replaceAll(' ', '');
}
