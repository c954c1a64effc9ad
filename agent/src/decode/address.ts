/** Network addresses as text. */

const AF_INET = 2;

/** `address`: 16 bytes in network order, of which IPv4 uses 4. IPv6 in the canonical form of RFC 5952. */
export function inetText(family: number, address: Uint8Array): string {
  return family === AF_INET ? address.subarray(0, 4).join('.') : inet6Text(address);
}

function inet6Text(address: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((address[index * 2] ?? 0) << 8) | (address[index * 2 + 1] ?? 0),
  );
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return `::ffff:${address.subarray(12, 16).join('.')}`;
  const zeros = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

export function macText(address: Uint8Array): string {
  return Array.from(address, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
