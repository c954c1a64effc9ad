/** IP addresses as text, to bytes in network order. */

/** 4 or 16 bytes; null when the text is no address. */
export function parseAddress(text: string): Uint8Array | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return Uint8Array.from(parts, Number);
}

function parseV6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')).map(group));
  const flat = groups.map((half) => half.flat());
  if (flat.some((half) => half.includes(null))) return null;
  const [head = [], tail = []] = flat as number[][];
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
  return Uint8Array.from([...head, ...Array.from({ length: missing }, () => 0), ...tail]);
}

/** The bytes of one group; the last may be an IPv4 address. */
function group(text: string): (number | null)[] {
  if (text.includes('.')) return [...(parseV4(text) ?? [null])];
  if (!/^[0-9a-f]{1,4}$/i.test(text)) return [null];
  const value = Number.parseInt(text, 16);
  return [value >> 8, value & 0xff];
}
