/**
 * Texts of BPF programs are any bytes, JavaScript strings are code points. A byte that is no part of UTF-8 is the lone
 * surrogate U+DC80 to U+DCFF, which no decoded UTF-8 contains; the rest is plain text. So no two texts look alike, and
 * output has the bytes that were there (the error handler surrogateescape of PEP 383 does the same).
 */
const ESCAPED_BYTE = 0xdc00;
/** With the flag u a pair of surrogates is one character, which does not match. */
const LONE = /[\udc80-\udcff]/u;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The character that stands for a byte given by an escape. */
export function byteCharacter(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : ESCAPED_BYTE + byte);
}

/** The byte behind a code unit, null when it is a plain character. */
export function escapedByte(codeUnit: number): number | null {
  return codeUnit >= ESCAPED_BYTE + 0x80 && codeUnit <= ESCAPED_BYTE + 0xff ? codeUnit - ESCAPED_BYTE : null;
}

/** The bytes of a text, without a closing NUL. */
export function stringBytes(text: string): Uint8Array {
  if (!LONE.test(text)) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    size += part.length;
  };
  for (const piece of text.split(/([\udc80-\udcff])/u)) {
    const byte = piece.length === 1 ? escapedByte(piece.charCodeAt(0)) : null;
    add(byte === null ? encoder.encode(piece) : Uint8Array.of(byte));
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The text of bytes: `stringBytes` gives them back. */
export function bytesText(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  // U+FFFD stands where something was no UTF-8, or was in the bytes.
  if (!text.includes('\ufffd')) return text;
  let exact = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    exact += length === 0 ? byteCharacter(bytes[at] ?? 0) : decoder.decode(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return exact;
}

/** A text in which bytes that were given one by one make characters again, where they are UTF-8 together. */
export const joinedText = (text: string): string => (LONE.test(text) ? bytesText(stringBytes(text)) : text);

/** Smallest and largest second byte where it is not any of 0x80 to 0xbf (the table of well-formed UTF-8 in the Unicode standard). */
const SECOND: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Bytes of the UTF-8 character at a place; 0: there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let n = 1; n < length; n++) {
    const [least, most] = (n === 1 ? SECOND.get(lead) : undefined) ?? [0x80, 0xbf];
    const byte = bytes[at + n] ?? 0;
    if (byte < least || byte > most) return 0;
  }
  return length;
}
