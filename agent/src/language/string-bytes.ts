/**
 * String literals may hold any byte (`"\xff"`), JavaScript strings hold code points. A byte of 0x80 to 0xff written as an
 * escape is kept as the lone surrogate U+DC80 to U+DCFF, which no decoded UTF-8 text contains; the rest is plain text.
 */
const ESCAPED_BYTE = 0xdc00;

/** The character that stands for a byte given by an escape. */
export function byteCharacter(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : ESCAPED_BYTE + byte);
}

/** The byte behind a code unit, null when it is a plain character. */
export function escapedByte(codeUnit: number): number | null {
  return codeUnit >= ESCAPED_BYTE + 0x80 && codeUnit <= ESCAPED_BYTE + 0xff ? codeUnit - ESCAPED_BYTE : null;
}

/** The bytes of a string literal's value, without a closing NUL. */
export function stringBytes(value: string): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  let plain = 0;
  for (let i = 0; i < value.length; i++) {
    const byte = escapedByte(value.charCodeAt(i));
    if (byte === null) continue;
    // The low half of a real pair also lies in this range: only a lone one is an escape.
    const before = i > 0 ? value.charCodeAt(i - 1) : 0;
    if (before >= 0xd800 && before <= 0xdbff) continue;
    for (const plainByte of encoder.encode(value.slice(plain, i))) bytes.push(plainByte);
    bytes.push(byte);
    plain = i + 1;
  }
  if (bytes.length === 0) return encoder.encode(value);
  for (const byte of encoder.encode(value.slice(plain))) bytes.push(byte);
  return Uint8Array.from(bytes);
}
