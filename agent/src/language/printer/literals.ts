import { escapedByte } from '../string-bytes.ts';

const SIMPLE: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

/** A string literal for a value, in the shortest escapes. */
export function quote(value: string): string {
  let out = '"';
  for (const character of value) {
    const code = character.charCodeAt(0);
    const byte = character.length === 1 ? escapedByte(code) : null;
    const simple = Object.hasOwn(SIMPLE, character) ? SIMPLE[character] : undefined;
    if (simple !== undefined) out += simple;
    else if (byte !== null) out += `\\x${byte.toString(16)}`;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += character;
  }
  return `${out}"`;
}
