/** C strings. */
const encoder = new TextEncoder();

/** UTF-8 with a NUL at the end. */
export const cString = (text: string): Uint8Array => {
  const bytes = encoder.encode(text);
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
};

/** A name that the kernel accepts for maps and programs: at most 15 of [A-Za-z0-9_.], NUL-padded to 16. */
export const objectName = (name: string): Uint8Array => {
  const bytes = new Uint8Array(16);
  bytes.set(encoder.encode(name.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, 15)));
  return bytes;
};
