/** Decoded values in bpftrace's text form. */
import type { Datum } from './datum.ts';

export function datumText(value: Datum): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return hexBytes(value, true, true);
  switch (value.kind) {
    case 'symbol':
      return value.symbol;
    case 'array':
      return `[${value.values.map(datumText).join(',')}]`;
    case 'tuple':
      return `(${value.values.map(datumText).join(', ')})`;
    case 'record':
      return value.fields.length === 0
        ? '{}'
        : `{ ${value.fields.map(([name, field]) => `.${name} = ${datumText(field)}`).join(', ')} }`;
    case 'stack':
      return value.text;
  }
}

/** A map key between its brackets: the parentheses of a tuple are left out, stacks are indented by half. */
export function keyText(key: Datum): string {
  return typeof key === 'object' && key !== null && 'kind' in key && key.kind === 'tuple'
    ? key.values.map(keyPartText).join(', ')
    : keyPartText(key);
}

function keyPartText(part: Datum): string {
  const isStack = typeof part === 'object' && part !== null && 'kind' in part && part.kind === 'stack';
  return isStack ? part.text.replace(/^ {8}/gm, '    ') : datumText(part);
}

/** Bytes as text; `ascii` keeps printable characters, `escape` writes `\x0a` rather than `0a `. */
export function hexBytes(bytes: Uint8Array, ascii: boolean, escape: boolean): string {
  let text = '';
  bytes.forEach((byte, index) => {
    const digits = byte.toString(16).padStart(2, '0');
    if (ascii && byte >= 32 && byte <= 126) text += String.fromCharCode(byte);
    else if (escape) text += `\\x${digits}`;
    else text += index === bytes.length - 1 ? digits : `${digits} `;
  });
  return text;
}
